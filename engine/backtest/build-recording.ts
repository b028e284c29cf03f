// Builds a recording from rows in any order: gaps filled, second rows of a bucket refused.
import { type Bucket, bucketText } from './calendar.js';
import { CHANNEL_NAMES, CHANNELS, type ChannelName } from './channels.js';
import { RecordingError, type RowProblems } from './problems.js';
import { type Cells, Recording } from './recording.js';
import type { RecordedRows } from './rows.js';

/** What stands where a series has no row between its first and last one. */
export type Gaps = 'zero' | 'missing';

export interface RecordingOptions {
  readonly bucket: Bucket;
  readonly gaps: Gaps;
  readonly files: readonly string[];
  /** Told of rows that fill a bucket again; the first of them stays. */
  readonly problems: RowProblems;
}

/** More buckets than this are a wrong date sooner than a recording; 16 bytes each at most. */
const MOST_BUCKETS = 100_000_000;
/** @throws RecordingError when there is no row, or a series is longer than can be true */
export function buildRecording(rows: RecordedRows, options: RecordingOptions): Recording {
  if (rows.count === 0) throw new RecordingError(`${options.files.join(', ')}: no rows`);
  const spans = spansOf(rows);
  const total = layOut(rows, spans, options.bucket);
  const units = new Float64Array(total).fill(options.gaps === 'zero' ? 0 : Number.NaN);
  const cells: Cells = { ...spans, units, channels: {} };
  const isFilled = new Uint8Array(total);
  const channels = CHANNEL_NAMES.filter((name) => rows.channels[name] !== undefined);
  for (const name of channels) {
    cells.channels[name] = new Float32Array(total).fill(CHANNELS[name].silent);
  }
  for (let i = 0; i < rows.count; i++) {
    const s = rows.seriesOf[i] as number;
    const ahead = (rows.bucket[i] as number) - (spans.first[s] as number);
    const at = (spans.offset[s] as number) + ahead;
    if (isFilled[at] === 1) {
      refuseSecond(rows, i, options);
      continue;
    }
    isFilled[at] = 1;
    units[at] = rows.units[i] as number;
    for (const name of channels) put(cells, rows, { name, at, i });
  }
  return new Recording(options.bucket, rows.series, rows.categories, cells);
}

function put(
  cells: Cells,
  rows: RecordedRows,
  { name, at, i }: { name: ChannelName; at: number; i: number },
): void {
  const value = rows.channels[name]?.[i] as number;
  const isSilent = Number.isNaN(value) || (name === 'price' && value === 0);
  (cells.channels[name] as Float32Array)[at] = isSilent ? CHANNELS[name].silent : value;
}

function spansOf(rows: RecordedRows) {
  const first = new Float64Array(rows.series.length).fill(Number.POSITIVE_INFINITY);
  const end = new Float64Array(rows.series.length).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < rows.count; i++) {
    const s = rows.seriesOf[i] as number;
    const bucket = rows.bucket[i] as number;
    first[s] = Math.min(first[s] as number, bucket);
    end[s] = Math.max(end[s] as number, bucket + 1);
  }
  return { first, end, offset: new Float64Array(rows.series.length) };
}

/** Gives each series its place. @returns buckets of all */
function layOut(rows: RecordedRows, spans: ReturnType<typeof spansOf>, bucket: Bucket): number {
  let total = 0;
  let longest = 0;
  const length = (s: number): number => (spans.end[s] as number) - (spans.first[s] as number);
  for (let s = 0; s < rows.series.length; s++) {
    spans.offset[s] = total;
    total += length(s);
    if (length(s) > length(longest)) longest = s;
  }
  if (total <= MOST_BUCKETS) return total;
  const name = JSON.stringify(rows.series[longest]);
  const from = bucketText(spans.first[longest] as number, bucket);
  const to = bucketText((spans.end[longest] as number) - 1, bucket);
  throw new RecordingError(
    `the series have ${total} buckets together, more than ${MOST_BUCKETS}; the longest, ${name}, ` +
      `goes from ${from} to ${to}: is a date wrong, or a longer --bucket meant?`,
  );
}

function refuseSecond(rows: RecordedRows, i: number, options: RecordingOptions): void {
  const s = rows.seriesOf[i] as number;
  const bucket = rows.bucket[i] as number;
  const name = JSON.stringify(rows.series[s]);
  const start = bucketText(bucket, options.bucket);
  const before = firstText(rows, i, options);
  options.problems.add({
    file: options.files[rows.file[i] as number] as string,
    line: rows.line[i] as number,
    column: 'start',
    reason:
      `series ${name} has the ${options.bucket} of ${start} already${before}; ` +
      'add the rows of one bucket up, or choose a shorter --bucket',
  });
}

/** Looked for only where it will be told: a search through all rows before. */
function firstText(rows: RecordedRows, i: number, options: RecordingOptions): string {
  const { problems, files } = options;
  if (!problems.isTold) return '';
  for (let n = 0; n < i; n++) {
    if (rows.seriesOf[n] === rows.seriesOf[i] && rows.bucket[n] === rows.bucket[i]) {
      const file = rows.file[n] === rows.file[i] ? '' : `${files[rows.file[n] as number]}, `;
      return `, from ${file}line ${rows.line[n]}`;
    }
  }
  return '';
}

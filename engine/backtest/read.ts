// Reads recorded sales from CSV files into columns of rows; bad rows are told, never guessed.
import type { Readable } from 'node:stream';
import { type Bucket, bucketAt } from './calendar.js';
import { CHANNELS } from './channels.js';
import { readCsvFile } from './csv-file.js';
import { FieldError, numberIn, wallTime } from './fields.js';
import { type Header, readHeader } from './header.js';
import { RecordingError, RowProblems } from './problems.js';
import { RecordedRows } from './rows.js';

export interface ReadOptions {
  readonly files: readonly string[];
  readonly bucket: Bucket;
  /** What `-` reads. Default: the process's own. */
  readonly stdin?: Readable;
  readonly onRead?: (bytes: number) => void;
}

export interface ReadRows {
  readonly rows: RecordedRows;
  readonly problems: RowProblems;
  /** Columns that were not looked at, over all files. */
  readonly ignored: readonly string[];
}

/** @throws RecordingError when a file cannot be read whole, or has no header that will do */
export async function readRows(options: ReadOptions): Promise<ReadRows> {
  const { files, bucket, stdin = process.stdin, onRead = () => undefined } = options;
  const taker = new RowTaker(bucket, files);
  for (const file of files) {
    taker.begin();
    await readCsvFile(file, {
      stdin,
      onRead,
      onHeader: (names) => taker.header(names),
      onRow: (fields, line) => taker.take(fields, line),
    });
    if (!taker.hasHeader) throw new RecordingError(`${file} is empty: it needs a header and rows`);
  }
  const { rows, problems, ignored } = taker;
  return { rows, problems, ignored: [...ignored] };
}

const UNITS = { min: 0, max: Number.POSITIVE_INFINITY };
/** Texts of times whose bucket is kept at hand; a start is there once for each series. */
const TIMES_KEPT = 100_000;

class RowTaker {
  readonly rows = new RecordedRows();
  readonly problems = new RowProblems();
  readonly ignored = new Set<string>();
  private columns: Header | null = null;
  private file = -1;
  private readonly buckets = new Map<string, number>();

  constructor(
    private readonly bucket: Bucket,
    private readonly files: readonly string[],
  ) {}

  get hasHeader(): boolean {
    return this.columns !== null;
  }

  begin(): void {
    this.file++;
    this.columns = null;
  }

  header(names: readonly string[]): void {
    this.columns = readHeader(names);
    for (const name of this.columns.unknown) this.ignored.add(name);
    for (const { name } of this.columns.channels) this.rows.addChannel(name);
  }

  take(fields: readonly string[], line: number): void {
    const columns = this.columns as Header;
    if (fields.length !== columns.width) {
      const reason = `has ${fields.length} fields, the header has ${columns.width}`;
      this.refuse(line, null, reason);
      return;
    }
    let column = 'series';
    try {
      const name = fields[columns.series] as string;
      if (name === '') throw new FieldError('is empty: name the series');
      column = 'start';
      const bucket = this.bucketOf(fields[columns.start] as string);
      column = 'units';
      const units = numberIn(fields[columns.units] as string, UNITS);
      const channels = columns.channels.map((channel) => {
        column = channel.name;
        return numberIn(fields[channel.at] as string, CHANNELS[channel.name]);
      });
      this.add(name, columns.category < 0 ? '' : (fields[columns.category] as string), line, {
        ...{ bucket, units, channels },
      });
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      this.refuse(line, column, error.message);
    }
  }

  private add(
    name: string,
    category: string,
    line: number,
    { channels, ...values }: { bucket: number; units: number; channels: readonly number[] },
  ): void {
    const series = this.rows.seriesNumber(name, category);
    const i = this.rows.add(series, { file: this.file, line }, values);
    (this.columns as Header).channels.forEach((channel, n) => {
      (this.rows.channels[channel.name] as Float32Array)[i] = channels[n] as number;
    });
  }

  private bucketOf(text: string): number {
    const known = this.buckets.get(text);
    if (known !== undefined) return known;
    const bucket = bucketAt(wallTime(text), this.bucket);
    if (this.buckets.size < TIMES_KEPT) this.buckets.set(text, bucket);
    return bucket;
  }

  private refuse(line: number, column: string | null, reason: string): void {
    this.problems.add({ file: this.files[this.file] as string, line, column, reason });
  }
}

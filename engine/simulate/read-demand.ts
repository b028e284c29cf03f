// Recorded demand from files: sales as a backtest takes them, or events as a replay takes them.
import { buildRecording, type Gaps } from '../backtest/build-recording.js';
import { RecordingError } from '../backtest/problems.js';
import { readRows } from '../backtest/read.js';
import { demandOfEvents } from './from-events.js';
import { demandOfRecording } from './from-recording.js';
import type { RecordedDemand, SimulatedBucket } from './recorded-demand.js';

export interface ReadDemandOptions {
  readonly files: readonly string[];
  readonly bucket: SimulatedBucket;
  readonly gaps: Gaps;
  readonly skipBad: boolean;
  readonly warn: (text: string) => void;
}

const EVENTS = /\.(ndjson|jsonl)(\.gz)?$/i;

/** @throws RecordingError when the files cannot be used as they are */
export async function readDemand(options: ReadDemandOptions): Promise<RecordedDemand> {
  const { files, bucket } = options;
  const isEvents = files.map((file) => EVENTS.test(file));
  if (isEvents.every(Boolean)) return demandOfEvents(files, { bucket });
  if (isEvents.some(Boolean)) {
    throw new RecordingError('the files are of two kinds: give either CSV or NDJSON');
  }
  return readSales(options);
}

async function readSales(options: ReadDemandOptions): Promise<RecordedDemand> {
  const { files, bucket, gaps, skipBad, warn } = options;
  const { rows, problems, ignored } = await readRows({ files, bucket });
  if (!skipBad) problems.refuse();
  const recording = buildRecording(rows, { bucket, gaps, files, problems });
  if (!skipBad) problems.refuse();
  if (problems.count > 0) {
    warn([`${problems.count} rows were left out`, ...problems.lines].join('\n'));
  }
  if (ignored.length > 0) warn(`columns that mean nothing here: ${ignored.join(', ')}`);
  return demandOfRecording(recording, bucket);
}

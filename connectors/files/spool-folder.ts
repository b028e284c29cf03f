// A spool's folder: its segments in order, and what of them is still to be handed out.
import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.js';
import { syncFolder } from './durable.js';
import { decodeHead, HEAD_BYTES, scanSegment } from './spool-format.js';

/** What could not be read at opening: the records after it in that segment are lost. */
export interface SpoolProblem {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

export interface Segment {
  readonly number: number;
  readonly file: string;
  /** Bytes of whole records; what lies behind them on disk is damage and is never read. */
  end: number;
}

export interface OpenedSpool {
  readonly dir: string;
  readonly head: DiskFile;
  readonly segments: Segment[];
  readonly headOffset: number;
  readonly records: number;
  readonly problems: readonly SpoolProblem[];
}

export async function openFolder(dir: string, disk: Disk): Promise<OpenedSpool> {
  await disk.mkdir(dir, { recursive: true });
  const head = await disk.open(join(dir, 'head'), 'a+').then(async (created) => {
    await created.close();
    return disk.open(join(dir, 'head'), 'r+');
  });
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await head.read(buffer, 0, HEAD_BYTES, 0);
  const from = decodeHead(buffer.subarray(0, bytesRead));
  const segments: Segment[] = [];
  const problems: SpoolProblem[] = [];
  let records = 0;
  let headOffset = 0;
  for (const number of await segmentNumbers(dir, disk)) {
    const segment = newSegment(dir, number);
    const scan = await scanSegment(segment.file, disk);
    segment.end = scan.end;
    if (scan.problem !== null) problems.push({ file: segment.file, ...scan.problem });
    const skip = from?.segment === number ? from.offset : 0;
    const waiting = scan.starts.filter((start) => start >= skip).length;
    if (waiting === 0 || (from !== null && number < from.segment)) {
      await disk.rm(segment.file, { force: true });
      continue;
    }
    if (segments.length === 0) headOffset = skip;
    segments.push(segment);
    records += waiting;
  }
  await syncFolder(dir, disk);
  return { dir, head, segments, headOffset, records, problems };
}

export function newSegment(dir: string, number: number): Segment {
  return { number, file: join(dir, `${String(number).padStart(12, '0')}.spool`), end: 0 };
}

async function segmentNumbers(dir: string, disk: Disk): Promise<number[]> {
  const names = (await disk.readdir(dir)).filter((name) => /^\d{12}\.spool$/.test(name));
  return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
}

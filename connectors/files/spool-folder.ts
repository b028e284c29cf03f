// A spool's folder: its segments in order, and what of them is still to be handed out.
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly head: FileHandle;
  readonly segments: Segment[];
  readonly headOffset: number;
  readonly records: number;
  readonly problems: readonly SpoolProblem[];
}

export async function openFolder(dir: string): Promise<OpenedSpool> {
  await mkdir(dir, { recursive: true });
  const head = await open(join(dir, 'head'), 'a+').then(async (created) => {
    await created.close();
    return open(join(dir, 'head'), 'r+');
  });
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await head.read(buffer, 0, HEAD_BYTES, 0);
  const from = decodeHead(buffer.subarray(0, bytesRead));
  const segments: Segment[] = [];
  const problems: SpoolProblem[] = [];
  let records = 0;
  let headOffset = 0;
  for (const number of await segmentNumbers(dir)) {
    const segment = newSegment(dir, number);
    const scan = await scanSegment(segment.file);
    segment.end = scan.end;
    if (scan.problem !== null) problems.push({ file: segment.file, ...scan.problem });
    const skip = from?.segment === number ? from.offset : 0;
    const waiting = scan.starts.filter((start) => start >= skip).length;
    if (waiting === 0 || (from !== null && number < from.segment)) {
      await rm(segment.file, { force: true });
      continue;
    }
    if (segments.length === 0) headOffset = skip;
    segments.push(segment);
    records += waiting;
  }
  await syncFolder(dir);
  return { dir, head, segments, headOffset, records, problems };
}

export function newSegment(dir: string, number: number): Segment {
  return { number, file: join(dir, `${String(number).padStart(12, '0')}.spool`), end: 0 };
}

async function segmentNumbers(dir: string): Promise<number[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{12}\.spool$/.test(name));
  return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
}

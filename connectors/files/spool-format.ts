// The bytes of a spool: records in a segment file, and the head that says what was consumed.
import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from './disk.js';

/** length (u32 little endian), crc32 over those four bytes and the payload, payload. */
export const RECORD_HEADER_BYTES = 8;
/** segment number (f64), offset (f64), crc32 of both (u32): small enough for one sector. */
export const HEAD_BYTES = 20;

/** The crc covers the length too: a tail of zeros must not read as empty records. */
export function encodeRecord(payload: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + payload.byteLength);
  record.writeUInt32LE(payload.byteLength, 0);
  record.writeUInt32LE(recordCrc(record, payload), 4);
  record.set(payload, RECORD_HEADER_BYTES);
  return record;
}

export function encodeHead(head: { readonly segment: number; readonly offset: number }): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeDoubleLE(head.segment, 0);
  bytes.writeDoubleLE(head.offset, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  return bytes;
}

/** Null when empty or torn: then everything is handed out again, which consumers absorb. */
export function decodeHead(bytes: Buffer): { segment: number; offset: number } | null {
  if (bytes.byteLength < HEAD_BYTES) return null;
  if (crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return null;
  return { segment: bytes.readDoubleLE(0), offset: bytes.readDoubleLE(8) };
}

export async function readRecord(
  handle: DiskFile,
  file: string,
  offset: number,
): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const found = await tryRecord(handle, offset, size);
  if (typeof found === 'string') throw new Error(`spool ${file} at byte ${offset}: ${found}`);
  return found;
}

export interface SegmentScan {
  /** Where each whole record starts. */
  readonly starts: readonly number[];
  /** Where the whole records end. */
  readonly end: number;
  readonly problem: { offset: number; bytes: number; reason: string } | null;
}

/** Reads a segment through, up to its end or to the first record that is not whole. */
export async function scanSegment(file: string, disk: Disk): Promise<SegmentScan> {
  const handle = await disk.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const starts: number[] = [];
    let end = 0;
    while (end < size) {
      const found = await tryRecord(handle, end, size);
      if (typeof found === 'string') {
        const problem = { offset: end, bytes: size - end, reason: found };
        return { starts, end, problem };
      }
      starts.push(end);
      end += RECORD_HEADER_BYTES + found.byteLength;
    }
    return { starts, end, problem: null };
  } finally {
    await handle.close();
  }
}

/** The payload, or why there is none. */
async function tryRecord(
  handle: DiskFile,
  offset: number,
  size: number,
): Promise<Uint8Array | string> {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  const { bytesRead } = await handle.read(header, 0, RECORD_HEADER_BYTES, offset);
  if (bytesRead < RECORD_HEADER_BYTES) return 'torn record header';
  const length = header.readUInt32LE(0);
  // Checked against the file before memory is taken: a damaged length must not cost gigabytes.
  if (offset + RECORD_HEADER_BYTES + length > size) return 'torn record';
  const payload = Buffer.allocUnsafe(length);
  const read = await handle.read(payload, 0, length, offset + RECORD_HEADER_BYTES);
  if (read.bytesRead < length) return 'torn record';
  if (recordCrc(header, payload) !== header.readUInt32LE(4)) return 'checksum does not match';
  return payload;
}

function recordCrc(header: Uint8Array, payload: Uint8Array): number {
  return crc32(payload, crc32(header.subarray(0, 4)));
}

// The bytes before a snapshot's own: what it is, how long, and whether it is whole.
import { crc32 } from 'node:zlib';

export interface SnapshotHeader {
  readonly schema: number;
  readonly position: number;
  /** Of the engine that saved it; 0: it had none, or the format did not say. */
  readonly fence: number;
  readonly length: number;
  /** crc32 of the snapshot's bytes. */
  readonly checksum: number;
}

/** What was found, and where the snapshot's own bytes begin. */
export interface FoundHeader extends SnapshotHeader {
  readonly headerBytes: number;
}

/** Of the format that is written, the longest there is. */
export const HEADER_BYTES = 48;
const MAGIC = Buffer.from('SPSNAP02');

/** The format before fences: the same without one. It is read, never written. */
const OLD_HEADER_BYTES = 40;
const OLD_MAGIC = Buffer.from('SPSNAP01');

/** magic (8), schema, position, fence, length (f64 each), checksum, crc32 of all before (u32). */
export function encodeHeader(header: SnapshotHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeDoubleLE(header.schema, 8);
  bytes.writeDoubleLE(header.position, 16);
  bytes.writeDoubleLE(header.fence, 24);
  bytes.writeDoubleLE(header.length, 32);
  bytes.writeUInt32LE(header.checksum, 40);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 44)), 44);
  return bytes;
}

/** The header at the beginning of `bytes`, or why there is none. */
export function decodeHeader(bytes: Buffer): FoundHeader | string {
  const magic = bytes.subarray(0, MAGIC.byteLength);
  const isOld = magic.equals(OLD_MAGIC);
  const headerBytes = isOld ? OLD_HEADER_BYTES : HEADER_BYTES;
  if (bytes.byteLength < headerBytes) return `torn: ${bytes.byteLength} bytes, no whole header`;
  if (!isOld && !magic.equals(MAGIC)) return 'not a snapshot of this format';
  const end = headerBytes - 4;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return 'damaged header';
  return {
    headerBytes,
    schema: bytes.readDoubleLE(8),
    position: bytes.readDoubleLE(16),
    fence: isOld ? 0 : bytes.readDoubleLE(24),
    length: bytes.readDoubleLE(end - 12),
    checksum: bytes.readUInt32LE(end - 4),
  };
}

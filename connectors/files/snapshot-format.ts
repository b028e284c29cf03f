// The bytes before a snapshot's own: what it is, how long, and whether it is whole.
import { crc32 } from 'node:zlib';

export interface SnapshotHeader {
  readonly schema: number;
  readonly position: number;
  readonly length: number;
  /** crc32 of the snapshot's bytes. */
  readonly checksum: number;
}

export const HEADER_BYTES = 40;
const MAGIC = Buffer.from('SPSNAP01');

/** magic (8), schema, position, length (f64 each), checksum, crc32 of all before (u32 each). */
export function encodeHeader(header: SnapshotHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeDoubleLE(header.schema, 8);
  bytes.writeDoubleLE(header.position, 16);
  bytes.writeDoubleLE(header.length, 24);
  bytes.writeUInt32LE(header.checksum, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
  return bytes;
}

/** The header, or why this is none. */
export function decodeHeader(bytes: Buffer): SnapshotHeader | string {
  if (bytes.byteLength < HEADER_BYTES) return `torn: ${bytes.byteLength} bytes, no whole header`;
  if (!bytes.subarray(0, MAGIC.byteLength).equals(MAGIC)) return 'not a snapshot of this format';
  if (crc32(bytes.subarray(0, 36)) !== bytes.readUInt32LE(36)) return 'damaged header';
  return {
    schema: bytes.readDoubleLE(8),
    position: bytes.readDoubleLE(16),
    length: bytes.readDoubleLE(24),
    checksum: bytes.readUInt32LE(32),
  };
}

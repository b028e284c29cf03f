// One snapshot as a file: written, read whole and checked, or read in slices to be sent on.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { LayoutCheck, Snapshot } from '../snapshot-store.js';
import type { Disk, DiskFile } from './disk.js';
import { errorText, writeAll } from './durable.js';
import {
  decodeHeader,
  encodeHeader,
  type FoundHeader,
  HEADER_BYTES,
  type SnapshotHeader,
} from './snapshot-format.js';

/** Between two slices of this size the event loop gets its turn. */
const SLICE_BYTES = 4 * 1024 * 1024;

export async function writeSnapshot(disk: Disk, file: string, snapshot: Snapshot): Promise<void> {
  const { schema, position, fence = 0, bytes } = snapshot;
  const handle = await disk.open(file, 'w');
  try {
    let checksum = 0;
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      checksum = crc32(slice, checksum);
      await writeAll(handle, slice, HEADER_BYTES + at);
    }
    const length = bytes.byteLength;
    await writeAll(handle, encodeHeader({ schema, position, fence, length, checksum }), 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The snapshot, or why it is passed over. */
export async function readSnapshot(
  disk: Disk,
  file: string,
  check: LayoutCheck,
): Promise<Snapshot | string> {
  let handle: DiskFile;
  try {
    handle = await disk.open(file, 'r');
  } catch (error) {
    return `cannot be read: ${errorText(error)}`;
  }
  try {
    return await readOpened(handle, check);
  } catch (error) {
    return `cannot be read: ${errorText(error)}`;
  } finally {
    await handle.close();
  }
}

async function readOpened(handle: DiskFile, check: LayoutCheck): Promise<Snapshot | string> {
  const header = await readHeader(handle);
  if (typeof header === 'string') return header;
  const { schema, position, fence, length, headerBytes } = header;
  const unreadable = check(schema);
  if (unreadable !== null) return unreadable;
  const { size } = await handle.stat();
  if (size !== headerBytes + length) return `torn: ${size - headerBytes} of ${length} bytes`;
  const bytes = Buffer.allocUnsafeSlow(length);
  let checksum = 0;
  for (let at = 0; at < length; ) {
    const want = Math.min(SLICE_BYTES, length - at);
    const got = await handle.read(bytes, at, want, headerBytes + at);
    if (got.bytesRead === 0) return `torn: ${at} of ${length} bytes`;
    checksum = crc32(bytes.subarray(at, at + got.bytesRead), checksum);
    at += got.bytesRead;
    await nextTurn();
  }
  if (checksum !== header.checksum) return 'checksum does not match';
  return { schema, position, fence, bytes };
}

async function readHeader(handle: DiskFile): Promise<FoundHeader | string> {
  const start = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(start, 0, HEADER_BYTES, 0);
  return decodeHeader(start.subarray(0, bytesRead));
}

/** A snapshot on its way: what its header says, and all bytes in order, the header's first. */
export interface SnapshotSlices {
  readonly header: SnapshotHeader;
  /** Throws behind the last of them when they are not what was saved; each is a buffer apart. */
  readonly slices: AsyncIterable<Uint8Array>;
}

/** Of one in memory, which must not change meanwhile. */
export function slicesOf(snapshot: Snapshot, sliceBytes = 128 * 1024): SnapshotSlices {
  const { schema, position, fence = 0, bytes } = snapshot;
  const { byteLength: length } = bytes;
  const header = { schema, position, fence, length, checksum: crc32(bytes) };
  const slices = async function* (): AsyncGenerator<Uint8Array> {
    yield encodeHeader(header);
    for (let at = 0; at < length; at += sliceBytes) yield bytes.slice(at, at + sliceBytes);
  };
  return { header, slices: slices() };
}

/** Of a file, one slice in memory at a time. @throws Error when its header is damaged */
export async function openSlices(
  disk: Disk,
  file: string,
  sliceBytes: number,
): Promise<SnapshotSlices & { close(): Promise<void> }> {
  const handle = await disk.open(file, 'r');
  try {
    const header = await readHeader(handle);
    if (typeof header === 'string') throw new Error(`${file}: ${header}`);
    const slices = readSlices(handle, header, { file, sliceBytes });
    return { header, slices, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* readSlices(
  handle: DiskFile,
  header: FoundHeader,
  { file, sliceBytes }: { readonly file: string; readonly sliceBytes: number },
): AsyncGenerator<Uint8Array> {
  const end = header.headerBytes + header.length;
  let checksum = 0;
  for (let at = 0; at < end; ) {
    // The header is a slice by itself: the checksum is of what follows it.
    const want = at === 0 ? header.headerBytes : Math.min(sliceBytes, end - at);
    const slice = Buffer.allocUnsafeSlow(want);
    const { bytesRead } = await handle.read(slice, 0, want, at);
    if (bytesRead === 0 || (at === 0 && bytesRead < want)) throw new Error(`${file}: torn`);
    if (at > 0) checksum = crc32(slice.subarray(0, bytesRead), checksum);
    at += bytesRead;
    yield slice.subarray(0, bytesRead);
  }
  if (checksum !== header.checksum) throw new Error(`${file}: checksum does not match`);
}

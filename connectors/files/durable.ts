// The steps that make a change to a folder survive a power cut, and errors in plain words.
import { dirname } from 'node:path';
import { type Disk, type DiskFile, REAL_DISK } from './disk.js';

/** After creating, renaming or deleting a file: the folder's own entry list must reach the disk. */
export async function syncFolder(dir: string, disk: Disk = REAL_DISK): Promise<void> {
  const handle = await disk.open(dir, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some systems (Windows, a few network file systems) cannot sync a folder; there the rename
    // itself is all one can ask for.
    if (!isUnsupported(error)) throw error;
  } finally {
    await handle.close();
  }
}

/** Puts a file, already synced, in the place of another, so that a reader sees old or new. */
export async function renameDurably(
  from: string,
  to: string,
  disk: Disk = REAL_DISK,
): Promise<void> {
  await disk.rename(from, to);
  await syncFolder(dirname(to), disk);
}

/** A write may take less than it was given: the rest is given again. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, at: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const rest = bytes.byteLength - written;
    written += (await file.write(bytes, written, rest, at + written)).bytesWritten;
  }
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isUnsupported(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EINVAL' || code === 'EPERM' || code === 'ENOTSUP' || code === 'EISDIR';
}

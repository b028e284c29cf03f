// Snapshots as files in a folder: written whole or not at all, the last few kept.
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { LayoutCheck, RefusedSnapshot, Snapshot, SnapshotStore } from '../snapshot-store.js';
import { type Disk, type DiskFile, REAL_DISK } from './disk.js';
import { errorText, renameDurably, syncFolder, writeAll } from './durable.js';
import { decodeHeader, encodeHeader, HEADER_BYTES } from './snapshot-format.js';

export interface FileSnapshotStoreOptions {
  readonly dir: string;
  /** Snapshots kept, the newest included. Default 3. */
  readonly keep?: number;
  readonly disk?: Disk;
}

/** Between two slices of this size the event loop gets its turn. */
const SLICE_BYTES = 4 * 1024 * 1024;
const NAME = /^(\d{12})\.snapshot$/;

/**
 * Newest is what was saved last, whatever its position: a stream made anew starts at 1 again.
 * The bytes given to `save` must not change until it resolves. Those that `newest` gives begin
 * a buffer of their own, so that typed arrays can be laid over them.
 */
export class FileSnapshotStore implements SnapshotStore {
  readonly #dir: string;
  readonly #keep: number;
  readonly #disk: Disk;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FileSnapshotStoreOptions) {
    this.#dir = options.dir;
    this.#keep = options.keep ?? 3;
    this.#disk = options.disk ?? REAL_DISK;
    if (!(this.#keep >= 1)) throw new RangeError(`keep must be at least 1, not ${this.#keep}`);
  }

  save(snapshot: Snapshot): Promise<void> {
    const run = this.#turn.then(() => this.#save(snapshot));
    // One that failed stops no later one; its own caller has the error.
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async newest(schema: number | LayoutCheck): Promise<{
    readonly snapshot: Snapshot | null;
    readonly refused: readonly RefusedSnapshot[];
  }> {
    await this.#turn;
    const refused: RefusedSnapshot[] = [];
    for (const name of (await this.names()).reverse()) {
      const found = await this.read(name, schema);
      if (typeof found !== 'string') return { snapshot: found, refused };
      refused.push({ name, reason: found });
    }
    return { snapshot: null, refused };
  }

  /** One by its name, or why it is refused. */
  read(name: string, schema: number | LayoutCheck): Promise<Snapshot | string> {
    return readSnapshot(this.#disk, join(this.#dir, name), checkOf(schema));
  }

  async #save(snapshot: Snapshot): Promise<void> {
    const temporary = join(this.#dir, 'writing.tmp');
    try {
      await this.#disk.mkdir(this.#dir, { recursive: true });
      await this.#removeLeftovers();
      const names = await this.names();
      const serial = Number.parseInt(names.at(-1) ?? '0', 10) + 1;
      const name = `${String(serial).padStart(12, '0')}.snapshot`;
      await writeSnapshot(this.#disk, temporary, snapshot);
      await renameDurably(temporary, join(this.#dir, name), this.#disk);
      await this.#prune([...names, name]);
    } catch (error) {
      await this.#disk.rm(temporary, { force: true }).catch(() => undefined);
      throw new Error(
        `cannot save the snapshot of position ${snapshot.position} in ${this.#dir}: ` +
          `${errorText(error)}; the one before stays`,
        { cause: error },
      );
    }
  }

  async #prune(names: readonly string[]): Promise<void> {
    const old = names.slice(0, Math.max(names.length - this.#keep, 0));
    for (const name of old) await this.#disk.rm(join(this.#dir, name), { force: true });
    if (old.length > 0) await syncFolder(this.#dir, this.#disk);
  }

  async #removeLeftovers(): Promise<void> {
    for (const name of await this.#disk.readdir(this.#dir)) {
      if (name.endsWith('.tmp')) await this.#disk.rm(join(this.#dir, name), { force: true });
    }
  }

  /** Names of all, whole or not; oldest first. */
  async names(): Promise<string[]> {
    try {
      return (await this.#disk.readdir(this.#dir)).filter((name) => NAME.test(name)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw new Error(`cannot list the snapshots in ${this.#dir}: ${errorText(error)}`, {
        cause: error,
      });
    }
  }
}

async function writeSnapshot(disk: Disk, file: string, snapshot: Snapshot): Promise<void> {
  const { schema, position, bytes } = snapshot;
  const handle = await disk.open(file, 'w');
  try {
    let checksum = 0;
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      checksum = crc32(slice, checksum);
      await writeAll(handle, slice, HEADER_BYTES + at);
    }
    const header = encodeHeader({ schema, position, length: bytes.byteLength, checksum });
    await writeAll(handle, header, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function checkOf(schema: number | LayoutCheck): LayoutCheck {
  if (typeof schema === 'function') return schema;
  return (found) => (found === schema ? null : `layout ${found}, this version reads ${schema}`);
}

/** The snapshot, or why it is passed over. */
async function readSnapshot(
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
  const start = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(start, 0, HEADER_BYTES, 0);
  const header = decodeHeader(start.subarray(0, bytesRead));
  if (typeof header === 'string') return header;
  const unreadable = check(header.schema);
  if (unreadable !== null) return unreadable;
  const { size } = await handle.stat();
  if (size !== HEADER_BYTES + header.length) {
    return `torn: ${size - HEADER_BYTES} of ${header.length} bytes`;
  }
  const bytes = Buffer.allocUnsafeSlow(header.length);
  let checksum = 0;
  for (let at = 0; at < header.length; ) {
    const want = Math.min(SLICE_BYTES, header.length - at);
    const got = await handle.read(bytes, at, want, HEADER_BYTES + at);
    if (got.bytesRead === 0) return `torn: ${at} of ${header.length} bytes`;
    checksum = crc32(bytes.subarray(at, at + got.bytesRead), checksum);
    at += got.bytesRead;
    await nextTurn();
  }
  if (checksum !== header.checksum) return 'checksum does not match';
  return { schema: header.schema, position: header.position, bytes };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

// Snapshots as files in a folder: written whole or not at all, the last few kept.
import { join } from 'node:path';
import {
  checkOf,
  type LayoutCheck,
  type NewestSnapshot,
  type RefusedSnapshot,
  type Snapshot,
  type SnapshotStore,
} from '../snapshot-store.js';
import { type Disk, REAL_DISK } from './disk.js';
import { errorText, renameDurably, syncFolder } from './durable.js';
import { openSlices, readSnapshot, writeSnapshot } from './snapshot-file.js';

export interface FileSnapshotStoreOptions {
  readonly dir: string;
  /** Snapshots kept, the newest included. Default 3. */
  readonly keep?: number;
  readonly disk?: Disk;
}

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

  async newest(schema: number | LayoutCheck): Promise<NewestSnapshot> {
    await this.#turn;
    const refused: RefusedSnapshot[] = [];
    for (const name of (await this.names()).reverse()) {
      const found = await this.read(name, schema);
      if (typeof found !== 'string') {
        return { snapshot: found, refused, from: join(this.#dir, name) };
      }
      refused.push({ name, reason: found });
    }
    return { snapshot: null, refused };
  }

  /** One by its name, or why it is refused. */
  read(name: string, schema: number | LayoutCheck): Promise<Snapshot | string> {
    return readSnapshot(this.#disk, join(this.#dir, name), checkOf(schema));
  }

  /** One by its name, to be copied elsewhere; to be closed. @throws Error when it is damaged */
  openSlices(name: string, sliceBytes: number): ReturnType<typeof openSlices> {
    return openSlices(this.#disk, join(this.#dir, name), sliceBytes);
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

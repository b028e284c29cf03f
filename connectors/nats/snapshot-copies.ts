// Copies of snapshots in JetStream's object store, from which another machine can take over.
import { SnapshotAssembly } from '../files/snapshot-assembly.js';
import { type SnapshotSlices, slicesOf } from '../files/snapshot-file.js';
import {
  checkOf,
  type LayoutCheck,
  type NewestSnapshot,
  type RefusedSnapshot,
  type Snapshot,
  type SnapshotStore,
} from '../snapshot-store.js';
import { errorText } from './jetstream-errors.js';
import type { ObjectBucket } from './object-bucket.js';
import { Patience } from './patience.js';
import { copyOf, describing, newestFirst, objectName, type SnapshotCopy } from './snapshot-copy.js';

export interface CopiesOptions {
  /** Whose snapshots: several kinds of engine may share a bucket and never see each other's. */
  readonly key: string;
  /** Copies kept, the newest included. Default 3. */
  readonly keep?: number;
  /** How long a look at them waits for a server that is away. Default 30,000. */
  readonly patienceMs?: number;
  /** Ends such a wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Newest is what has the greatest fence, and of one fence what was saved last. The fence is in the
 * name: an engine that was replaced and does not know it yet overwrites nothing of its successor,
 * and what it still copies ranks below. The body of a copy is the file that a folder holds.
 */
export class SnapshotCopies implements SnapshotStore {
  readonly bucket: string;
  readonly #bucket: ObjectBucket;
  readonly #options: CopiesOptions;
  readonly #keep: number;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(bucket: ObjectBucket, options: CopiesOptions) {
    this.bucket = bucket.bucket;
    this.#bucket = bucket;
    this.#options = options;
    this.#keep = options.keep ?? 3;
    if (!(this.#keep >= 1)) throw new RangeError(`keep must be at least 1, not ${this.#keep}`);
  }

  save(snapshot: Snapshot): Promise<void> {
    return this.put(slicesOf(snapshot));
  }

  /** Takes a copy while it is read. @throws Error when a later engine has copied already */
  put(given: SnapshotSlices): Promise<void> {
    const run = this.#turn.then(() => this.#put(given));
    // One that failed stops no later one; its own caller has the error.
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async newest(schema: number | LayoutCheck): Promise<NewestSnapshot> {
    return this.newestOf(await this.list(), schema);
  }

  /** The first of these that is whole and can be read, and why those before it are not. */
  async newestOf(
    copies: readonly SnapshotCopy[],
    schema: number | LayoutCheck,
  ): Promise<NewestSnapshot> {
    const refused: RefusedSnapshot[] = [];
    for (const copy of copies) {
      const found = await this.read(copy, schema);
      const where = `${this.bucket}/${copy.object.name}`;
      if (typeof found !== 'string') return { snapshot: found, refused, from: `copy ${where}` };
      refused.push({ name: `copy ${where}`, reason: found });
    }
    return { snapshot: null, refused };
  }

  /** All of this key, whole or not; the newest first. */
  list(): Promise<SnapshotCopy[]> {
    return this.#patience('list').with(() => this.#list());
  }

  /** The snapshot, or why it is refused. @throws Error when the server cannot be asked */
  read(copy: SnapshotCopy, schema: number | LayoutCheck): Promise<Snapshot | string> {
    return this.#patience('read').with(async () => {
      try {
        return await this.#read(copy, checkOf(schema));
      } catch (error) {
        // The library's word for a digest that is not the one that was stored.
        const isDamage = error instanceof Error && /corrupt|digest/.test(error.message);
        if (isDamage) return 'digest does not match';
        throw error;
      }
    });
  }

  async #list(): Promise<SnapshotCopy[]> {
    const { key } = this.#options;
    const found = (await this.#bucket.list()).flatMap((object) => copyOf(key, object) ?? []);
    return found.sort(newestFirst);
  }

  /** Why it would be refused, as far as that is known without its body; null: nothing is wrong. */
  async glance({ object, schema }: SnapshotCopy, check: LayoutCheck): Promise<string | null> {
    const { info } = object;
    if (info === null || schema === null) return 'what describes it cannot be read';
    const unreadable = check(schema);
    if (unreadable !== null) return unreadable;
    const chunks = await this.#bucket.chunks(info);
    return chunks === info.chunks ? null : `torn: ${chunks} of ${info.chunks} chunks`;
  }

  async #read(copy: SnapshotCopy, check: LayoutCheck): Promise<Snapshot | string> {
    const { name, info } = copy.object;
    const wrong = await this.glance(copy, check);
    if (wrong !== null || info === null) return wrong ?? '';
    const slices = await this.#bucket.get(name);
    if (slices === null) return 'removed while it was read';
    const assembly = new SnapshotAssembly(info.size, check);
    for await (const slice of slices) {
      const refused = assembly.take(slice);
      if (refused !== null) return refused;
    }
    const found = assembly.end();
    if (typeof found === 'string') return found;
    const isOther = found.position !== copy.position || found.fence !== copy.fence;
    return isOther ? `holds position ${found.position} of fence ${found.fence}` : found;
  }

  async #put({ header, slices }: SnapshotSlices): Promise<void> {
    const { position, fence } = header;
    const { key } = this.#options;
    const newest = await this.#newestFence();
    if (newest > fence) {
      throw new Error(
        `bucket ${this.bucket} holds copies of fence ${newest}, and this engine has ${fence}: ` +
          'another one took over, or the bucket of the lease was made anew; then name another ' +
          'bucket in snapshot.copyTo',
      );
    }
    try {
      await this.#bucket.put(objectName(key, header), describing(header), slices);
    } catch (error) {
      throw this.#failed(`save position ${position} in`, error);
    }
    await this.#tidy();
  }

  async #newestFence(): Promise<number> {
    try {
      return (await this.#list())[0]?.fence ?? 0;
    } catch (error) {
      throw this.#failed('list', error);
    }
  }

  async #tidy(): Promise<void> {
    try {
      const old = (await this.#list()).slice(this.#keep);
      for (const { object } of old) await this.#bucket.remove(object);
      await this.#bucket.sweep();
    } catch (error) {
      throw this.#failed('remove old ones of', error);
    }
  }

  #patience(what: string): Patience {
    const { patienceMs, signal } = this.#options;
    const given = patienceMs === undefined ? {} : { patienceMs };
    const work = `${what} the snapshot copies of bucket ${this.bucket}`;
    return new Patience(this.#bucket.connection, { what: work, signal, ...given });
  }

  #failed(what: string, error: unknown): Error {
    return new Error(
      `cannot ${what} the snapshot copies of bucket ${this.bucket}: ${errorText(error)}`,
      { cause: error },
    );
  }
}

// A bucket of JetStream's object store: what is in it, one object in, one out, one away.
// Looked at by requests that are answered or time out; a watch would wait for what never comes.
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm, setSha256Backend } from '@nats-io/obj';
import type { NatsConnection } from 'nats';
import { errorText, isStreamNotFound } from './jetstream-errors.js';
import { withDeadline } from './with-deadline.js';

export interface BucketOptions {
  readonly bucket: string;
  /** What it holds, where it is made. Default: snapshots. */
  readonly description?: string;
  /** Copies of the bucket, where it is made. Default 1. */
  readonly replicas?: number;
  /** Bytes that come no further for so long end a read. Default 10,000. */
  readonly stallMs?: number;
  /** What no object names is removed when nothing was added to it for so long. Default 1 h. */
  readonly leftoverMs?: number;
}

export interface StoredObject {
  readonly name: string;
  /** Grows from object to object in the order in which they became whole. */
  readonly revision: number;
  /** Null: what describes it cannot be read. */
  readonly info: ObjectInfo | null;
  readonly subject: string;
}

// Four times as fast as the library's own, which would hold the loop for a millisecond a chunk.
setSha256Backend('native');

const CHUNK_BYTES = 128 * 1024;
const DEFAULTS = {
  description: 'stockpulse snapshots',
  replicas: 1,
  stallMs: 10_000,
  leftoverMs: 3_600_000,
};

/** Guarantee: an object is there whole or not at all; a put that fails or dies leaves no other. */
export class ObjectBucket {
  readonly bucket: string;
  readonly #manager: JetStreamManager;
  readonly #objects: Objm;
  readonly #options: Required<BucketOptions>;
  #store: ObjectStore;

  private constructor(
    readonly connection: NatsConnection,
    manager: JetStreamManager,
    objects: Objm,
    store: ObjectStore,
    options: Required<BucketOptions>,
  ) {
    this.bucket = options.bucket;
    this.#manager = manager;
    this.#objects = objects;
    this.#store = store;
    this.#options = options;
  }

  /** Makes it where it is missing. @throws Error that says what to do */
  static async open(connection: NatsConnection, given: BucketOptions): Promise<ObjectBucket> {
    const options = { ...DEFAULTS, ...given };
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false });
      const objects = new Objm(connection);
      const store = await makeStore(objects, options);
      return new ObjectBucket(connection, manager, objects, store, options);
    } catch (error) {
      throw new Error(
        `cannot use the object store bucket ${options.bucket}: ${errorText(error)}; enable ` +
          `JetStream, and let this account make and use stream OBJ_${options.bucket}`,
        { cause: error },
      );
    }
  }

  /** Null: there is none, and none is made. */
  static async find(
    connection: NatsConnection,
    options: BucketOptions,
  ): Promise<ObjectBucket | null> {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    try {
      await manager.streams.info(`OBJ_${options.bucket}`);
    } catch (error) {
      if (isStreamNotFound(error)) return null;
      throw error;
    }
    return ObjectBucket.open(connection, options);
  }

  /** None where somebody took the bucket away. */
  async list(): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    for (const subject of await this.#subjects('M')) {
      const name = Buffer.from(subject.split('.').at(-1) ?? '', 'base64url').toString();
      const message = await this.#last(subject);
      // Removed meanwhile.
      if (message === null) continue;
      const info = describedBy(message.data);
      if (info?.deleted !== true) found.push({ name, subject, info, revision: message.seq });
    }
    return found;
  }

  /** Makes the bucket again where it was taken away. */
  async put(
    name: string,
    metadata: Record<string, string>,
    slices: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    this.#store = await makeStore(this.#objects, this.#options);
    const options = { max_chunk_size: CHUNK_BYTES };
    await this.#store.put({ name, metadata, options }, ReadableStream.from(slices));
  }

  /** Chunks of an object that are stored. */
  async chunks({ nuid }: ObjectInfo): Promise<number> {
    const subject = this.#chunksOf(nuid);
    const filter = { subjects_filter: subject };
    const { state } = await this.#manager.streams.info(this.#stream, filter);
    return state.subjects?.[subject] ?? 0;
  }

  /** Null: it is gone. Throws behind the last slice when the digest is not that of the object. */
  async get(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const found = await this.#store.get(name);
    if (found === null) return null;
    // The stream tells of it too.
    found.error.catch(() => undefined);
    return withDeadline(found.data, this.#options.stallMs);
  }

  /** First what names it: what is left when this is cut short is swept away later. */
  async remove({ subject, info }: StoredObject): Promise<void> {
    await this.#manager.streams.purge(this.#stream, { filter: subject });
    if (info === null) return;
    await this.#manager.streams.purge(this.#stream, { filter: this.#chunksOf(info.nuid) });
  }

  /**
   * Removes the chunks that a killed process left. Those of a put under way, anybody's, are
   * younger than `leftoverMs` by the server's clock.
   */
  async sweep(): Promise<void> {
    const { state } = await this.#manager.streams.info(this.#stream);
    const chunks = await this.#subjects('C');
    const named = new Set((await this.list()).map(({ info }) => this.#chunksOf(info?.nuid ?? '')));
    const before = Date.parse(String(state.last_ts)) - this.#options.leftoverMs;
    for (const subject of chunks) {
      if (named.has(subject)) continue;
      const last = await this.#last(subject);
      if (last === null || last.time.getTime() > before) continue;
      await this.#manager.streams.purge(this.#stream, { filter: subject });
    }
  }

  get #stream(): string {
    return `OBJ_${this.bucket}`;
  }

  #chunksOf(nuid: string): string {
    return `$O.${this.bucket}.C.${nuid}`;
  }

  #last(subject: string) {
    return this.#manager.streams.getMessage(this.#stream, { last_by_subj: subject });
  }

  /** M: what describes objects; C: their chunks. */
  async #subjects(kind: 'M' | 'C'): Promise<string[]> {
    const filter = { subjects_filter: `$O.${this.bucket}.${kind}.>` };
    try {
      const { state } = await this.#manager.streams.info(this.#stream, filter);
      return Object.keys(state.subjects ?? {});
    } catch (error) {
      if (isStreamNotFound(error)) return [];
      throw error;
    }
  }
}

function makeStore(objects: Objm, options: Required<BucketOptions>): Promise<ObjectStore> {
  const { bucket, replicas, description } = options;
  return objects.create(bucket, { replicas, description });
}

function describedBy(data: Uint8Array): ObjectInfo | null {
  try {
    return JSON.parse(Buffer.from(data).toString()) as ObjectInfo;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

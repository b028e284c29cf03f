// Which of several engines may write: a key in NATS KV that its holder renews by revision.
// Spoken through the stream of the bucket, in the layout that KV gives it.
import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection, nuid } from 'nats';
import { errorText, isStreamNotFound } from './jetstream-errors.js';

export interface LeaseOptions {
  readonly bucket: string;
  readonly key: string;
  /** Who asks, for people: the page and the log of a stand-by name it. */
  readonly holder: string;
  /** The last engine of this name is known to be gone: what it still holds is taken at once. */
  readonly isSuccessor?: boolean;
  /** A lease that was not renewed for so long may be taken. Default 10,000. */
  readonly durationMs?: number;
  /** Copies of the bucket, where it is made. Default 1. */
  readonly replicas?: number;
}

/** Another engine has the lease: this one must send nothing more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** `expired`: not renewed in time, and not known to be another's. Only `held` may write. */
export type LeaseState = 'held' | 'expired' | 'lost';

interface Entry {
  readonly revision: number;
  readonly isFree: boolean;
  readonly holder: string;
  readonly token: string;
}

/** What a lease that is held knows: where it is kept, and the mark by which it is known. */
interface Key {
  readonly manager: JetStreamManager;
  readonly options: Required<LeaseOptions>;
  /** Of this acquisition alone. */
  readonly token: string;
}

/**
 * Guarantee: `state` is `held` only while no other may have the lease, by this process' monotonic
 * clock counted from BEFORE the request that renewed it; it asks no server. A rival takes the key
 * only after seeing its revision unchanged for a whole duration on its own clock, so wall clocks
 * need not agree. A lease that has expired is held again if it can still be renewed: then nobody
 * has taken it. Not guaranteed: a process paused between `state` and its write, or with bytes in
 * its socket, can still be heard after the lease is another's; and a host that was suspended may
 * have a monotonic clock that stood still. The server refuses none of that: whoever reads must
 * refuse a fence older than one it has seen.
 */
export class Lease {
  /** Hears once that the lease is another's. */
  onLost: ((error: LeaseLostError) => void) | null = null;
  /** The revision at acquisition; it grows with every owner. */
  readonly fence: number;
  readonly #key: Key;
  readonly #closing = new AbortController();
  #revision: number;
  #untilMs: number;
  #lost: LeaseLostError | null = null;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(key: Key, revision: number, untilMs: number) {
    this.#key = key;
    this.fence = revision;
    this.#revision = revision;
    this.#untilMs = untilMs;
  }

  /** Waits as the stand-by until the key is free or its holder was silent for a duration. */
  static async acquire(
    connection: NatsConnection,
    given: LeaseOptions,
    { signal, onWait }: { signal?: AbortSignal; onWait?: (holder: string) => void } = {},
  ): Promise<Lease> {
    const options = { durationMs: 10_000, replicas: 1, isSuccessor: false, ...given };
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await makeBucket(manager, options);
    const key: Key = { manager, options, token: nuid.next() };
    const watch = new Watch(key);
    for (;;) {
      signal?.throwIfAborted();
      const lease = await Lease.#try(connection, key, watch, onWait);
      if (lease !== null) return lease;
      const pauseMs = options.durationMs / 20;
      await wait(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }

  static async #try(
    connection: NatsConnection,
    key: Key,
    watch: Watch,
    onWait?: (holder: string) => void,
  ): Promise<Lease | null> {
    try {
      const entry = await read(key);
      const nowMs = performance.now();
      if (!watch.mayTake(entry, nowMs)) {
        onWait?.(entry.holder);
        return null;
      }
      const taken = await put(key, entry.revision);
      return taken === null ? null : new Lease(key, taken, nowMs + key.options.durationMs);
    } catch (error) {
      if (isPassing(error) && !connection.isClosed()) return null;
      const { bucket } = key.options;
      throw new Error(`cannot use the lease in bucket ${bucket}: ${errorText(error)}`, {
        cause: error,
      });
    }
  }

  /** Synchronous, to be asked before every write. */
  get state(): LeaseState {
    if (this.#lost !== null) return 'lost';
    return performance.now() < this.#untilMs ? 'held' : 'expired';
  }

  /** Renews from now on at a third of the duration, until it is lost or released. */
  keep(): void {
    this.#renewing = this.#keepOn();
  }

  async #keepOn(): Promise<void> {
    const { signal } = this.#closing;
    const pauseMs = this.#key.options.durationMs / 3;
    while (!signal.aborted && this.#lost === null) {
      // One that failed is tried again at the next turn, and says nothing: the state shows it.
      await this.renew().catch(() => undefined);
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @throws LeaseLostError, or why it could not be renewed this time */
  async renew(): Promise<void> {
    for (let tries = 1; ; tries++) {
      const askedMs = performance.now();
      const revision = await put(this.#key, this.#revision);
      if (revision !== null) {
        this.#revision = revision;
        this.#untilMs = askedMs + this.#key.options.durationMs;
        return;
      }
      // Not the revision that we know of: a rival's, or ours of which the answer was lost.
      const entry = await read(this.#key);
      if (entry.isFree || entry.token !== this.#key.token || tries > 2) {
        throw this.#lose(`was taken by ${entry.holder}`);
      }
      this.#revision = entry.revision;
    }
  }

  /** Gives the key back, so that the next engine need not wait; never another's key. */
  async release(): Promise<void> {
    this.#closing.abort();
    await this.#renewing;
    if (this.state !== 'held') return;
    this.onLost = null;
    this.#lose('was released');
    await put(this.#key, this.#revision, 'DEL');
  }

  #lose(how: string): LeaseLostError {
    if (this.#lost !== null) return this.#lost;
    const { bucket, key } = this.#key.options;
    this.#lost = new LeaseLostError(`the lease ${bucket}/${key} ${how}`);
    this.onLost?.(this.#lost);
    return this.#lost;
  }
}

/** For how long a rival's revision was seen unchanged. */
class Watch {
  #seen = -1;
  #sinceMs = 0;

  constructor(private readonly key: Key) {}

  mayTake(entry: Entry, nowMs: number): boolean {
    const { token, options } = this.key;
    if (entry.revision !== this.#seen) {
      this.#seen = entry.revision;
      this.#sinceMs = nowMs;
    }
    const isOurs =
      entry.token === token || (options.isSuccessor && entry.holder === options.holder);
    return entry.isFree || isOurs || nowMs - this.#sinceMs > options.durationMs;
  }
}

function subjectOf({ bucket, key }: LeaseOptions): string {
  return `$KV.${bucket}.${key}`;
}

async function makeBucket(manager: JetStreamManager, options: Required<LeaseOptions>) {
  const { bucket, replicas } = options;
  const name = `KV_${bucket}`;
  try {
    await manager.streams.info(name);
  } catch (error) {
    if (!isStreamNotFound(error)) throw error;
    await manager.streams.add({
      name,
      subjects: [`$KV.${bucket}.>`],
      max_msgs_per_subject: 1,
      discard: 'new',
      allow_rollup_hdrs: true,
      allow_direct: true,
      deny_delete: true,
      num_replicas: replicas,
    });
  }
}

async function read({ manager, options }: Key): Promise<Entry> {
  const query = { last_by_subj: subjectOf(options) };
  const entry = await manager.streams.getMessage(`KV_${options.bucket}`, query);
  if (entry === null) return { revision: 0, isFree: true, holder: '', token: '' };
  const isFree = (entry.header?.get('KV-Operation') ?? '') !== '';
  const [holder = '', token = ''] = entry.string().split('\n');
  return { revision: entry.seq, isFree, holder, token };
}

/** The new revision, or null when the last one is not `revision`. */
async function put(
  { manager, options, token }: Key,
  revision: number,
  operation: 'PUT' | 'DEL' = 'PUT',
): Promise<number | null> {
  const marks = headers();
  if (operation === 'DEL') marks.set('KV-Operation', 'DEL');
  try {
    const value = `${options.holder}\n${token}`;
    const stored = await manager.jetstream().publish(subjectOf(options), value, {
      headers: marks,
      timeout: options.durationMs / 3,
      expect: { lastSubjectSequence: revision },
    });
    return stored.seq;
  } catch (error) {
    if (error instanceof Error && /wrong last sequence/i.test(error.message)) return null;
    throw error;
  }
}

/** Whatever is not the server's word on our request: it may be away for a while. */
function isPassing(error: unknown): boolean {
  return !(error instanceof JetStreamApiError) || error.status === 503;
}

// Which of several engines may write: a key in NATS KV that its holder renews by revision.
// Spoken through the stream of the bucket, in the layout that KV gives it.
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from 'nats';

export interface LeaseOptions {
  readonly bucket: string;
  readonly key: string;
  /** Who asks; for people who look into the bucket. */
  readonly holder: string;
  /** A lease that was not renewed for so long may be taken. Default 5,000. */
  readonly durationMs?: number;
}

/** The lease ran out or was taken: this process must send nothing more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Guarantee: `check` fails from the moment the lease may be another's, by this process' monotonic
 * clock counted from BEFORE the request that renewed it; it needs no answer from the server.
 * A rival takes the key only after seeing its revision unchanged for a whole duration on its own
 * clock, so wall clocks need not agree. Not guaranteed: a process paused between `check` and its
 * write, or with bytes in its socket, can still be heard after the lease is another's; and a host
 * that was suspended may have a monotonic clock that stood still. The server refuses none of that:
 * whoever reads must refuse a fence older than one it has seen.
 */
export class Lease {
  readonly #manager: JetStreamManager;
  readonly #options: Required<LeaseOptions>;
  /** The revision at acquisition; it grows with every owner. */
  readonly fence: number;
  #revision: number;
  #untilMs: number;
  #lost: LeaseLostError | null = null;

  private constructor(
    manager: JetStreamManager,
    options: Required<LeaseOptions>,
    revision: number,
    untilMs: number,
  ) {
    this.#manager = manager;
    this.#options = options;
    this.fence = revision;
    this.#revision = revision;
    this.#untilMs = untilMs;
  }

  /** Waits as the stand-by until the key is free or its holder was silent for a duration. */
  static async acquire(
    connection: NatsConnection,
    given: LeaseOptions,
    signal: AbortSignal,
  ): Promise<Lease> {
    const options = { durationMs: 5_000, ...given };
    const manager = await jetstreamManager(connection);
    await makeBucket(manager, options.bucket);
    let seen = -1;
    let seenSinceMs = 0;
    for (;;) {
      signal.throwIfAborted();
      const entry = await manager.streams.getMessage(`KV_${options.bucket}`, {
        last_by_subj: subjectOf(options),
      });
      const nowMs = performance.now();
      const revision = entry?.seq ?? 0;
      if (revision !== seen) {
        seen = revision;
        seenSinceMs = nowMs;
      }
      const isFree = entry === null || (entry.header?.get('KV-Operation') ?? '') !== '';
      if (isFree || nowMs - seenSinceMs > options.durationMs) {
        const taken = await put(manager, options, revision);
        if (taken !== null) return new Lease(manager, options, taken, nowMs + options.durationMs);
      }
      await new Promise((done) => setTimeout(done, options.durationMs / 10));
    }
  }

  /** Call before every send: synchronous, null while this process may write. */
  check(): LeaseLostError | null {
    if (this.#lost === null && performance.now() >= this.#untilMs) this.#lose('ran out');
    return this.#lost;
  }

  /** Call at a third of the duration. Throws when the lease was lost or could not be renewed. */
  async renew(): Promise<void> {
    const lost = this.check();
    if (lost !== null) throw lost;
    const askedMs = performance.now();
    const revision = await put(this.#manager, this.#options, this.#revision);
    if (revision === null) throw this.#lose('was taken by another engine');
    const late = this.check();
    if (late !== null) throw late;
    this.#revision = revision;
    this.#untilMs = askedMs + this.#options.durationMs;
  }

  /** Gives the key back, so that the next engine need not wait; never another's key. */
  async release(): Promise<void> {
    if (this.check() !== null) return;
    this.#lose('was released');
    await put(this.#manager, this.#options, this.#revision, 'DEL');
  }

  #lose(how: string): LeaseLostError {
    const { bucket, key } = this.#options;
    this.#lost ??= new LeaseLostError(
      `the lease ${bucket}/${key} ${how}: this engine must not write; start it again`,
    );
    return this.#lost;
  }
}

function subjectOf(options: LeaseOptions): string {
  return `$KV.${options.bucket}.${options.key}`;
}

async function makeBucket(manager: JetStreamManager, bucket: string): Promise<void> {
  await manager.streams.add({
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    max_msgs_per_subject: 1,
    discard: 'new',
    allow_rollup_hdrs: true,
    deny_delete: true,
  });
}

/** The new revision, or null when another was faster. */
async function put(
  manager: JetStreamManager,
  options: Required<LeaseOptions>,
  revision: number,
  operation: 'PUT' | 'DEL' = 'PUT',
): Promise<number | null> {
  const marks = headers();
  if (operation === 'DEL') marks.set('KV-Operation', 'DEL');
  try {
    const stored = await manager.jetstream().publish(subjectOf(options), options.holder, {
      headers: marks,
      timeout: options.durationMs,
      expect: { lastSubjectSequence: revision },
    });
    return stored.seq;
  } catch (error) {
    if (error instanceof Error && /wrong last sequence/i.test(error.message)) return null;
    throw error;
  }
}

// The pipeline: batches pulled from a source, decoded, applied and delivered, one at a time.
import { setImmediate } from 'node:timers/promises';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  mergeMap,
  type Observable,
  of,
  repeat,
  throwError,
} from 'rxjs';
import type { Delivery, Source } from '../connectors/source.js';
import { Batch } from '../operators/stream/batch.js';
import type { ClosedBucket, Results } from '../operators/stream/outbox.js';
import type { Core } from './core.js';
import { pauses } from './pauses.js';

/**
 * A batch that has been decided: what came in, and what it brought about. While a long one is
 * decided, closed buckets come before it, in parts without events, whose `through` is where the
 * batch begins. Signals and alerts come with the batch alone: until it is decided it may fail, and
 * replayed without the event that made it fail they would have other ids.
 */
export interface Decided {
  readonly batch: Batch;
  readonly results: Results;
}

export interface PipelineOptions {
  readonly maxMessages: number;
  /**
   * Longest that the core works before others get their turn (ms), at the next time step;
   * Infinity: it never pauses. A pause changes when results are known, never what they are.
   */
  readonly sliceMs: number;
  /** Closed buckets are delivered by so many: a backlog of days closes millions of them. */
  readonly maxBuckets?: number;
}

const MAX_BUCKETS = 4_096;
/** Messages decoded between two looks at the time. */
const DECODE_MESSAGES = 64;

/**
 * Pull, decode, decide, deliver; then the next pull. One batch is in flight, so a slow delivery
 * holds back the source and, through it, the broker. Completes when the source has ended.
 */
export function pipeline(
  source: Source,
  core: Core,
  options: PipelineOptions,
  deliver: (decided: Decided) => Promise<void>,
): Observable<Decided> {
  return defer(() => source.nextBatch(options.maxMessages)).pipe(
    mergeMap((deliveries) => (deliveries === null ? throwError(() => ENDED) : of(deliveries))),
    concatMap(async (deliveries) => {
      const decided = await decide(core, deliveries, options, deliver);
      await deliver(decided);
      // Sources and sinks that never wait would go on in microtasks, and starve every socket.
      await setImmediate();
      return decided;
    }),
    repeat(),
    catchError((error: unknown) => (error === ENDED ? EMPTY : throwError(() => error))),
  );
}

/** The end of a source travels as an error, because `repeat` begins anew after a completion. */
const ENDED = new Error('the source has ended');

async function decide(
  core: Core,
  deliveries: readonly Delivery[],
  { sliceMs, maxBuckets = MAX_BUCKETS }: PipelineOptions,
  deliver: (decided: Decided) => Promise<void>,
): Promise<Decided> {
  const pause = pauses(sliceMs);
  const batch = new Batch();
  for (let at = 0; at < deliveries.length; at += DECODE_MESSAGES) {
    if (at > 0) await pause();
    core.decoder.decode(deliveries.slice(at, at + DECODE_MESSAGES), batch);
  }
  const before = new Batch();
  before.through = (deliveries[0]?.position ?? 1) - 1;
  const steps = core.chain.steps(batch);
  while (!steps.next().done) {
    if (core.outbox.waitingBuckets >= maxBuckets) {
      await deliver({ batch: before, results: bucketsAlone(core.outbox.takeBuckets()) });
    }
    await pause();
  }
  return { batch, results: core.outbox.take() };
}

function bucketsAlone(buckets: readonly ClosedBucket[]): Results {
  return {
    ...{ signals: [], told: [], closings: [], progress: [], alerts: [], refusals: [] },
    buckets,
    changedRows: [],
  };
}

// The pipeline: batches pulled from a source, decoded, applied and delivered, one at a time.
import { setImmediate } from 'node:timers/promises';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  map,
  mergeMap,
  type Observable,
  of,
  repeat,
  throwError,
} from 'rxjs';
import type { Delivery, Source } from '../connectors/source.js';
import { Batch } from '../operators/stream/batch.js';
import type { Results } from '../operators/stream/outbox.js';
import type { Core } from './core.js';

/** A batch that has been decided: what came in, and what it brought about. */
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
}

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
    map((deliveries) => decode(core, deliveries)),
    concatMap((batch) => decide(core, batch, options.sliceMs)),
    concatMap(async (decided) => {
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

function decode(core: Core, deliveries: readonly Delivery[]): Batch {
  const batch = new Batch();
  core.decoder.decode(deliveries, batch);
  return batch;
}

async function decide(core: Core, batch: Batch, sliceMs: number): Promise<Decided> {
  const steps = core.chain.steps(batch);
  let began = performance.now();
  while (!steps.next().done) {
    if (performance.now() - began < sliceMs) continue;
    await setImmediate();
    began = performance.now();
  }
  return { batch, results: core.outbox.take() };
}

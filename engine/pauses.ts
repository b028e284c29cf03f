// Pauses: long work on the event loop lets sockets and timers have their turn.
import { setImmediate } from 'node:timers/promises';

/** Longest that work goes on before others get their turn (ms). */
export const SLICE_MS = 10;

/** Call it between slices: it lets others have their turn when the last turn is `sliceMs` ago. */
export function pauses(sliceMs: number): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < sliceMs) return;
    await setImmediate();
    began = performance.now();
  };
}

/** Lists of at most `size` items, each made when it is asked for. */
export function* inParts<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

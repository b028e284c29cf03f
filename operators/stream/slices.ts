// Slices: long work cut into steps, so that a caller who serves others too can let them run.

/** Work that stops now and then; whoever runs it says when it goes on. */
export type Steps = Generator<void, void, void>;

/**
 * Rows, lines or documents worked through between two yields: about a millisecond. It decides when
 * a step may pause, never what it does.
 */
export const SLICE_ROWS = 256;

/** Applies 0 … count - 1 in order, and yields between slices of `size`. */
export function* inSlices(count: number, size: number, apply: (i: number) => void): Steps {
  for (let from = 0; from < count; from += size) {
    if (from > 0) yield;
    const end = Math.min(count, from + size);
    for (let i = from; i < end; i++) apply(i);
  }
}

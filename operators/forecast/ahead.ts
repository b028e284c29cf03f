// Experts ahead: how well each expert forecasts further ahead, learned from a sample of rows.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

/** Rows of the sample: the first ones of the table. */
const ROWS = 1024;

/**
 * Of each sampled row the experts' forecasts of the bucket `buckets` ahead are kept until it has
 * closed. One outstanding a row at a time; rows take turns. Its memory does not grow with rows.
 */
export class Ahead implements Stateful {
  private readonly forecasts: Float32Array;
  private readonly left = new Uint8Array(ROWS);

  /** @throws RangeError when `buckets` is not from 2 to 250 */
  constructor(
    private readonly experts: number,
    readonly buckets: number,
  ) {
    if (!(Number.isInteger(buckets) && buckets >= 2 && buckets <= 250)) {
      throw new RangeError(`horizon must be a whole number from 2 to 250, got ${buckets}`);
    }
    this.forecasts = new Float32Array(ROWS * experts).fill(Number.NaN);
  }

  /** True: it is the row's turn, and nothing of it is outstanding. */
  isDue(row: number, known: number): boolean {
    return row < ROWS && this.left[row] === 0 && (known + row) % this.buckets === 0;
  }

  /** @param forecasts of each expert for the bucket `buckets` ahead; NaN: asleep */
  put(row: number, forecasts: Float64Array): void {
    this.forecasts.set(forecasts, row * this.experts);
    this.left[row] = this.buckets;
  }

  /** A bucket has closed. What had been forecast for it, to read at once; null: nothing. */
  take(row: number): Float32Array | null {
    const left = row < ROWS ? (this.left[row] as number) : 0;
    if (left === 0) return null;
    this.left[row] = left - 1;
    if (left > 1) return null;
    return this.forecasts.subarray(row * this.experts, (row + 1) * this.experts);
  }

  save(out: StateWriter): void {
    out.put('ahead.forecasts', this.forecasts);
    out.put('ahead.left', this.left);
  }

  load(from: StateReader): void {
    this.forecasts.set(from.view('ahead.forecasts', Float32Array));
    this.left.set(from.uint8('ahead.left'));
  }
}

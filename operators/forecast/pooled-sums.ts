// Pooled sums: what all rows of a category have shown together, forgotten slowly, over categories.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { DemandBucket } from './forecaster.js';

/** Categories above this number are counted under all of them only: what a snapshot can grow by. */
export const MAX_CATEGORY = 1023;

/**
 * `width` sums a category, and the same over all of them in category 0, which is also where rows
 * without a category are.
 * Rows add to `fresh` while a bucket closes; when the first row comes with a later one, `fresh`
 * becomes part of `past`, which keeps the share `keep` of itself for each bucket. What is read is
 * `past` only: so the order of rows within a bucket changes nothing, and is never peeked at.
 * Rows of other time zones have other starts of the same bucket; past is kept once for all of them.
 */
export class PooledSums implements Stateful {
  /** Grows by 1 whenever `past` has changed. */
  version = 0;
  /** Read anew for each row: they are other arrays after growth. */
  fresh: Float64Array;
  past: Float64Array;
  private startMs = Number.NEGATIVE_INFINITY;
  private season = -1;

  /**
   * @param keep share of the past that is kept from bucket to bucket, in (0, 1]
   * @throws RangeError when `keep` is out of its range
   */
  constructor(
    private readonly name: string,
    readonly width: number,
    private readonly keep: number,
  ) {
    if (!(keep > 0 && keep <= 1)) throw new RangeError(`forgetting must be in (0, 1], got ${keep}`);
    this.fresh = new Float64Array(width);
    this.past = new Float64Array(width);
  }

  /** Place of a category's sums in `fresh`, made where there was none. */
  place(category: number): number {
    const at = this.known(category) * this.width;
    if (at >= this.fresh.length) this.grow(at + this.width);
    return at;
  }

  /** Place of a category's sums in `past`: those over all categories while it has none. */
  find(category: number): number {
    const at = this.known(category) * this.width;
    return at < this.past.length ? at : 0;
  }

  /** To be called with each bucket before it is learned. True: `past` has changed. */
  turn(bucket: DemandBucket): boolean {
    if (!(bucket.startMs > this.startMs)) return false;
    const keep = bucket.season === this.season ? 1 : this.keep;
    this.startMs = bucket.startMs;
    this.season = bucket.season;
    this.version++;
    const { fresh, past, width } = this;
    for (let at = 0; at < past.length; at++) {
      past[at] = keep * (past[at] as number) + (fresh[at] as number);
    }
    for (let at = width; at < past.length; at++) {
      past[at % width] = (past[at % width] as number) + (fresh[at] as number);
    }
    fresh.fill(0);
    return true;
  }

  save(out: StateWriter): void {
    out.put(`${this.name}.fresh`, this.fresh);
    out.put(`${this.name}.past`, this.past);
    out.put(`${this.name}.turn`, Float64Array.of(this.startMs, this.season));
  }

  load(from: StateReader): void {
    this.fresh = from.float64(`${this.name}.fresh`);
    this.past = from.float64(`${this.name}.past`);
    const turn = from.float64(`${this.name}.turn`);
    this.startMs = turn[0] as number;
    this.season = turn[1] as number;
    this.version++;
  }

  private known(category: number): number {
    return category >= 0 && category <= MAX_CATEGORY ? category : 0;
  }

  /** By half more at least, so that a thousand categories are a dozen growths. */
  private grow(length: number): void {
    const half = Math.ceil((this.fresh.length * 1.5) / this.width) * this.width;
    this.fresh = grown(this.fresh, Math.max(length, half));
    this.past = grown(this.past, Math.max(length, half));
  }
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}

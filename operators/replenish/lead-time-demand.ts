// Lead-time demand: the distribution of what is asked for until an order that is due now arrives.
import { Distribution } from '../forecast/distribution.js';
import type { Target } from '../forecast/horizons.js';
import type { LeadTime } from './lead-time.js';

/** Levels whose quantiles stand for a distribution where there is demand, finer towards the top. */
const LEVELS = [
  0.001, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98,
  0.99, 0.995, 0.999,
] as const;
const COUNT = LEVELS.length;
/** Numbers of a distribution: the probability of no demand, then its quantiles. */
const WIDTH = COUNT + 1;
/** Probability of no demand, at least. */
const LEAST_EMPTY = 1e-9;
/** Lead times, evenly apart, at which the forecast is asked; quantiles of those between are read off. */
const ANCHORS = 5;
/** Halvings that find a quantile between two bounds, and how near is near enough. */
const HALVINGS = 40;
const NEAR_ENOUGH = 1e-6;

/** Writes the distribution of the units of a target around `expected`, and gives it back. */
export type Outlooks = (target: Target, expected: number, into: Distribution) => Distribution;

/**
 * Demand over a random lead time: a mixture of the calibrated forecast distributions of the totals
 * of as many buckets as each lead time takes, by its probability,
 *   P(D <= x) = sum over n of P(L = n) P(D_n <= x).
 * So skew, empty days and what makes levels hold are in it, which the normal formula for the
 * variance of a random sum leaves out. The forecast is asked at five lead times from the shortest
 * to the longest; each quantile runs straight in between. One object serves all rows in turn.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3 (random lead times).
 */
export class LeadTimeDemand {
  /** Expected units, as forecast. */
  mean = 0;
  private readonly total = new Distribution();
  private leadTime: LeadTime = { buckets: new Float64Array(1), weights: new Float64Array(1) };
  /** Distribution of the demand over each anchor, and over each lead time, WIDTH numbers each. */
  private readonly anchors = new Float64Array(ANCHORS * WIDTH);
  private lengths = new Float64Array(WIDTH);

  /**
   * Takes the place of what it was.
   * @param path expected units of each coming bucket; further ahead the last one goes on
   */
  set(leadTime: LeadTime, path: Float64Array, outlooks: Outlooks): void {
    const { buckets, weights } = leadTime;
    this.leadTime = leadTime;
    if (this.isCertain) {
      const only = buckets[0] as number;
      this.mean = expectedOver(path, only);
      if (only > 0) outlooks({ from: 1, to: only }, this.mean, this.total);
      return;
    }
    const low = buckets[0] as number;
    const step = ((buckets[buckets.length - 1] as number) - low) / (ANCHORS - 1);
    for (let a = 0; a < ANCHORS; a++) {
      const to = low + a * step;
      outlooks({ from: 1, to }, expectedOver(path, to), this.total);
      this.readTotal(this.anchors, a);
    }
    if (this.lengths.length < buckets.length * WIDTH) {
      this.lengths = new Float64Array(buckets.length * WIDTH);
    }
    this.mean = 0;
    for (let n = 0; n < buckets.length; n++) {
      this.mean += (weights[n] as number) * expectedOver(path, buckets[n] as number);
      this.readOff(n, ((buckets[n] as number) - low) / step);
    }
  }

  /** All demand comes in whole units. */
  get isWhole(): boolean {
    return this.total.isWhole;
  }

  /** P(demand <= units). */
  cdf(units: number): number {
    if (units < 0) return 0;
    if (this.isCertain) return this.isNone ? 1 : this.total.mass(units).through;
    // Whole units up to x are what is below x + 1/2 before it is rounded; none are below 1.
    if (!this.isWhole) return this.below(units);
    return this.below(units < 1 ? 0 : Math.floor(units) + 0.5);
  }

  /** Least units with P(demand <= units) >= level, in (0, 1); whole ones where all demand is. */
  quantile(level: number): number {
    if (this.isCertain) return this.isNone ? 0 : this.total.quantile(level);
    if (this.below(0) >= level) return 0;
    let low = 0;
    let high = 0;
    for (let n = 0; n < this.leadTime.weights.length; n++) {
      high = Math.max(high, this.lengths[(n + 1) * WIDTH - 1] as number);
    }
    for (let i = 0; i < HALVINGS && high - low > NEAR_ENOUGH * high; i++) {
      const middle = (low + high) / 2;
      if (this.below(middle) >= level) high = middle;
      else low = middle;
    }
    return this.isWhole ? Math.max(1, Math.round(high)) : high;
  }

  /** Expected units beyond `units`, E[max(D - units, 0)]: short where that is all there is. */
  loss(units: number): number {
    if (units < 0) return this.loss(0) - units;
    if (this.isNone) return 0;
    if (this.isCertain) {
      this.readTotal(this.lengths, 0);
      return this.lossOf(0, units);
    }
    const { weights } = this.leadTime;
    let sum = 0;
    for (let n = 0; n < weights.length; n++) sum += (weights[n] as number) * this.lossOf(n, units);
    return sum;
  }

  private get isCertain(): boolean {
    return this.leadTime.buckets.length === 1;
  }

  /** A lead time without any length, over which nothing is asked for. */
  private get isNone(): boolean {
    return this.isCertain && this.leadTime.buckets[0] === 0;
  }

  private readTotal(into: Float64Array, place: number): void {
    const { total } = this;
    const empty = Math.min(1, Math.max(LEAST_EMPTY, total.mass(0).through));
    into[place * WIDTH] = empty;
    for (let i = 0; i < COUNT; i++) {
      const level = empty + (1 - empty) * (LEVELS[i] as number);
      into[place * WIDTH + 1 + i] = total.unrounded(level);
    }
  }

  /** Distribution over lead time `n`, at `at` on the scale of the anchors. */
  private readOff(n: number, at: number): void {
    const { anchors } = this;
    const a = Math.min(ANCHORS - 2, Math.max(0, Math.floor(at)));
    const weight = at - a;
    for (let i = 0; i < WIDTH; i++) {
      const one = anchors[a * WIDTH + i] as number;
      const two = anchors[(a + 1) * WIDTH + i] as number;
      // The longer, the rarer is no demand at all: as a power of the length.
      this.lengths[n * WIDTH + i] =
        i === 0 ? one ** (1 - weight) * two ** weight : one + weight * (two - one);
    }
  }

  /** Probability of no demand, or of less than `units` before they are rounded. */
  private below(units: number): number {
    const { weights } = this.leadTime;
    let sum = 0;
    for (let n = 0; n < weights.length; n++) {
      const empty = this.lengths[n * WIDTH] as number;
      sum += (weights[n] as number) * (empty + (1 - empty) * this.levelOf(n, units));
    }
    return sum;
  }

  /** Where there is demand over lead time `n`, its probability to stay below `units`, 0-1. */
  private levelOf(n: number, units: number): number {
    const { lengths } = this;
    const from = n * WIDTH + 1;
    if (units >= (lengths[from + COUNT - 1] as number)) return 1;
    if (units < (lengths[from] as number)) return 0;
    let i = COUNT - 1;
    while (units < (lengths[from + i - 1] as number)) i--;
    const low = lengths[from + i - 1] as number;
    return between(i, (units - low) / ((lengths[from + i] as number) - low));
  }

  /** Integral of P(D_n > x) from `units` on, where P runs straight between quantiles. */
  private lossOf(n: number, units: number): number {
    const { lengths } = this;
    const from = n * WIDTH + 1;
    let sum = 0;
    for (let i = COUNT - 1; i > 0; i--) {
      const high = lengths[from + i] as number;
      if (high <= units) break;
      const low = lengths[from + i - 1] as number;
      const start = Math.max(low, units);
      const atStart = between(i, high > low ? (start - low) / (high - low) : 1);
      sum += (high - start) * (1 - (atStart + (LEVELS[i] as number)) / 2);
    }
    sum += Math.max(0, (lengths[from] as number) - units);
    return (1 - (lengths[n * WIDTH] as number)) * sum;
  }
}

/** Level at a share of the way from level i - 1 to level i. */
function between(i: number, share: number): number {
  const low = LEVELS[i - 1] as number;
  return low + share * ((LEVELS[i] as number) - low);
}

/** Expected units over the first `buckets` buckets, a part of the last one included. */
export function expectedOver(path: Float64Array, buckets: number): number {
  let sum = 0;
  for (let b = 0; b < buckets; b++) {
    sum += (path[Math.min(b, path.length - 1)] as number) * Math.min(1, buckets - b);
  }
  return sum;
}

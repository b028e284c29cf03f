// Lead time: how many buckets pass from an order to its receipt, as probabilities.
import { gammaTails } from '../stats/incomplete-gamma.js';

/** A lead time of `buckets[i]` buckets has probability `weights[i]`. Rising; weights add up to 1. */
export interface LeadTime {
  readonly buckets: Float64Array;
  readonly weights: Float64Array;
}

/** Lengths of a lead time that are told apart. */
const MOST_NODES = 12;
/** Shortest and longest lead times that are left out: with this probability each. */
const TAIL = 5e-4;
/** Standard deviation in buckets under which a lead time counts as certain. */
const CERTAIN = 1e-6;

/**
 * A gamma distributed lead time on an even grid: each length goes to the two grid points around it,
 * the nearer one the more, so the mean stays exact.
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, 6.10
 * (gamma lead times).
 * @param mean buckets, >= 0
 * @param sd buckets, >= 0; 0: it takes `mean` buckets, always
 * @throws RangeError when an argument is out of its range
 * @example leadTimeOf(7, 0) // buckets [7], weights [1]
 */
export function leadTimeOf(mean: number, sd: number): LeadTime {
  if (!(mean >= 0 && mean < Infinity)) throw new RangeError(`mean must be >= 0, got ${mean}`);
  if (!(sd >= 0 && sd < Infinity)) throw new RangeError(`sd must be >= 0, got ${sd}`);
  if (sd < CERTAIN || mean < CERTAIN) {
    return { buckets: Float64Array.of(mean), weights: Float64Array.of(1) };
  }
  const gamma = new Gamma(mean, sd);
  const low = gamma.quantile(TAIL);
  const high = gamma.quantile(1 - TAIL);
  // So much of it is next to nothing that there is no telling lengths apart.
  if (!(high - low > CERTAIN))
    return { buckets: Float64Array.of(mean), weights: Float64Array.of(1) };
  const step = (high - low) / (MOST_NODES - 1);
  const buckets = Float64Array.from({ length: MOST_NODES }, (_, i) => low + i * step);
  const weights = buckets.map((at, i) => {
    const rising = i === 0 ? gamma.between(0, at) : gamma.shareOf(at - step, at, at - step, step);
    const falling =
      i === MOST_NODES - 1
        ? 1 - gamma.between(0, at)
        : gamma.between(at, at + step) - gamma.shareOf(at, at + step, at, step);
    return rising + falling;
  });
  return { buckets, weights };
}

/** Mean and standard deviation, in buckets. */
export function momentsOf({ buckets, weights }: LeadTime): { mean: number; sd: number } {
  const mean = buckets.reduce((sum, n, i) => sum + n * (weights[i] as number), 0);
  const variance = buckets.reduce((sum, n, i) => sum + (n - mean) ** 2 * (weights[i] as number), 0);
  return { mean, sd: Math.sqrt(variance) };
}

/** Gamma distribution by mean and standard deviation. */
class Gamma {
  private readonly shape: number;
  private readonly scale: number;

  constructor(
    private readonly mean: number,
    sd: number,
  ) {
    this.shape = (mean / sd) ** 2;
    this.scale = sd ** 2 / mean;
  }

  between(from: number, to: number): number {
    return this.below(to) - this.below(from);
  }

  /** E[(X - origin) / unit; from < X <= to]; the mean of a gamma has one more of shape. */
  shareOf(from: number, to: number, origin: number, unit: number): number {
    const above = gammaTails(this.shape + 1, to / this.scale).below;
    const below = gammaTails(this.shape + 1, from / this.scale).below;
    return (this.mean * (above - below) - origin * this.between(from, to)) / unit;
  }

  quantile(level: number): number {
    let low = 0;
    let high = this.mean;
    while (this.below(high) < level) high *= 2;
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (this.below(middle) < level) low = middle;
      else high = middle;
    }
    return high;
  }

  private below(x: number): number {
    return x > 0 ? gammaTails(this.shape, x / this.scale).below : 0;
  }
}

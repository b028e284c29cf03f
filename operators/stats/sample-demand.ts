// Demand as it was seen, or simulated: each sample as likely as the next.
import { checkProbability, type DemandDistribution } from './demand-distribution.js';

/**
 * The empirical distribution of samples, each with probability 1 / n.
 * @example new SampleDemand([0, 0, 3, 5]).loss(2) // (1 + 3) / 4
 */
export class SampleDemand implements DemandDistribution {
  readonly mean: number;
  readonly variance: number;
  readonly isWhole: boolean;
  private readonly sorted: Float64Array;
  /** Sums, and sums of squares, of the samples from each place on, less the mean. */
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  /** @throws RangeError without samples, or when one is not finite */
  constructor(samples: Iterable<number>) {
    const sorted = Float64Array.from(samples).sort();
    const n = sorted.length;
    if (n === 0) throw new RangeError('samples must not be empty, got 0');
    const strange = sorted.find((sample) => !Number.isFinite(sample));
    if (strange !== undefined) throw new RangeError(`samples must be finite, got ${strange}`);
    this.sorted = sorted;
    this.mean = sorted.reduce((sum, sample) => sum + sample, 0) / n;
    this.isWhole = sorted.every(Number.isInteger);
    this.sums = new Float64Array(n + 1);
    this.squares = new Float64Array(n + 1);
    for (let i = n - 1; i >= 0; i--) {
      const gap = (sorted[i] as number) - this.mean;
      this.sums[i] = (this.sums[i + 1] as number) + gap;
      this.squares[i] = (this.squares[i + 1] as number) + gap * gap;
    }
    this.variance = (this.squares[0] as number) / n;
  }

  cdf(x: number): number {
    return this.countUpTo(x) / this.sorted.length;
  }

  quantile(p: number): number {
    checkProbability(p);
    const n = this.sorted.length;
    const place = Math.ceil(p * n * (1 - 1e-15)) - 1;
    return this.sorted[Math.min(n - 1, Math.max(0, place))] as number;
  }

  loss(x: number): number {
    const place = this.countUpTo(x);
    const count = this.sorted.length - place;
    const sum = (this.sums[place] as number) - (x - this.mean) * count;
    return Math.max(0, sum / this.sorted.length);
  }

  secondLoss(x: number): number {
    const place = this.countUpTo(x);
    const count = this.sorted.length - place;
    const gap = x - this.mean;
    const sum =
      (this.squares[place] as number) - 2 * gap * (this.sums[place] as number) + count * gap * gap;
    return Math.max(0, sum / (2 * this.sorted.length));
  }

  /** Number of samples <= x, by halving. */
  private countUpTo(x: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] as number) <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

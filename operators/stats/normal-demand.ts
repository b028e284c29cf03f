// Normal demand.
import { checkMoments, checkProbability, type DemandDistribution } from './demand-distribution.js';
import { normalDistribution, normalLoss, normalQuantile, normalSecondLoss } from './normal.js';

/**
 * Normal demand; without variance it is certain. Its lower tail goes below zero: fit for means of
 * two standard deviations and more.
 * @example new NormalDemand(50, 64).quantile(0.7954545) // 56.604
 */
export class NormalDemand implements DemandDistribution {
  readonly isWhole = false;
  private readonly sd: number;

  /** @throws RangeError unless both are finite and >= 0 */
  constructor(
    readonly mean: number,
    readonly variance: number,
  ) {
    checkMoments(mean, variance);
    this.sd = Math.sqrt(variance);
  }

  cdf(x: number): number {
    if (this.sd === 0) return x >= this.mean ? 1 : 0;
    return normalDistribution((x - this.mean) / this.sd);
  }

  quantile(p: number): number {
    checkProbability(p);
    return this.mean + this.sd * normalQuantile(p);
  }

  loss(x: number): number {
    if (this.sd === 0) return Math.max(0, this.mean - x);
    return this.sd * normalLoss((x - this.mean) / this.sd);
  }

  secondLoss(x: number): number {
    if (this.sd === 0) return Math.max(0, this.mean - x) ** 2 / 2;
    return this.variance * normalSecondLoss((x - this.mean) / this.sd);
  }
}

// Negative binomial demand.
import { checkMoments } from './demand-distribution.js';
import { betaTails, binomialMass, type Chance } from './incomplete-beta.js';
import type { Tails } from './incomplete-gamma.js';
import { WholeDemand } from './whole-demand.js';

/**
 * Negative binomial demand by mean and variance: r = mean^2 / (variance - mean), p = mean /
 * variance, P(X = k) = gamma(r + k) / (gamma(r) k!) p^r (1 - p)^k. Orders of several units, or a
 * Poisson rate that itself varies.
 * Source: Axsäter, *Inventory Control*, 5.1.
 * @example new NegativeBinomialDemand(6, 12).quantile(0.95) // 12
 */
export class NegativeBinomialDemand extends WholeDemand {
  private readonly r: number;
  private readonly chance: Chance;

  /** @throws RangeError unless both are finite and variance > mean > 0 */
  constructor(
    readonly mean: number,
    readonly variance: number,
  ) {
    super();
    checkMoments(mean, variance);
    if (!(mean > 0)) throw new RangeError(`mean must be > 0, got ${mean}`);
    if (!(variance > mean)) {
      throw new RangeError(`variance must be > the mean ${mean}, got ${variance}`);
    }
    this.r = mean * (mean / (variance - mean));
    this.chance = { p: mean / variance, q: (variance - mean) / variance };
  }

  mass(k: number): number {
    return (this.r / (this.r + k)) * binomialMass(this.r, k, this.chance);
  }

  protected tails(k: number): Tails {
    return betaTails(this.r, k + 1, this.chance);
  }
}

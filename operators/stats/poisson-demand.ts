// Poisson demand.
import { checkMoments } from './demand-distribution.js';
import { poissonMass } from './gamma-function.js';
import { gammaTails, type Tails } from './incomplete-gamma.js';
import { WholeDemand } from './whole-demand.js';

/**
 * Poisson demand: single units asked for independently; its variance is its mean.
 * @example new PoissonDemand(6).quantile(0.95) // 10
 */
export class PoissonDemand extends WholeDemand {
  readonly variance: number;

  /** @throws RangeError unless the mean is finite and > 0 */
  constructor(readonly mean: number) {
    super();
    checkMoments(mean, mean);
    if (!(mean > 0)) throw new RangeError(`mean must be > 0, got ${mean}`);
    this.variance = mean;
  }

  mass(k: number): number {
    return poissonMass(k, this.mean);
  }

  protected tails(k: number): Tails {
    const { below, above } = gammaTails(k + 1, this.mean);
    return { below: above, above: below };
  }
}

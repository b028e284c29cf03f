// Which distribution demand is taken to have, by its mean and variance.
import { checkMoments, type DemandDistribution } from './demand-distribution.js';
import { GammaDemand } from './gamma-demand.js';
import { NegativeBinomialDemand } from './negative-binomial-demand.js';
import { NormalDemand } from './normal-demand.js';
import { PoissonDemand } from './poisson-demand.js';

/** Variance over mean within 1 +- this counts as Poisson. */
const NEAR_POISSON = 0.1;
/** Up to this coefficient of variation a normal demand has next to nothing below zero. */
const NORMAL_CV = 0.5;

/**
 * The distribution that the field takes for a mean and a variance.
 * Whole units: Poisson where variance / mean is within .9 and 1.1, negative binomial above; below,
 * normal where the coefficient of variation is at most .5, else Poisson, which errs to the safe
 * side.
 * Any quantity: normal where the coefficient of variation is at most .5, else gamma.
 * Without variance demand is certain: a normal one of variance 0.
 * Source: Axsäter, *Inventory Control*, 5.1; Silver, Pyke & Thomas, chapters 6 and 9.
 * @param mean units, >= 0
 * @param variance units squared, >= 0
 * @throws RangeError when an argument is out of its range
 * @example demandOf({mean: 6, variance: 12, isWhole: true}).quantile(0.95) // 12
 */
export function demandOf(moments: {
  readonly mean: number;
  readonly variance: number;
  readonly isWhole: boolean;
}): DemandDistribution {
  const { mean, variance, isWhole } = moments;
  checkMoments(mean, variance);
  if (mean === 0 || variance === 0) return new NormalDemand(mean, 0);
  const isNormal = Math.sqrt(variance) <= NORMAL_CV * mean;
  if (!isWhole)
    return isNormal ? new NormalDemand(mean, variance) : new GammaDemand(mean, variance);
  const ratio = variance / mean;
  if (ratio > 1 + NEAR_POISSON) return new NegativeBinomialDemand(mean, variance);
  if (ratio < 1 - NEAR_POISSON && isNormal) return new NormalDemand(mean, variance);
  return new PoissonDemand(mean);
}

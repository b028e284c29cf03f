// What Poisson and negative binomial demand share: losses in closed form, quantiles by search.
import { checkProbability, type DemandDistribution } from './demand-distribution.js';
import type { Tails } from './incomplete-gamma.js';

const ROUNDING = 1.2e-16;
const SLACK = 1e-14;

/**
 * Demand in whole units whose probabilities satisfy (k + 1) p(k + 1) = (a + b k) p(k): Poisson
 * (b = 0) and negative binomial (Panjer's class). With S(k) = P(X > k), ratio = variance / mean and
 * T(k) = ratio (k + 1) p(k + 1), for x in [k, k + 1):
 *   loss(x) = (mean - x) S(k) + T(k)
 *   secondLoss(x) = ((variance + (mean - x)^2) S(k) + (mean - 2 x + ratio + k) T(k)) / 2
 * by summing k p(k) and k^2 p(k) over the recursion (for Poisson as in Zipkin, C.2.2).
 */
export abstract class WholeDemand implements DemandDistribution {
  readonly isWhole = true;
  abstract readonly mean: number;
  abstract readonly variance: number;

  /** P(X = k) for a whole k >= 0. */
  abstract mass(k: number): number;
  /** P(X <= k) and P(X > k) for a whole k >= 0. */
  protected abstract tails(k: number): Tails;

  cdf(x: number): number {
    return x < 0 ? 0 : this.tails(Math.floor(x)).below;
  }

  loss(x: number): number {
    if (x <= 0) return this.mean - x;
    const k = Math.floor(x);
    const next = (this.variance / this.mean) * (k + 1) * this.mass(k + 1);
    return Math.max(0, (this.mean - x) * this.tails(k).above + next);
  }

  secondLoss(x: number): number {
    const { mean, variance } = this;
    const square = variance + (mean - x) ** 2;
    if (x <= 0) return square / 2;
    const k = Math.floor(x);
    const ratio = variance / mean;
    const next = ratio * (k + 1) * this.mass(k + 1);
    return Math.max(0, (square * this.tails(k).above + (mean - 2 * x + ratio + k) * next) / 2);
  }

  quantile(p: number): number {
    checkProbability(p);
    const isEnough = (k: number) => {
      const { below, above } = this.tails(k);
      // The smaller tail tells: the greater one cannot hold its digits.
      return p < 0.5 ? below >= p * (1 - SLACK) : above <= (1 - p) * (1 + SLACK) + ROUNDING;
    };
    return smallestWhole(isEnough, this.mean, Math.sqrt(this.variance));
  }
}

/** Smallest whole k >= 0 with isEnough(k), which once true stays true: brackets, then halves. */
function smallestWhole(isEnough: (k: number) => boolean, guess: number, width: number): number {
  let high = Math.floor(guess);
  let step = Math.max(1, Math.ceil(width / 4));
  let low = -1;
  if (isEnough(high)) {
    for (; high - step >= 0 && isEnough(high - step); step *= 2) high -= step;
    low = Math.max(-1, high - step);
  } else {
    low = high;
    for (high += step; !isEnough(high); step *= 2, high += step) low = high;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

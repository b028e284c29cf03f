// The contract of a demand distribution: all that a policy asks of uncertain demand.

/**
 * Demand X over some span of time (a day, a lead time, a review period), in units.
 * Implementations: NormalDemand, PoissonDemand, NegativeBinomialDemand, GammaDemand,
 * QuantileDemand, SampleDemand; `demandOf` chooses one by mean and variance.
 */
export interface DemandDistribution {
  readonly mean: number;
  readonly variance: number;
  /** Demand comes in whole units: probabilities sit on the whole numbers alone. */
  readonly isWhole: boolean;
  /** P(X <= x). */
  cdf(x: number): number;
  /** The smallest x with P(X <= x) >= p. @throws RangeError for p outside of (0, 1) */
  quantile(p: number): number;
  /** Loss function E[max(X - x, 0)]: units short on average with x in stock. */
  loss(x: number): number;
  /**
   * Second-order loss function E[max(X - x, 0)^2] / 2, the integral of the loss from x to infinity.
   * Source: Zipkin, *Foundations of Inventory Management*, C.2.
   */
  secondLoss(x: number): number;
}

/**
 * Complementary loss E[max(x - X, 0)] = x - mean + loss(x): units left on average of x.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, appendix C.
 * @example leftOver(new NormalDemand(15, 9), 18.6) // 3.7683073522
 */
export function leftOver(demand: DemandDistribution, x: number): number {
  return Math.max(0, x - demand.mean + demand.loss(x));
}

/** @throws RangeError unless mean and variance are finite and >= 0 */
export function checkMoments(mean: number, variance: number): void {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`mean must be >= 0, got ${mean}`);
  }
  if (!(variance >= 0 && variance < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`variance must be >= 0, got ${variance}`);
  }
}

/** @throws RangeError unless p is in (0, 1) */
export function checkProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`probability must be in (0, 1), got ${p}`);
}

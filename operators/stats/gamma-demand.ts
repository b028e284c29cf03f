// Gamma demand.
import { checkMoments, checkProbability, type DemandDistribution } from './demand-distribution.js';
import { logGammaOnePlus, poissonMass } from './gamma-function.js';
import { gammaTails } from './incomplete-gamma.js';
import { normalQuantile } from './normal.js';

const MOST_STEPS = 200;

/**
 * Gamma demand by mean and variance: shape mean^2 / variance, scale variance / mean. Never below
 * zero and skewed to the right, for demand that varies more than a normal one may.
 * Source: Burgin, *The Gamma Distribution and Inventory Control*, 1975; Silver, Pyke & Thomas,
 * chapter 6.
 * With t = x / scale and g = t^shape e^(-t) / gamma(shape + 1):
 *   loss(x) = (mean - x) P(X > x) + mean g
 *   secondLoss(x) = ((variance + (mean - x)^2) P(X > x) + mean (mean + scale - x) g) / 2
 * @example new GammaDemand(1, 1).cdf(2) // 1 - e^-2
 */
export class GammaDemand implements DemandDistribution {
  readonly isWhole = false;
  private readonly shape: number;
  private readonly scale: number;

  /** @throws RangeError unless both are finite and > 0 */
  constructor(
    readonly mean: number,
    readonly variance: number,
  ) {
    checkMoments(mean, variance);
    if (!(mean > 0)) throw new RangeError(`mean must be > 0, got ${mean}`);
    if (!(variance > 0)) throw new RangeError(`variance must be > 0, got ${variance}`);
    this.shape = mean * (mean / variance);
    this.scale = variance / mean;
  }

  cdf(x: number): number {
    return gammaTails(this.shape, x / this.scale).below;
  }

  loss(x: number): number {
    if (x <= 0) return this.mean - x;
    const { above, g } = this.at(x);
    return Math.max(0, (this.mean - x) * above + this.mean * g);
  }

  secondLoss(x: number): number {
    const { mean, variance } = this;
    const square = variance + (mean - x) ** 2;
    if (x <= 0) return square / 2;
    const { above, g } = this.at(x);
    return Math.max(0, (square * above + mean * (mean + this.scale - x) * g) / 2);
  }

  /**
   * Newton's steps on the log of the smaller tail against ln x, where it is concave, within a
   * bracket that halves whatever step leaves it.
   */
  quantile(p: number): number {
    checkProbability(p);
    const isLow = p < 0.5;
    const target = Math.log(isLow ? p : 1 - p);
    let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    let u = this.start(p);
    for (let i = 0; i < MOST_STEPS; i++) {
      const t = Math.exp(u);
      const { below, above } = gammaTails(this.shape, t);
      const tail = isLow ? below : above;
      const gap = Math.log(tail) - target;
      if (gap === 0) break;
      if (isLow === gap < 0) low = u;
      else high = u;
      const slope = (this.shape * poissonMass(this.shape, t)) / tail;
      const next = u - (isLow ? gap : -gap) / slope;
      const step = inside(next, low, high) - u;
      u += step;
      if (Math.abs(step) <= 1e-15 * Math.max(1, Math.abs(u))) break;
    }
    return Math.exp(u) * this.scale;
  }

  private at(x: number): { above: number; g: number } {
    const t = x / this.scale;
    return { above: gammaTails(this.shape, t).above, g: poissonMass(this.shape, t) };
  }

  /** ln of a first guess: Wilson and Hilferty's cube, for small shapes the power at 0. */
  private start(p: number): number {
    const { shape } = this;
    const cube = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
    if (shape > 0.5 && cube > 0.1) return Math.log(shape * cube ** 3);
    return Math.min((Math.log(p) + logGammaOnePlus(shape)) / shape, Math.log(shape + 10));
  }
}

/** `next`, or a point in the bracket (low, high) where it is none of it. */
function inside(next: number, low: number, high: number): number {
  if (next > low && next < high) return next;
  if (low === Number.NEGATIVE_INFINITY) return high - Math.max(1, Math.abs(high));
  if (high === Number.POSITIVE_INFINITY) return low + 1;
  return (low + high) / 2;
}

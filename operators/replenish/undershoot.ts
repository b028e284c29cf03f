// Undershoot: how far the order line that makes an order due takes the position below its reorder point.
import { normalDistribution } from '../stats/normal.js';
import type { ServedDemand } from './service-level.js';

/** Undershoots in units, whole ones where all sizes are, with their probabilities. */
export interface Undershoot {
  readonly mean: number;
  /** Rising. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly units: number;
  /** Of all parts they add up to 1. */
  readonly weight: number;
}

export interface OrderSizeMoments {
  /** E[q], units. */
  readonly mean: number;
  /** E[q^2]. */
  readonly square: number;
  readonly isWhole: boolean;
}

/** Levels at which the distribution is parted: finer towards the top, where service levels are. */
const BORDERS = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1] as const;
/** Spreads are told apart by steps of so much in their log: parts in between are alike. */
const SPREAD_STEP = 0.1;
/** Most that sizes vary, as E[q^2] / E[q]^2: 1 + the squared coefficient of variation. */
const MOST_SPREAD = 50;
const partsOfSpread = new Map<number, readonly Part[]>();

/**
 * The undershoot U of order lines q. By renewal theory P(U > x) = E[max(q - x, 0)] / E[q], so
 *   E[U] = E[q^2] / (2 E[q]), less 1/2 where all sizes are whole units.
 * Sizes are taken as lognormal with the two moments; U in parts, each at its mean.
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, 7.8;
 * Cox, *Renewal Theory*, 1962, 5.2.
 * @param moments of order lines; a mean of 0: there were none, and nothing undershoots
 * @example undershootOf({mean: 10, square: 100, isWhole: false}).mean // 5: uniform from 0 to 10
 */
export function undershootOf({ mean, square, isWhole }: OrderSizeMoments): Undershoot {
  const usual = mean > 0 ? square / (2 * mean) - (isWhole ? 0.5 : 0) : 0;
  if (!(usual > 1e-6)) return NONE;
  const parts = unitParts(square / mean ** 2).map(({ units, weight }) => {
    const some = units * usual;
    return { units: isWhole ? Math.round(some) : some, weight };
  });
  return { mean: usual, parts };
}

/** Always the same undershoot. */
export function certainUndershoot(units: number): Undershoot {
  return { mean: units, parts: [{ units, weight: 1 }] };
}

const NONE = certainUndershoot(0);

/**
 * Demand D over the lead time and the undershoot U before it: what a reorder point must cover. The
 * quantile of D + U is not that of D plus the mean of U: large lines do both, make an order due and
 * leave little for its lead time.
 * @example
 *   new DemandAndUndershoot(new PoissonDemand(6), certainUndershoot(2)).quantile(0.95) // 12
 */
export class DemandAndUndershoot implements ServedDemand {
  readonly mean: number;
  readonly isWhole: boolean;

  constructor(
    private readonly demand: ServedDemand,
    private readonly undershoot: Undershoot,
  ) {
    const { parts } = undershoot;
    this.mean = demand.mean + parts.reduce((sum, part) => sum + part.weight * part.units, 0);
    this.isWhole = demand.isWhole && parts.every(({ units }) => Number.isInteger(units));
  }

  cdf(units: number): number {
    const { parts } = this.undershoot;
    let sum = 0;
    for (const part of parts) sum += part.weight * this.demand.cdf(units - part.units);
    return sum;
  }

  loss(units: number): number {
    const { parts } = this.undershoot;
    let sum = 0;
    for (const part of parts) sum += part.weight * this.lossOfDemand(units - part.units);
    return sum;
  }

  quantile(level: number): number {
    const { parts } = this.undershoot;
    const alone = this.demand.quantile(level);
    const least = (parts[0] as Part).units;
    const most = (parts[parts.length - 1] as Part).units;
    if (least === most) return alone + most;
    let [low, high] = [alone + least, alone + most];
    if (this.isWhole) [low, high] = [Math.round(low) - 1, Math.round(high)];
    const near = this.isWhole ? 1 : 1e-6 * Math.max(1, high);
    while (high - low > near) {
      const middle = this.isWhole ? Math.floor((low + high) / 2) : (low + high) / 2;
      if (this.cdf(middle) >= level) high = middle;
      else low = middle;
    }
    return high;
  }

  /** Below nothing all demand is short, and what is missing already. */
  private lossOfDemand(units: number): number {
    return units < 0 ? this.demand.mean - units : this.demand.loss(units);
  }
}

/** Parts of the undershoot of lognormal sizes, whose mean is 1. */
function unitParts(spread: number): readonly Part[] {
  const step = Math.round(Math.log(Math.min(MOST_SPREAD, Math.max(1, spread))) / SPREAD_STEP);
  const known = partsOfSpread.get(step);
  if (known !== undefined) return known;
  const sizes = new Sizes(step * SPREAD_STEP);
  const above = BORDERS.map((level) => sizes.meanAbove(level));
  const parts = BORDERS.slice(1).map((level, i) => {
    const weight = level - (BORDERS[i] as number);
    return { units: ((above[i] as number) - (above[i + 1] as number)) / weight, weight };
  });
  partsOfSpread.set(step, parts);
  return parts;
}

/** Lognormal sizes q with E[q^2] = e^logVariance E[q]^2, of which the mean undershoot is 1. */
class Sizes {
  private readonly sd: number;
  private readonly logMean: number;
  private readonly mean: number;
  private readonly square: number;

  constructor(logVariance: number) {
    this.mean = 2 / Math.exp(logVariance);
    this.square = 2 * this.mean;
    this.sd = Math.sqrt(Math.max(1e-6, logVariance));
    this.logMean = Math.log(this.mean) - this.sd ** 2 / 2;
  }

  /** E[U; U beyond its quantile at `level`]. */
  meanAbove(level: number): number {
    if (level === 0) return 1;
    if (level === 1) return 0;
    let [low, high] = [0, 1];
    while (this.isBelow(high, level)) high *= 2;
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (this.isBelow(middle, level)) low = middle;
      else high = middle;
    }
    return high * (1 - level) + this.halfSquareLoss(high) / this.mean;
  }

  /** P(U <= x) = 1 - E[max(q - x, 0)] / E[q] is below `level`. */
  private isBelow(x: number, level: number): boolean {
    const d = (this.logMean - Math.log(x)) / this.sd;
    const loss = this.mean * normalDistribution(d + this.sd) - x * normalDistribution(d);
    return 1 - loss / this.mean < level;
  }

  /** E[max(q - x, 0)^2] / 2. */
  private halfSquareLoss(x: number): number {
    const d = (this.logMean - Math.log(x)) / this.sd;
    const square = this.square * normalDistribution(d + 2 * this.sd);
    const cross = 2 * x * this.mean * normalDistribution(d + this.sd);
    return (square - cross + x ** 2 * normalDistribution(d)) / 2;
  }
}

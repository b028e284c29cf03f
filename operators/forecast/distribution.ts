// A demand distribution: probabilities and quantiles of the units of coming buckets.
import { normalDistribution, normalQuantile } from '../stats/normal.js';
import type { Mass } from './distribution-measures.js';
import type { Lognormal, Shared } from './shape.js';
import type { Hurdle } from './spread.js';
import { along, TRACKED_ENDS, TRACKED_Z } from './tracked.js';

/** Closest to 0 and 1 that a probability is taken. */
const EDGE = 1e-9;
/** Furthest that a size lies out, in standard deviations before it is reshaped: 1 in 1,400. */
const FURTHEST = 3.2;
const MOST_UNITS = 1e15;
const MOST_CHANCE = 0.9999;
const LEAST_CHANCE = 1e-4;

/**
 * Units are 0 with probability 1 - chance, else of a size whose log is spread as `z` says. Asked
 * for the quantile of a level it answers with that of the conformal level.
 */
export class Distribution implements Lognormal {
  /** P(units > 0), in (0, 1). */
  chance = 0;
  logMean = 0;
  logSd = 0;
  isWhole = false;
  /** Standardised log size at each tracked level, rising. */
  readonly z = Float64Array.from(TRACKED_Z);
  /** Conformal level of each tracked one, with 0 and 1 at the ends. */
  readonly asked = Float64Array.from(TRACKED_ENDS);

  /** Takes the place of what it was: a forecast, put right by what rows share. */
  set(hurdle: Hurdle, isWhole: boolean, { correction, z }: Shared): void {
    const odds = (hurdle.chance / (1 - hurdle.chance)) * correction;
    this.chance = Math.min(MOST_CHANCE, Math.max(LEAST_CHANCE, odds / (1 + odds)));
    const size = hurdle.mean / hurdle.chance;
    const logVariance = Math.log1p(hurdle.cv2);
    this.logMean = Math.log(isWhole ? Math.max(1, size) : size) - logVariance / 2;
    this.logSd = Math.sqrt(logVariance);
    this.isWhole = isWhole;
    // Of so few numbers a loop is faster than `set`.
    for (let i = 0; i < this.z.length; i++) this.z[i] = z[i] as number;
  }

  /** Units below which demand stays with probability `level`, in (0, 1); >= 0. */
  quantile(level: number): number {
    const units = this.unrounded(level);
    return this.isWhole && units > 0 ? Math.max(1, Math.round(units)) : units;
  }

  /** The same where whole units are not rounded yet: those up to x are the ones below x + 1/2. */
  unrounded(level: number): number {
    return this.unroundedAsked(along(TRACKED_ENDS, this.asked, level));
  }

  /** Probabilities of `units`, calibrated as quantiles are. */
  mass(units: number): Mass {
    const { below, through } = this.ownMass(units, { below: 0, through: 0 });
    return {
      below: along(this.asked, TRACKED_ENDS, below),
      through: along(this.asked, TRACKED_ENDS, through),
    };
  }

  /** Probabilities of `units` without the conformal levels. */
  ownMass(units: number, out: { -readonly [K in keyof Mass]: Mass[K] }): Mass {
    const empty = 1 - this.chance;
    if (!(units > 0)) {
      out.below = 0;
      out.through = empty;
      return out;
    }
    if (!this.isWhole) {
      out.below = empty + this.chance * this.sizeUpTo(units);
      out.through = out.below;
      return out;
    }
    // Sizes are rounded to whole units, and none is below one.
    out.below = units < 1.5 ? empty : empty + this.chance * this.sizeUpTo(units - 0.5);
    out.through = empty + this.chance * this.sizeUpTo(units + 0.5);
    return out;
  }

  private unroundedAsked(asked: number): number {
    const empty = 1 - this.chance;
    if (asked <= empty) return 0;
    const share = Math.min(1 - EDGE, Math.max(EDGE, (asked - empty) / this.chance));
    const normal = Math.min(FURTHEST, Math.max(-FURTHEST, normalQuantile(share)));
    const z = along(TRACKED_Z, this.z, normal);
    return Math.min(MOST_UNITS, Math.exp(this.logMean + this.logSd * z));
  }

  private sizeUpTo(units: number): number {
    const z = (Math.log(units) - this.logMean) / this.logSd;
    return normalDistribution(along(this.z, TRACKED_Z, z));
  }
}

// Measures of whole distributions: pinball loss of quantiles, coverage of central intervals.

/** What a distribution says of a number of units. */
export interface Mass {
  /** P(demand < units), 0-1. */
  readonly below: number;
  /** P(demand <= units), 0-1, at least `below`. */
  readonly through: number;
}

/**
 * Pinball loss of a quantile, in units: level (y - q) where y >= q, (1 - level) (q - y) below it.
 * On average least for the true quantile. Source: Koenker & Bassett, *Regression quantiles*,
 * Econometrica 46, 1978.
 * @param level in (0, 1)
 */
export function pinballLoss(level: number, quantile: number, actual: number): number {
  const above = actual - quantile;
  return above >= 0 ? level * above : (level - 1) * above;
}

/**
 * Pinball losses of each row by its scale at the time of the forecast (see `NaiveScale`), so that
 * rows can be put together: a mean over the row's forecasts for each level.
 */
export class PinballLosses {
  private readonly counts: Float64Array;
  private readonly sums: Float64Array;

  constructor(
    rows: number,
    readonly levels: readonly number[],
  ) {
    this.counts = new Float64Array(rows);
    this.sums = new Float64Array(rows * levels.length);
  }

  /** @param losses of the levels, already by scale */
  add(row: number, losses: Float64Array): void {
    this.counts[row] = (this.counts[row] as number) + 1;
    const at = row * this.levels.length;
    for (let i = 0; i < this.levels.length; i++) {
      this.sums[at + i] = (this.sums[at + i] as number) + (losses[i] as number);
    }
  }

  /** Forecasts of the row that were added. */
  count(row: number): number {
    return this.counts[row] as number;
  }

  /** Mean loss of the row at `levels[i]`; NaN: nothing was added. */
  mean(row: number, i: number): number {
    const count = this.count(row);
    return count > 0 ? (this.sums[row * this.levels.length + i] as number) / count : Number.NaN;
  }
}

/**
 * Share of what came that counts as inside the central interval of `level`, 0-1: the share of
 * [below, through] that lies in [(1 - level) / 2, (1 + level) / 2].
 * Demand is counted in units, and a closed interval of whole units holds more than it says: with
 * three buckets in four at zero, an interval of 50 % that must hold the zero covers 75 %. By this
 * measure a distribution that is right covers what it says, whatever its jumps; for one without
 * jumps it is the usual 0 or 1. Source: the non-randomised probability integral transform of
 * Czado, Gneiting & Held, *Predictive model assessment for count data*, Biometrics 65, 2009.
 * @example coveredShare({ below: 0, through: 0.75 }, 0.5) // 0.5 / 0.75
 */
export function coveredShare({ below, through }: Mass, level: number): number {
  const low = (1 - level) / 2;
  const high = (1 + level) / 2;
  const mass = through - below;
  if (mass <= 0) return through >= low && through <= high ? 1 : 0;
  return Math.max(0, Math.min(through, high) - Math.max(below, low)) / mass;
}

/**
 * Whether what came lies between the quantiles (1 - level) / 2 and (1 + level) / 2, both of them
 * included: at or above the lower one where P(demand <= units) reaches its level, at or below the
 * upper one where P(demand < units) does not yet.
 */
export function isInClosedInterval({ below, through }: Mass, level: number): boolean {
  return through >= (1 - level) / 2 && below < (1 + level) / 2;
}

/** How often the central intervals of some levels hold, of all that was added. */
export class Coverage {
  count = 0;
  private readonly covered: Float64Array;
  private readonly closed: Float64Array;

  constructor(readonly levels: readonly number[]) {
    this.covered = new Float64Array(levels.length);
    this.closed = new Float64Array(levels.length);
  }

  add(mass: Mass): void {
    this.count++;
    for (let i = 0; i < this.levels.length; i++) {
      const level = this.levels[i] as number;
      this.covered[i] = (this.covered[i] as number) + coveredShare(mass, level);
      if (isInClosedInterval(mass, level)) this.closed[i] = (this.closed[i] as number) + 1;
    }
  }

  merge(other: Coverage): void {
    this.count += other.count;
    for (let i = 0; i < this.levels.length; i++) {
      this.covered[i] = (this.covered[i] as number) + (other.covered[i] as number);
      this.closed[i] = (this.closed[i] as number) + (other.closed[i] as number);
    }
  }

  /** Share covered at `levels[i]` by `coveredShare`; NaN: nothing was added. */
  share(i: number): number {
    return this.count > 0 ? (this.covered[i] as number) / this.count : Number.NaN;
  }

  /** Share inside the closed interval of `levels[i]`. */
  closedShare(i: number): number {
    return this.count > 0 ? (this.closed[i] as number) / this.count : Number.NaN;
  }
}

// Measures of point forecasts: WAPE, bias, R2 over all forecasts; MASE and RMSSE a series.

/**
 * Sums over forecasts and what came, from which the measures of a whole data set follow.
 * With e = forecast - actual over all forecasts that were added:
 *   WAPE = sum |e| / sum actual,  bias = sum e / sum actual (above 0: too much was expected),
 *   R2 = 1 - sum e^2 / sum (actual - mean actual)^2.
 * All are NaN where their divisor is 0. Source: Hyndman & Athanasopoulos, *Forecasting: Principles
 * and Practice*, 3rd ed., 5.8; Kolassa & Schuetz, *Advantages of the MAD/mean ratio*, Foresight 6,
 * 2007, for WAPE.
 */
export class PointErrors {
  count = 0;
  private error = 0;
  private absoluteError = 0;
  private squaredError = 0;
  private actual = 0;
  private mean = 0;
  /** Sum of squared deviations of what came from its mean (Welford's update). */
  private squares = 0;

  add(forecast: number, actual: number): void {
    const error = forecast - actual;
    this.count++;
    this.error += error;
    this.absoluteError += Math.abs(error);
    this.squaredError += error * error;
    this.actual += actual;
    const before = actual - this.mean;
    this.mean += before / this.count;
    this.squares += before * (actual - this.mean);
  }

  /** Takes in what another one has seen, as if it had come here (Chan, Golub & LeVeque 1979). */
  merge(other: PointErrors): void {
    if (other.count === 0) return;
    const apart = other.mean - this.mean;
    const count = this.count + other.count;
    this.squares += other.squares + (apart * apart * this.count * other.count) / count;
    this.mean += (apart * other.count) / count;
    this.count = count;
    this.error += other.error;
    this.absoluteError += other.absoluteError;
    this.squaredError += other.squaredError;
    this.actual += other.actual;
  }

  get wape(): number {
    return ratio(this.absoluteError, this.actual);
  }
  get bias(): number {
    return ratio(this.error, this.actual);
  }
  get r2(): number {
    return 1 - ratio(this.squaredError, this.squares);
  }
  get meanActual(): number {
    return ratio(this.actual, this.count);
  }
  get meanForecast(): number {
    return ratio(this.actual + this.error, this.count);
  }
}

/**
 * Scale of the errors of each row: mean absolute and mean squared one-step error of the naive
 * forecast (each bucket like the one before) over the buckets learned so far, seasonal period 1.
 * Two buckets count where both are known and stand side by side.
 * Source: Hyndman & Koehler, *Another look at measures of forecast accuracy*, International
 * Journal of Forecasting 22, 2006; Makridakis, Spiliotis & Assimakopoulos, *The M5 competition*,
 * 2022, for the squared one.
 */
export class NaiveScale {
  private readonly last: Float64Array;
  private readonly pairs: Float64Array;
  private readonly absoluteSum: Float64Array;
  private readonly squaredSum: Float64Array;

  constructor(rows: number) {
    this.last = new Float64Array(rows).fill(Number.NaN);
    this.pairs = new Float64Array(rows);
    this.absoluteSum = new Float64Array(rows);
    this.squaredSum = new Float64Array(rows);
  }

  /** @param units of the next bucket; NaN: not known, or no demand to compare with */
  learn(row: number, units: number): void {
    const change = Math.abs(units - (this.last[row] as number));
    this.last[row] = units;
    if (Number.isNaN(change)) return;
    this.pairs[row] = (this.pairs[row] as number) + 1;
    this.absoluteSum[row] = (this.absoluteSum[row] as number) + change;
    this.squaredSum[row] = (this.squaredSum[row] as number) + change * change;
  }

  /** In units; 0: nothing ever changed; NaN before two buckets. */
  absolute(row: number): number {
    return ratio(this.absoluteSum[row] as number, this.pairs[row] as number);
  }

  /** In squared units. */
  squared(row: number): number {
    return ratio(this.squaredSum[row] as number, this.pairs[row] as number);
  }
}

/**
 * Errors of each row by its scale at the time of the forecast:
 *   MASE = mean |e| / scale,  RMSSE = sqrt(mean e^2 / squared scale).
 * The mean over rows counts each row alike, however long it lived; rows without a forecast stay
 * out of it. Sources as of `NaiveScale`.
 */
export class ScaledErrors {
  private readonly counts: Float64Array;
  private readonly absolute: Float64Array;
  private readonly squared: Float64Array;

  constructor(rows: number) {
    this.counts = new Float64Array(rows);
    this.absolute = new Float64Array(rows);
    this.squared = new Float64Array(rows);
  }

  /** @param scale and `squaredScale` of `NaiveScale`, > 0 */
  add(row: number, error: number, scale: number, squaredScale: number): void {
    this.counts[row] = (this.counts[row] as number) + 1;
    this.absolute[row] = (this.absolute[row] as number) + Math.abs(error) / scale;
    this.squared[row] = (this.squared[row] as number) + (error * error) / squaredScale;
  }

  /** Forecasts of the row that were added. */
  count(row: number): number {
    return this.counts[row] as number;
  }
  mase(row: number): number {
    return ratio(this.absolute[row] as number, this.count(row));
  }
  rmsse(row: number): number {
    return Math.sqrt(ratio(this.squared[row] as number, this.count(row)));
  }
}

function ratio(above: number, below: number): number {
  return below > 0 ? above / below : Number.NaN;
}

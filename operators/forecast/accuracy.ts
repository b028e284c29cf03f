// Accuracy: online errors of each forecaster per row, and how often intervals hold, over all rows.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';

/** Weight that an error keeps from one bucket to the next: half of it is gone after 14. */
const MEMORY = 0.95;

/** Recent absolute errors per row and forecaster; the champion is the one with the least. */
export class RowAccuracy {
  private readonly absoluteError: Column<Float64Array>;
  private readonly judged: Column<Int32Array>;
  /** Recent squared errors of the champion's forecasts, and their weight. */
  private readonly squaredError: Column<Float64Array>;
  private readonly weight: Column<Float64Array>;
  /** Recent absolute errors of the champion's forecasts, and demand over the same buckets. */
  private readonly championError: Column<Float64Array>;
  private readonly demand: Column<Float64Array>;

  constructor(
    table: Table,
    private readonly forecasters: number,
  ) {
    const columns = table.columns('accuracy');
    this.absoluteError = columns.float64('absoluteError', forecasters);
    this.judged = columns.int32('judged', forecasters);
    this.squaredError = columns.float64('squaredError');
    this.weight = columns.float64('weight');
    this.championError = columns.float64('championError');
    this.demand = columns.float64('demand');
  }

  /** One-step forecast of a forecaster against what came. */
  judge(row: number, forecaster: number, error: number): void {
    const at = row * this.forecasters + forecaster;
    const before = this.absoluteError.values[at] as number;
    const n = this.judged.values[at] as number;
    // The first errors are averaged, so that early ones do not weigh for ever.
    const gain = Math.max(1 - MEMORY, 1 / (n + 1));
    this.absoluteError.values[at] = before + gain * (Math.abs(error) - before);
    this.judged.values[at] = n + 1;
  }

  /** Forecast that was used (the champion's) against what came. */
  judgeChampion(row: number, error: number, units: number): void {
    decayAdd(this.squaredError.values, row, error * error);
    decayAdd(this.weight.values, row, 1);
    decayAdd(this.championError.values, row, Math.abs(error));
    decayAdd(this.demand.values, row, units);
  }

  /** Mean recent absolute error; Infinity before the first forecast. */
  meanError(row: number, forecaster: number): number {
    const at = row * this.forecasters + forecaster;
    if (this.judged.values[at] === 0) return Number.POSITIVE_INFINITY;
    return this.absoluteError.values[at] as number;
  }

  /** Standard deviation of recent forecast errors a bucket; NaN before the first. */
  errorSd(row: number): number {
    const weight = this.weight.values[row] as number;
    return weight > 0 ? Math.sqrt((this.squaredError.values[row] as number) / weight) : Number.NaN;
  }

  /** Recent sum of |error| / sum of demand; NaN without demand. */
  wape(row: number): number {
    const demand = this.demand.values[row] as number;
    return demand > 0 ? (this.championError.values[row] as number) / demand : Number.NaN;
  }
}

/** Levels of the central prediction intervals that are watched. */
export const LEVELS = [0.8, 0.95] as const;

/** Over all rows since the first event: WAPE, and the share of buckets inside their interval. */
export class OverallAccuracy implements Stateful {
  private absoluteError = 0;
  private demand = 0;
  private buckets = 0;
  private readonly inside = new Float64Array(LEVELS.length);

  judge(error: number, units: number, sd: number, quantiles: readonly number[]): void {
    this.absoluteError += Math.abs(error);
    this.demand += units;
    this.buckets++;
    for (let i = 0; i < LEVELS.length; i++) {
      const half = (quantiles[i] as number) * sd;
      if (Math.abs(error) <= half) this.inside[i] = (this.inside[i] as number) + 1;
    }
  }

  /** Sum of |error| / sum of demand; null without demand. */
  wape(): number | null {
    return this.demand > 0 ? this.absoluteError / this.demand : null;
  }

  /** Share of judged buckets inside the interval of LEVELS[level]; null at first. */
  coverage(level: number): number | null {
    return this.buckets > 0 ? (this.inside[level] as number) / this.buckets : null;
  }

  save(out: StateWriter): void {
    const sums = [this.absoluteError, this.demand, this.buckets, ...this.inside];
    out.put('accuracy.overall', Float64Array.from(sums));
  }

  load(from: StateReader): void {
    const sums = from.float64('accuracy.overall');
    this.absoluteError = sums[0] as number;
    this.demand = sums[1] as number;
    this.buckets = sums[2] as number;
    this.inside.set(sums.subarray(3));
  }
}

function decayAdd(values: Float64Array, row: number, amount: number): void {
  values[row] = MEMORY * (values[row] as number) + amount;
}

// Accuracy: errors of the forecasts that were used, per row and over all, and how intervals hold.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { TRACKED } from './tracked.js';

/** Weight that an error keeps from one bucket to the next: half of it is gone after 14. */
const MEMORY = 0.95;

/** Recent errors of the ensemble's forecasts of the next bucket, per row. 16 bytes a row. */
export class RowAccuracy {
  private readonly squaredError: Column<Float32Array>;
  private readonly weight: Column<Float32Array>;
  private readonly absoluteError: Column<Float32Array>;
  private readonly demand: Column<Float32Array>;

  constructor(table: Table) {
    const columns = table.columns('row-accuracy');
    this.squaredError = columns.float32('squaredError');
    this.weight = columns.float32('weight');
    this.absoluteError = columns.float32('absoluteError');
    this.demand = columns.float32('demand');
  }

  /** The forecast that was used against what came. */
  judge(row: number, error: number, units: number): void {
    decayAdd(this.squaredError.values, row, error * error);
    decayAdd(this.weight.values, row, 1);
    decayAdd(this.absoluteError.values, row, Math.abs(error));
    decayAdd(this.demand.values, row, units);
  }

  /** Standard deviation of recent forecast errors a bucket; NaN before the first. */
  errorSd(row: number): number {
    const weight = this.weight.values[row] as number;
    return weight > 0 ? Math.sqrt((this.squaredError.values[row] as number) / weight) : Number.NaN;
  }

  /** Recent sum of |error| / sum of demand; NaN without demand. */
  wape(row: number): number {
    const demand = this.demand.values[row] as number;
    return demand > 0 ? (this.absoluteError.values[row] as number) / demand : Number.NaN;
  }
}

/** Levels of the central prediction intervals that are watched. */
export const LEVELS = [0.5, 0.8, 0.95, 0.99] as const;

/** Share of what was watched that stays from one bucket of all rows to the next: 50 weigh as one. */
const WATCHED = 0.98;

/**
 * Over all rows: WAPE since the first event, and the share of demand that came inside each central
 * interval, since the first event and of late. What was sold in whole units counts by the share of
 * its probability that lies inside: see `coveredShare`.
 */
export class OverallAccuracy implements Stateful {
  private absoluteError = 0;
  private demand = 0;
  private buckets = 0;
  private readonly inside = new Float64Array(LEVELS.length);
  private recentBuckets = 0;
  /** Of the bucket that closes. */
  private gatheredBuckets = 0;
  private readonly gathered = new Float64Array(LEVELS.length);
  private readonly recentInside = new Float64Array(LEVELS.length);

  /** @param below share of what came that lies below each level of `TRACKED` */
  judge(error: number, units: number, below: Float64Array): void {
    this.absoluteError += Math.abs(error);
    this.demand += units;
    this.gatheredBuckets++;
    for (let i = 0; i < LEVELS.length; i++) {
      // Levels are pairs around the median, the innermost pair first.
      const low = below[MEDIAN - 1 - i] as number;
      const covered = (below[MEDIAN + 1 + i] as number) - low;
      this.gathered[i] = (this.gathered[i] as number) + covered;
    }
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.buckets += this.gatheredBuckets;
    this.recentBuckets = WATCHED * this.recentBuckets + this.gatheredBuckets;
    for (let i = 0; i < LEVELS.length; i++) {
      const came = this.gathered[i] as number;
      this.inside[i] = (this.inside[i] as number) + came;
      this.recentInside[i] = WATCHED * (this.recentInside[i] as number) + came;
      this.gathered[i] = 0;
    }
    this.gatheredBuckets = 0;
  }

  /** Sum of |error| / sum of demand; null without demand. */
  wape(): number | null {
    return this.demand > 0 ? this.absoluteError / this.demand : null;
  }

  /** Share of judged buckets inside the interval of LEVELS[level], up to the last `apply`. */
  coverage(level: number): number | null {
    return this.buckets > 0 ? (this.inside[level] as number) / this.buckets : null;
  }

  /** The same of late: of the last 50 buckets, more or less. */
  recentCoverage(level: number): number | null {
    return this.recentBuckets > 0
      ? (this.recentInside[level] as number) / this.recentBuckets
      : null;
  }

  save(out: StateWriter): void {
    const sums = [this.absoluteError, this.demand, this.buckets, this.recentBuckets];
    out.put('accuracy.sums', Float64Array.of(...sums, ...this.inside, ...this.recentInside));
  }

  load(from: StateReader): void {
    const sums = from.float64('accuracy.sums');
    this.absoluteError = sums[0] as number;
    this.demand = sums[1] as number;
    this.buckets = sums[2] as number;
    this.recentBuckets = sums[3] as number;
    this.inside.set(sums.subarray(4, 4 + LEVELS.length));
    this.recentInside.set(sums.subarray(4 + LEVELS.length));
  }
}

const MEDIAN = TRACKED.indexOf(0.5);

function decayAdd(values: Float32Array, row: number, amount: number): void {
  values[row] = MEMORY * (values[row] as number) + amount;
}

// Intermittent demand, where most buckets sell nothing: Croston, its SBA correction, and TSB.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import { type Course, isKnown, WARM } from './course.js';
import { writeFlat } from './flat.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { averaging, checkGain, settled } from './gain.js';

/** Most buckets that are counted since the last sale. */
const MOST_SINCE = 65_535;

/**
 * Croston's method: at each sale, size z' = z + alpha (y - z) and interval p' = p + alpha (q - p),
 * with q the known buckets since the sale before (the first one: since the start);
 * forecast(h) = z / p, nothing before the first sale. Both average their first 1/alpha values;
 * till then z / p is all that was sold over all the time there was.
 * O(1) a bucket, 18 bytes a row. Cold for the first 3 known buckets.
 * Source: Croston (1972), *Operational Research Quarterly* 23(3), 289-303.
 */
export class Croston implements OnlineForecaster {
  readonly name = 'croston';
  private readonly size: Column<Float64Array>;
  private readonly interval: Column<Float64Array>;
  private readonly since: Column<Uint16Array>;

  /** @throws RangeError when alpha is not in [0, 1] */
  constructor(
    table: Table,
    private readonly course: Course,
    readonly alpha: number,
  ) {
    checkGain('alpha', alpha);
    const columns = table.columns(this.name);
    this.size = columns.float64('size');
    this.interval = columns.float64('interval');
    this.since = columns.uint16('since');
  }

  /** Sets a row to a known state, right behind a sale. */
  start(row: number, state: { size: number; interval: number }): void {
    this.size.values[row] = state.size;
    this.interval.values[row] = state.interval;
    this.since.values[row] = 0;
  }

  learn(row: number, { units }: DemandBucket): void {
    if (!isKnown(units)) return;
    const since = Math.min(MOST_SINCE, (this.since.values[row] as number) + 1);
    this.since.values[row] = since;
    if (units === 0) return;
    const gain = averaging(this.alpha, this.course.sales(row));
    const size = this.size.values[row] as number;
    const interval = this.interval.values[row] as number;
    this.size.values[row] = size + gain * (units - size);
    this.interval.values[row] = interval + gain * (since - interval);
    this.since.values[row] = 0;
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (!this.isWarm(row)) return false;
    writeFlat(out, horizon, this.rate(row));
    return true;
  }

  isWarm(row: number): boolean {
    return this.course.known(row) >= WARM;
  }

  /**
   * Units a bucket; 0 before the first sale. While intervals are averaged, the running one counts
   * too, so that a row that sold once, at its start, is not taken to sell so much each bucket.
   */
  rate(row: number): number {
    const sales = this.course.sales(row);
    if (sales === 0) return 0;
    const interval = this.interval.values[row] as number;
    const isAveraging = sales * this.alpha < 1;
    const running = isAveraging ? (this.since.values[row] as number) / sales : 0;
    return (this.size.values[row] as number) / (interval + running);
  }

  /** Mean size of a sale, and buckets from one to the next; both 0 before the first. */
  state(row: number): { size: number; interval: number } {
    return {
      size: this.size.values[row] as number,
      interval: this.interval.values[row] as number,
    };
  }
}

/**
 * Syntetos-Boylan approximation: Croston's z / p, which is too high on average, times 1 - alpha/2.
 * Shares the state of a Croston, which must learn beside it. No bytes of its own.
 * Source: Syntetos & Boylan (2005), *International Journal of Forecasting* 21(2), 303-314.
 */
export class Sba implements OnlineForecaster {
  readonly name = 'sba';

  constructor(private readonly croston: Croston) {}

  learn(): void {
    // The Croston learns.
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (!this.croston.isWarm(row)) return false;
    writeFlat(out, horizon, (1 - this.croston.alpha / 2) * this.croston.rate(row));
    return true;
  }
}

export interface TsbOptions {
  /** Gain of the size of a sale, in [0, 1]. */
  readonly alpha: number;
  /** Gain of the chance of a sale, in [0, 1]. */
  readonly beta: number;
}

/**
 * Teunter-Syntetos-Babai: chance of a sale p' = p + beta (1 - p) in a bucket with one, p - beta p
 * in one without; size z' = z + alpha (y - z) at a sale; forecast(h) = p z. So it fades as sales
 * stay out, where Croston never does. Both average their first values.
 * O(1) a bucket, 16 bytes a row. Cold for the first 3 known buckets.
 * Source: Teunter, Syntetos & Babai (2011), *European Journal of Operational Research* 214(3).
 */
export class Tsb implements OnlineForecaster {
  readonly name = 'tsb';
  private readonly size: Column<Float64Array>;
  private readonly chance: Column<Float64Array>;

  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: TsbOptions,
  ) {
    checkGain('alpha', options.alpha);
    checkGain('beta', options.beta);
    const columns = table.columns(this.name);
    this.size = columns.float64('size');
    this.chance = columns.float64('chance');
  }

  /** Sets a row to a known state. */
  start(row: number, state: { size: number; chance: number }): void {
    this.size.values[row] = state.size;
    this.chance.values[row] = state.chance;
  }

  learn(row: number, { units }: DemandBucket): void {
    if (!isKnown(units)) return;
    const { alpha, beta } = this.options;
    const sold = units > 0 ? 1 : 0;
    const chance = this.chance.values[row] as number;
    const gain = averaging(beta, this.course.known(row));
    this.chance.values[row] = settled(chance + gain * (sold - chance));
    if (sold === 0) return;
    const size = this.size.values[row] as number;
    this.size.values[row] = size + averaging(alpha, this.course.sales(row)) * (units - size);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (this.course.known(row) < WARM) return false;
    const rate = (this.chance.values[row] as number) * (this.size.values[row] as number);
    writeFlat(out, horizon, rate);
    return true;
  }
}

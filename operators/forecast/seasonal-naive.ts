// Seasonal naive: next Monday will be like last Monday.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';

/**
 * Forecast for t + h = demand of the last bucket of the same season.
 * Cold until a whole season has been learned. O(1) a bucket, one number a season and row.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 5.2.
 * @example with 7 seasons, after 1 2 3 4 5 6 7: predicts 1 2 3 …
 */
export class SeasonalNaive implements OnlineForecaster {
  readonly name = 'seasonal-naive';
  private readonly last: Column<Float64Array>;
  private readonly learned: Column<Int32Array>;
  private readonly nextSeason: Column<Int32Array>;

  /** @param seasons buckets of a season, 7 for days, 168 for hours */
  constructor(
    table: Table,
    private readonly seasons: number,
  ) {
    const columns = table.columns('seasonal-naive');
    this.last = columns.float64('last', seasons);
    this.learned = columns.int32('learned');
    this.nextSeason = columns.int32('nextSeason');
  }

  learn(row: number, bucket: DemandBucket): void {
    this.nextSeason.values[row] = (bucket.season + 1) % this.seasons;
    if (Number.isNaN(bucket.units)) return;
    this.last.values[row * this.seasons + bucket.season] = bucket.units;
    this.learned.values[row] = (this.learned.values[row] as number) + 1;
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if ((this.learned.values[row] as number) < this.seasons) return false;
    const next = this.nextSeason.values[row] as number;
    for (let h = 0; h < horizon; h++) {
      const season = (next + h) % this.seasons;
      out[h] = this.last.values[row * this.seasons + season] as number;
    }
    return true;
  }
}

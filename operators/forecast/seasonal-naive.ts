// Seasonal naive: next Monday will be like last Monday.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import { type Course, isKnown } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';

/**
 * Forecast for t + h = demand of the last known bucket of the same season.
 * Cold until a whole season has been learned. O(1) a bucket, 4 bytes a season and row: demand is
 * kept in single precision, to 7 digits.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 5.2.
 * @example with 7 seasons, after 1 2 3 4 5 6 7: predicts 1 2 3 …
 */
export class SeasonalNaive implements OnlineForecaster {
  readonly name = 'seasonal-naive';
  private readonly last: Column<Float32Array>;

  constructor(
    table: Table,
    private readonly course: Course,
  ) {
    this.last = table.columns(this.name).float32('last', course.seasons);
  }

  learn(row: number, { season, units }: DemandBucket): void {
    if (isKnown(units)) this.last.values[row * this.course.seasons + season] = units;
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    const { seasons } = this.course;
    if (this.course.known(row) < seasons) return false;
    const first = row * seasons;
    let season = this.course.nextSeason(row);
    for (let h = 0; h < horizon; h++) {
      out[h] = this.last.values[first + season] as number;
      season = season + 1 === seasons ? 0 : season + 1;
    }
    return true;
  }
}

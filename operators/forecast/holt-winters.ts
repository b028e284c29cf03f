// Holt-Winters with additive seasons: level, damped trend and what each season has above it.
import type { Table } from '../stream/table.js';
import { type Course, isKnown, WARM } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { averaging, settled } from './gain.js';
import { type HoltWintersOptions, SeasonalSmoothing, seasonGain } from './seasonal-smoothing.js';

/**
 * Additive damped Holt-Winters in error-correction form, with e = y - max(0, l + phi b + s):
 *   l' = l + phi b + alpha e,  b' = phi b + beta e,  s' = s + gamma e,
 *   forecast(h) = l + (phi + … + phi^h) b + s(h), not below zero.
 * The first two seasons are averaged (`SeasonalStart`); the trend sets out behind them.
 * O(1) a bucket, 8 + 4 seasons bytes a row. Cold for the first 3 known buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.3 and 8.5.
 */
export class HoltWintersAdditive extends SeasonalSmoothing implements OnlineForecaster {
  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(table: Table, course: Course, options: HoltWintersOptions) {
    super('holt-winters-additive', table, course, options);
  }

  learn(row: number, { season, units }: DemandBucket): void {
    if (!isKnown(units)) return;
    if (this.columns.isStarting(row)) this.columns.learn(row, season, units);
    else this.correct(row, season, units);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    const { course, columns } = this;
    if (course.known(row) < WARM) return false;
    const { seasons } = course;
    const isStarting = columns.isStarting(row);
    let level = columns.level.values[row] as number;
    let step = columns.trendOf(row);
    let season = course.nextSeason(row);
    for (let h = 0; h < horizon; h++) {
      step *= this.options.phi;
      level += step;
      const above = columns.season.values[row * seasons + season] as number;
      out[h] = Math.max(0, isStarting ? level : level + above);
      season = season + 1 === seasons ? 0 : season + 1;
    }
    return true;
  }

  private correct(row: number, season: number, units: number): void {
    const { alpha, beta, gamma, phi } = this.options;
    const { level, trend, season: deviation } = this.columns;
    const at = row * this.course.seasons + season;
    const step = phi * (trend.values[row] as number);
    const expected = (level.values[row] as number) + step;
    const above = deviation.values[at] as number;
    // What is forecast is not below zero, so nothing sold is no error where less was expected.
    const error = units - Math.max(0, expected + above);
    const gain = averaging(alpha, this.course.known(row));
    level.values[row] = settled(expected + gain * error);
    trend.values[row] = settled(step + beta * error);
    deviation.values[at] = above + seasonGain(gamma, this.course.visits(row, season)) * error;
  }
}

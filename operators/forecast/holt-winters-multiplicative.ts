// Holt-Winters with multiplicative seasons: level, damped trend and each season's share of it.
import type { Table } from '../stream/table.js';
import { type Course, isKnown, WARM } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { averaging, settled } from './gain.js';
import { type HoltWintersOptions, SeasonalSmoothing, seasonGain } from './seasonal-smoothing.js';

/** Least factor that a level is learned through: what a slow day says counts double at most. */
const LEAST_DIVISOR = 0.5;
/** Largest error that a season is learned by, in levels. */
const MOST_RELATIVE_ERROR = 1;

/**
 * Multiplicative damped Holt-Winters in error-correction form, with e = y - (l + phi b) s:
 *   l' = l + phi b + alpha e / s,  b' = phi b + beta e / s,  s' = s + gamma e / (l + phi b),
 *   forecast(h) = (l + (phi + … + phi^h) b) s(h), not below zero.
 * Made to bear zeros: s is at least 1/2 where it divides; e / (l + phi b) is at most 1; a season
 * stays between 0 and the number of seasons, all demand in one; a level never falls below zero,
 * and while it is zero the seasons stand still.
 * The first two seasons are averaged (`SeasonalStart`); the trend sets out behind them.
 * O(1) a bucket, 8 + 4 seasons bytes a row. Cold for the first 3 known buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.3 and 8.5.
 */
export class HoltWintersMultiplicative extends SeasonalSmoothing implements OnlineForecaster {
  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(table: Table, course: Course, options: HoltWintersOptions) {
    super('holt-winters-multiplicative', table, course, options);
  }

  learn(row: number, { season, units }: DemandBucket): void {
    if (!isKnown(units)) return;
    if (!this.columns.isStarting(row)) this.correct(row, season, units);
    else if (this.columns.learn(row, season, units)) this.makeFactors(row);
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
      const factor = columns.season.values[row * seasons + season] as number;
      out[h] = Math.max(0, isStarting ? level : level * factor);
      season = season + 1 === seasons ? 0 : season + 1;
    }
    return true;
  }

  private correct(row: number, season: number, units: number): void {
    const { alpha, beta, gamma, phi } = this.options;
    const { level, trend, season: factors } = this.columns;
    const { seasons } = this.course;
    const at = row * seasons + season;
    const step = phi * (trend.values[row] as number);
    const expected = Math.max(0, (level.values[row] as number) + step);
    const factor = factors.values[at] as number;
    const error = units - expected * factor;
    const ofLevel = error / Math.max(factor, LEAST_DIVISOR);
    const risen = expected + averaging(alpha, this.course.known(row)) * ofLevel;
    level.values[row] = Math.max(0, settled(risen));
    trend.values[row] = risen > 0 ? settled(step + beta * ofLevel) : 0;
    if (expected === 0) return;
    const gain = seasonGain(gamma, this.course.visits(row, season));
    const ofSeason = Math.min(error / expected, MOST_RELATIVE_ERROR);
    factors.values[at] = within(0, factor + gain * ofSeason, seasons);
  }

  /** Deviations from the level become factors of it. */
  private makeFactors(row: number): void {
    const { seasons } = this.course;
    const level = Math.max(0, this.columns.level.values[row] as number);
    this.columns.level.values[row] = level;
    const values = this.columns.season.values.subarray(row * seasons, (row + 1) * seasons);
    for (let n = 0; n < seasons; n++) {
      values[n] = level > 0 ? within(0, 1 + (values[n] as number) / level, seasons) : 1;
    }
  }
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

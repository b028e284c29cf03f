// Holt-Winters with additive seasons: level, damped trend and what each season has above it.
import type { Table } from '../stream/table.js';
import { type Course, isKnown, WARM } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { averaging, checkGain, settled } from './gain.js';
import { SeasonalStart, type SeasonalState } from './seasonal-start.js';

export interface HoltWintersOptions {
  /** Gain of the level, in [0, 1]. */
  readonly alpha: number;
  /** Gain of the trend, in [0, 1]; 0: no trend. The textbook's beta* is beta / alpha. */
  readonly beta: number;
  /** Gain of the seasons, in [0, 1]. */
  readonly gamma: number;
  /** Damping of the trend a bucket, in [0, 1]. */
  readonly phi: number;
}

/**
 * Additive damped Holt-Winters in error-correction form, with e = y - max(0, l + phi b + s):
 *   l' = l + phi b + alpha e,  b' = phi b + beta e,  s' = s + gamma e,
 *   forecast(h) = l + (phi + … + phi^h) b + s(h), not below zero.
 * The first two seasons are averaged (`SeasonalStart`); the trend sets out behind them.
 * O(1) a bucket, 8 + 4 seasons bytes a row. Cold for the first 3 known buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.3 and 8.5.
 */
export class HoltWintersAdditive implements OnlineForecaster {
  readonly name = 'holt-winters-additive';
  private readonly columns: SeasonalStart;

  /** @throws RangeError when a gain is out of its range */
  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: HoltWintersOptions,
  ) {
    checkGains(options);
    this.columns = new SeasonalStart(table, course, { scope: this.name, alpha: options.alpha });
  }

  /** Sets a row to a known state. */
  start(row: number, state: SeasonalState): void {
    this.columns.set(row, state);
  }

  /** What the row has learned. */
  state(row: number): SeasonalState {
    return this.columns.get(row);
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

/** A season's early visits count for more; as if it had been seen once before the first. */
export function seasonGain(gamma: number, visits: number): number {
  return averaging(gamma, visits + 1);
}

/** @throws RangeError when a gain is not in [0, 1] */
export function checkGains(options: HoltWintersOptions): void {
  checkGain('alpha', options.alpha);
  checkGain('beta', options.beta);
  checkGain('gamma', options.gamma);
  checkGain('phi', options.phi);
}

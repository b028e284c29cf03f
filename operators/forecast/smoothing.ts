// Exponential smoothing without seasons: simple, and Holt's with a damped trend.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import { type Course, isKnown, WARM } from './course.js';
import { writeFlat } from './flat.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { averaging, checkGain, settled } from './gain.js';

export interface SmoothingOptions {
  readonly name: string;
  /** Gain of the level, in [0, 1]: .05 looks back 20 buckets, .3 three. */
  readonly alpha: number;
}

/**
 * Simple exponential smoothing: l' = l + alpha (y - l), forecast(h) = l.
 * The first 1/alpha buckets are averaged, so that the very first one does not weigh for long.
 * O(1) a bucket, 8 bytes a row. Cold for the first 3 known buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.1.
 */
export class SimpleSmoothing implements OnlineForecaster {
  readonly name: string;
  private readonly alpha: number;
  private readonly level: Column<Float64Array>;

  /** @throws RangeError when alpha is not in [0, 1] */
  constructor(
    table: Table,
    private readonly course: Course,
    { name, alpha }: SmoothingOptions,
  ) {
    checkGain('alpha', alpha);
    this.name = name;
    this.alpha = alpha;
    this.level = table.columns(name).float64('level');
  }

  /** Sets a row to a known level. */
  start(row: number, level: number): void {
    this.level.values[row] = level;
  }

  learn(row: number, { units }: DemandBucket): void {
    if (!isKnown(units)) return;
    const level = this.level.values[row] as number;
    const gain = averaging(this.alpha, this.course.known(row));
    this.level.values[row] = settled(level + gain * (units - level));
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (this.course.known(row) < WARM) return false;
    writeFlat(out, horizon, this.level.values[row] as number);
    return true;
  }
}

export interface HoltOptions {
  /** Gain of the level, in [0, 1]. */
  readonly alpha: number;
  /** Gain of the trend, in [0, 1]; the textbook's beta* is beta / alpha. */
  readonly beta: number;
  /** What is left of the trend from one bucket to the next, in [0, 1]. */
  readonly phi: number;
}

/**
 * Holt's linear trend, damped, in error-correction form, with e = y - (l + phi b):
 *   l' = l + phi b + alpha e,  b' = phi b + beta e,
 *   forecast(h) = l + (phi + … + phi^h) b, not below zero.
 * The first 1/alpha buckets are averaged; the trend sets out from nothing.
 * O(1) a bucket, 8 bytes a row. Cold for the first 3 known buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.2 and 8.5.
 */
export class DampedHolt implements OnlineForecaster {
  readonly name = 'holt';
  private readonly level: Column<Float32Array>;
  private readonly trend: Column<Float32Array>;

  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: HoltOptions,
  ) {
    checkGain('alpha', options.alpha);
    checkGain('beta', options.beta);
    checkGain('phi', options.phi);
    const columns = table.columns(this.name);
    this.level = columns.float32('level');
    this.trend = columns.float32('trend');
  }

  /** Sets a row to a known state. */
  start(row: number, state: { level: number; trend: number }): void {
    this.level.values[row] = state.level;
    this.trend.values[row] = state.trend;
  }

  learn(row: number, { units }: DemandBucket): void {
    if (!isKnown(units)) return;
    const { alpha, beta, phi } = this.options;
    const n = this.course.known(row);
    const trend = phi * (this.trend.values[row] as number);
    const expected = (this.level.values[row] as number) + trend;
    const error = units - expected;
    this.level.values[row] = settled(expected + averaging(alpha, n) * error);
    // The first bucket's error is its whole demand, and no trend.
    if (n > 0) this.trend.values[row] = settled(trend + beta * error);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (this.course.known(row) < WARM) return false;
    const { phi } = this.options;
    let expected = this.level.values[row] as number;
    let step = this.trend.values[row] as number;
    for (let h = 0; h < horizon; h++) {
      step *= phi;
      expected += step;
      out[h] = Math.max(0, expected);
    }
    return true;
  }
}

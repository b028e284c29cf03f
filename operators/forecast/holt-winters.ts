// Holt-Winters: level, damped trend and additive seasons, learned by error correction.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';

export interface HoltWintersOptions {
  /** Buckets of a season. */
  readonly seasons: number;
  /** Gain of the level, in (0, 1). */
  readonly alpha: number;
  /** Gain of the trend, in [0, 1); 0: no trend. */
  readonly beta: number;
  /** Gain of the seasons, in [0, 1). */
  readonly gamma: number;
  /** Damping of the trend a bucket, in (0, 1]. */
  readonly phi: number;
}

/** Buckets that must be learned before it predicts. */
const WARM = 3;
/** Largest gain of a season at its first visit, when level and season are told apart only badly. */
const FIRST_SEASON_GAIN = 0.5;

/**
 * Additive damped Holt-Winters in error-correction form, with e = y - (l + phi b + s):
 *   l' = l + phi b + alpha e,  b' = phi b + beta e,  s' = s + gamma e,
 *   forecast(h) = l + (phi + … + phi^h) b + s(h), not below zero.
 * The level starts at the first bucket and its gain at 1, falling as 1/n to alpha, so the first
 * buckets are averaged; the trend starts with the second season; a season's gain falls likewise.
 * O(1) a bucket; 3 + seasons numbers a row. Cold for the first 3 buckets.
 * Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 8.3 and 8.5.
 */
export class HoltWinters implements OnlineForecaster {
  readonly name = 'holt-winters';
  private readonly level: Column<Float64Array>;
  private readonly trend: Column<Float64Array>;
  private readonly season: Column<Float64Array>;
  private readonly learned: Column<Int32Array>;
  private readonly nextSeason: Column<Int32Array>;

  /** @throws RangeError when a gain is out of its range */
  constructor(
    table: Table,
    private readonly options: HoltWintersOptions,
  ) {
    checkGain('alpha', options.alpha);
    checkGain('beta', options.beta);
    checkGain('gamma', options.gamma);
    checkGain('phi', options.phi);
    const columns = table.columns('holt-winters');
    this.level = columns.float64('level');
    this.trend = columns.float64('trend');
    this.season = columns.float64('season', options.seasons);
    this.learned = columns.int32('learned');
    this.nextSeason = columns.int32('nextSeason');
  }

  /** Sets a row to a known state, as if it had learned for long; the next bucket is season 0. */
  start(row: number, state: { level: number; trend: number; seasons: readonly number[] }): void {
    this.level.values[row] = state.level;
    this.trend.values[row] = state.trend;
    this.season.values.set(state.seasons, row * this.options.seasons);
    this.learned.values[row] = 1_000_000;
    this.nextSeason.values[row] = 0;
  }

  learn(row: number, bucket: DemandBucket): void {
    const { seasons, alpha, beta, gamma, phi } = this.options;
    this.nextSeason.values[row] = (bucket.season + 1) % seasons;
    if (Number.isNaN(bucket.units)) return;
    const n = this.learned.values[row] as number;
    const at = row * seasons + bucket.season;
    const level = n === 0 ? bucket.units : (this.level.values[row] as number);
    const trend = phi * (this.trend.values[row] as number);
    const season = this.season.values[at] as number;
    const error = bucket.units - (level + trend + season);
    const visits = Math.floor(n / seasons);
    this.level.values[row] = level + trend + Math.max(alpha, 1 / (n + 1)) * error;
    this.trend.values[row] = n < seasons ? 0 : trend + beta * error;
    const seasonGain = gamma === 0 ? 0 : Math.max(gamma, FIRST_SEASON_GAIN / (visits + 1));
    this.season.values[at] = season + seasonGain * error;
    this.learned.values[row] = n + 1;
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if ((this.learned.values[row] as number) < WARM) return false;
    const { seasons, phi } = this.options;
    const level = this.level.values[row] as number;
    const next = this.nextSeason.values[row] as number;
    let trend = 0;
    let step = this.trend.values[row] as number;
    for (let h = 0; h < horizon; h++) {
      step *= phi;
      trend += step;
      const season = this.season.values[row * seasons + ((next + h) % seasons)] as number;
      out[h] = Math.max(0, level + trend + season);
    }
    return true;
  }

  /** Level, trend and seasons of a row. */
  state(row: number): { level: number; trend: number; seasons: readonly number[] } {
    const at = row * this.options.seasons;
    return {
      level: this.level.values[row] as number,
      trend: this.trend.values[row] as number,
      seasons: [...this.season.values.subarray(at, at + this.options.seasons)],
    };
  }
}

function checkGain(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must be in [0, 1], got ${value}`);
}

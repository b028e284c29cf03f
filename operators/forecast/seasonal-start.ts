// The first two seasons of a smoothing with seasons: averaged, and believed by their evidence.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import { averaging } from './gain.js';

/** Seasons that are averaged before smoothing takes over. */
const FIRST_SEASONS = 2;
/** Seasons that hardly stand out of the noise cost more than they bring: noise counts double. */
const CAUTION = 2;

/** Level, trend and season by season of a row. */
export interface SeasonalState {
  readonly level: number;
  readonly trend: number;
  readonly seasons: readonly number[];
}

/**
 * State of a smoothing with seasons, and how it starts, with e = y - (l + s):
 *   at the first visit of a season, the k-th to be seen:  l' = l + e / k,  s' = s + e;
 *   at later ones:  l' = l + max(alpha, 1/n) e,  s' = s + e / visits;
 * then the mean of all s is taken off each, so that they add up to nothing. A pattern that
 * repeats exactly is known exactly after one season. Only the second one tells pattern from
 * noise: until then the level alone is predicted, and at its end the seasons are shrunk once,
 *   s' = s max(0, 1 - 2 chance / spread),
 * spread = sum s^2, chance = what noise makes of it = sum e^2 / 4, over the second visits.
 * 8 + 4 seasons bytes a row; single precision: 7 digits of a season. O(seasons) a bucket at the
 * start, nothing later.
 */
export class SeasonalStart {
  readonly level: Column<Float32Array>;
  readonly trend: Column<Float32Array>;
  readonly season: Column<Float32Array>;
  /** The second visits' squared errors take the trend's place: there is no trend before their end. */
  private readonly squares: Column<Float32Array>;

  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: { readonly scope: string; readonly alpha: number },
  ) {
    const columns = table.columns(options.scope);
    this.level = columns.float32('level');
    this.trend = columns.float32('trend');
    this.season = columns.float32('season', course.seasons);
    this.squares = this.trend;
  }

  set(row: number, state: SeasonalState): void {
    this.level.values[row] = state.level;
    this.trend.values[row] = state.trend;
    this.seasonsOf(row).set(state.seasons);
  }

  get(row: number): SeasonalState {
    return {
      level: this.level.values[row] as number,
      trend: this.trendOf(row),
      seasons: [...this.seasonsOf(row)],
    };
  }

  /** Units a bucket; 0 in the first two seasons. */
  trendOf(row: number): number {
    return this.isStarting(row) ? 0 : (this.trend.values[row] as number);
  }

  /** Whether the bucket that comes is one of the first two seasons. */
  isStarting(row: number): boolean {
    return this.course.known(row) < FIRST_SEASONS * this.course.seasons;
  }

  /** True: that was the last bucket of the start. */
  learn(row: number, season: number, units: number): boolean {
    const { course, options } = this;
    const known = course.known(row);
    const visits = course.visits(row, season);
    const isFirst = visits === 0;
    const at = row * course.seasons + season;
    const level = this.level.values[row] as number;
    const deviation = this.season.values[at] as number;
    const error = units - level - deviation;
    if (!isFirst) this.squares.values[row] = (this.squares.values[row] as number) + error * error;
    const seen = this.seen(row) + (isFirst ? 1 : 0);
    const rise = error / (visits + 1);
    this.level.values[row] = level + error * (isFirst ? 1 / seen : averaging(options.alpha, known));
    this.lower(row, rise / seen);
    this.season.values[at] = deviation + rise - rise / seen;
    const isLast = known + 1 === FIRST_SEASONS * course.seasons;
    if (isLast) this.shrink(row);
    return isLast;
  }

  private seasonsOf(row: number): Float32Array {
    const { seasons } = this.course;
    return this.season.values.subarray(row * seasons, (row + 1) * seasons);
  }

  private seen(row: number): number {
    let seen = 0;
    for (let n = 0; n < this.course.seasons; n++) if (this.course.visits(row, n) > 0) seen++;
    return seen;
  }

  /** Takes `by` off each season that was seen before. */
  private lower(row: number, by: number): void {
    const { seasons } = this.course;
    const { values } = this.season;
    for (let n = 0; n < seasons; n++) {
      const at = row * seasons + n;
      if (this.course.visits(row, n) > 0) values[at] = (values[at] as number) - by;
    }
  }

  private shrink(row: number): void {
    const seasons = this.seasonsOf(row);
    let spread = 0;
    for (let n = 0; n < seasons.length; n++) spread += (seasons[n] as number) ** 2;
    const chance = (this.squares.values[row] as number) / 4;
    const trust = spread > 0 ? Math.max(0, 1 - (CAUTION * chance) / spread) : 0;
    for (let n = 0; n < seasons.length; n++) seasons[n] = trust * (seasons[n] as number);
    this.squares.values[row] = 0;
  }
}

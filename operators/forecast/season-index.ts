// Season index: the profile of a row's category, and how far the row differs from it.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import type { PooledSums } from './pooled-sums.js';

/** Weight of "all seasons are alike" in the profile over all categories. */
const EVEN = 10;
/** Weight of the profile over all categories in a category's own. */
const OVERALL = 100;
/** A row differs by its first visit's surprise / (this + 1), by later ones like an average. */
const TRUST = 8;
/** Least gain of a visit. */
const GAIN = 0.05;

/**
 * Index of a season: units of its buckets / level of the row, 1 on average. Expected by
 *   index = profile of the category + own deviation.
 * The profile is the weighted mean of what rows of the category showed, drawn to that of all
 * categories and that to 1, so it is usable at once; the deviation starts at 0 and learns from
 * what the profile leaves, with gain max(.05, 1 / (visits + 9)): it is shrunk by its start.
 */
export class SeasonIndex {
  /** Numbers that it takes of a category's pooled sums: ratio and weight of each season. */
  static width(seasons: number): number {
    return 2 * seasons;
  }

  private readonly deviation: Column<Float32Array>;
  /** By category: its profile, and the version of the pool that it was made from. */
  private readonly profiles: Float64Array[] = [];
  private readonly madeAt: number[] = [];

  /** @param offset where in a category's pooled sums its numbers begin */
  constructor(
    table: Table,
    scope: string,
    private readonly course: Course,
    private readonly pool: PooledSums,
    private readonly offset: number,
  ) {
    this.deviation = table.columns(scope).float32('season', course.seasons);
  }

  /** Expected units of the season's buckets / level, >= 0. */
  of(row: number, category: number, season: number): number {
    const { seasons } = this.course;
    if (seasons === 1) return 1;
    const own = this.deviation.values[row * seasons + season] as number;
    return Math.max(0, (this.profile(category)[season] as number) + own);
  }

  /** Index of each season in the category, by what all its rows have shown; 1 at first. */
  profile(category: number): Float64Array {
    const place = this.pool.find(category);
    const number = place / this.pool.width;
    if (this.madeAt[number] !== this.pool.version) this.make(number, place);
    return this.profiles[number] as Float64Array;
  }

  /** The row had `ratio` = units / level in the season; `weight` (0-1) says how sure that is. */
  learn(row: number, category: number, season: number, ratio: number, weight: number): void {
    const { seasons } = this.course;
    if (seasons === 1) return;
    const at = row * seasons + season;
    const visits = Math.floor(this.course.known(row) / seasons);
    const gain = weight * Math.max(GAIN, 1 / (visits + 1 + TRUST));
    const own = this.deviation.values[at] as number;
    const expected = (this.profile(category)[season] as number) + own;
    this.deviation.values[at] = own + gain * (ratio - expected);
    const place = this.pool.place(category) + this.offset + season;
    const { fresh } = this.pool;
    fresh[place] = (fresh[place] as number) + weight * ratio;
    fresh[place + seasons] = (fresh[place + seasons] as number) + weight;
  }

  private make(number: number, place: number): void {
    const { seasons } = this.course;
    const profile = this.profiles[number] ?? new Float64Array(seasons);
    for (let season = 0; season < seasons; season++) {
      const overall = this.mean(0, season, 1, EVEN);
      profile[season] = number === 0 ? overall : this.mean(place, season, overall, OVERALL);
    }
    this.profiles[number] = profile;
    this.madeAt[number] = this.pool.version;
  }

  private mean(place: number, season: number, prior: number, strength: number): number {
    const at = place + this.offset + season;
    const ratio = this.pool.past[at] as number;
    const weight = this.pool.past[at + this.course.seasons] as number;
    return (ratio + strength * prior) / (weight + strength);
  }
}

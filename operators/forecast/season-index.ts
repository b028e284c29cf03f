// Season index: the profile of a row's category, and how far the row differs from it.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import type { SeasonProfile } from './season-profile.js';

/** A row differs by its first visit's surprise / (this + 1), by later ones like an average. */
const TRUST = 8;
/** Least gain of a visit. */
const GAIN = 0.05;

/**
 * Index of a season: units of its buckets / level of the row, 1 on average. Expected by
 *   index = profile of the category + own deviation, not below 0.
 * The deviation starts at 0 and learns from what the profile leaves, with gain
 * max(.05, 1 / (visits + 9)): a new row has the profile, and an old one its own seasons.
 * 4 bytes a season and row. Where there is but one season, its index is 1.
 */
export class SeasonIndex {
  private readonly deviation: Column<Float32Array>;

  constructor(
    table: Table,
    scope: string,
    private readonly course: Course,
    private readonly profile: SeasonProfile,
  ) {
    this.deviation = table.columns(scope).float32('season', course.seasons);
  }

  /** Expected units of the season's buckets / level, >= 0. */
  of(row: number, category: number, season: number): number {
    const { seasons } = this.course;
    if (seasons === 1) return 1;
    const own = this.deviation.values[row * seasons + season] as number;
    return Math.max(0, (this.profile.of(category)[season] as number) + own);
  }

  /** The row had `ratio` = units / level in the season; `weight` (0-1) says how sure that is. */
  learn(row: number, category: number, season: number, ratio: number, weight: number): void {
    const { seasons } = this.course;
    if (seasons === 1) return;
    const at = row * seasons + season;
    const visits = Math.floor(this.course.known(row) / seasons);
    const gain = weight * Math.max(GAIN, 1 / (visits + 1 + TRUST));
    const own = this.deviation.values[at] as number;
    const expected = (this.profile.of(category)[season] as number) + own;
    this.deviation.values[at] = own + gain * (ratio - expected);
    this.profile.learn(category, season, ratio, weight);
  }
}

// Season index: the profile of a row's category, and how far the row differs from it.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import type { SeasonProfile } from './season-profile.js';

/** A row differs by its first visit's surprise / (this + 1), by later ones like an average. */
const TRUST = 8;
/** Least gain of a visit. */
const GAIN = 0.05;
/** Deviations are kept as whole steps, this one standing for none. */
const ZERO = 32_768;
const STEPS = 2048;

/**
 * Index of a season: units of its buckets / level of the row, 1 on average. Expected by
 *   index = profile of the category + own deviation, not below 0.
 * The deviation starts at 0 and learns from what the profile leaves, with gain
 * max(.05, 1 / (visits + 9)): a new row has the profile, and an old one its own seasons.
 * 2 bytes a season and row. Where there is but one season, its index is 1.
 */
export class SeasonIndex {
  /** In steps of 1/2048 from -16 to 16. */
  private readonly deviation: Column<Uint16Array>;

  constructor(
    table: Table,
    scope: string,
    private readonly course: Course,
    private readonly profile: SeasonProfile,
  ) {
    this.deviation = table.columns(scope).uint16('season', course.seasons, ZERO);
  }

  /** Expected units of the season's buckets / level, >= 0. */
  of(row: number, category: number, season: number): number {
    const { seasons } = this.course;
    if (seasons === 1) return 1;
    const own = this.own(row * seasons + season);
    return Math.max(0, (this.profile.of(category)[season] as number) + own);
  }

  /** The row had `ratio` = units / level in the season; `weight` (0-1) says how sure that is. */
  learn(row: number, category: number, season: number, ratio: number, weight: number): void {
    const { seasons } = this.course;
    if (seasons === 1) return;
    const at = row * seasons + season;
    const visits = Math.floor(this.course.known(row) / seasons);
    const gain = weight * Math.max(GAIN, 1 / (visits + 1 + TRUST));
    const own = this.own(at);
    const expected = (this.profile.of(category)[season] as number) + own;
    const code = Math.round(ZERO + STEPS * (own + gain * (ratio - expected)));
    this.deviation.values[at] = Math.min(2 * ZERO - 1, Math.max(0, code));
    this.profile.learn(category, season, ratio, weight);
  }

  private own(at: number): number {
    return ((this.deviation.values[at] as number) - ZERO) / STEPS;
  }
}

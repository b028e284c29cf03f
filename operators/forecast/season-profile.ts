// Season profile: how demand of a category differs from season to season, by all of its rows.
import type { PooledSums } from './pooled-sums.js';

/** Weight of "all seasons are alike" in the profile over all categories. */
const EVEN = 10;
/** Weight of the profile over all categories in a category's own. */
const OVERALL = 100;

/**
 * Index of each season = weighted mean of units / level over the rows of the category, drawn to
 * that over all categories with the weight of 100 buckets, and that to 1 with the weight of 10.
 * So it is usable at once. Scaled to mean 1. Made anew once a bucket, from what pooled sums hold
 * behind `offset`.
 */
export class SeasonProfile {
  /** Numbers that it takes of a category's pooled sums: ratio and weight of each season. */
  static width(seasons: number): number {
    return 2 * seasons;
  }

  /** By category: its profile, and the version of the pool that it was made from. */
  private readonly profiles: Float64Array[] = [];
  private readonly madeAt: number[] = [];

  constructor(
    readonly seasons: number,
    private readonly pool: PooledSums,
    private readonly offset: number,
  ) {}

  /** By season, >= 0, 1 on average; 1 at first. To be read at once: it changes in place. */
  of(category: number): Float64Array {
    const place = this.pool.find(category);
    const number = place / this.pool.width;
    if (this.madeAt[number] !== this.pool.version) this.make(number, place);
    return this.profiles[number] as Float64Array;
  }

  /** A row had `ratio` = units / level in the season; `weight` (0-1) says how sure that is. */
  learn(category: number, season: number, ratio: number, weight: number): void {
    const at = this.pool.place(category) + this.offset + season;
    const { fresh } = this.pool;
    fresh[at] = (fresh[at] as number) + weight * ratio;
    fresh[at + this.seasons] = (fresh[at + this.seasons] as number) + weight;
  }

  private make(number: number, place: number): void {
    const { seasons } = this;
    const profile = this.profiles[number] ?? new Float64Array(seasons);
    let sum = 0;
    for (let season = 0; season < seasons; season++) {
      const overall = this.mean(0, season, 1, EVEN);
      const index = number === 0 ? overall : this.mean(place, season, overall, OVERALL);
      profile[season] = index;
      sum += index;
    }
    // Only differences between seasons are of the profile: what all have in common is the level's.
    for (let season = 0; season < seasons; season++) {
      profile[season] = ((profile[season] as number) * seasons) / sum;
    }
    this.profiles[number] = profile;
    this.madeAt[number] = this.pool.version;
  }

  private mean(place: number, season: number, prior: number, strength: number): number {
    const at = place + this.offset + season;
    const ratio = this.pool.past[at] as number;
    const weight = this.pool.past[at + this.seasons] as number;
    return (ratio + strength * prior) / (weight + strength);
  }
}

/** Level at which a row's ratios have half their full weight. */
const HALF_WEIGHT = 2;

/** How much units / level say, 0-1: their Poisson noise has variance 1 / level. */
export function trustIn(level: number): number {
  return level / (level + HALF_WEIGHT);
}

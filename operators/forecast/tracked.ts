// The levels at which distributions are calibrated, how fast, and reading between them.
import { normalQuantile } from '../stats/normal.js';

/** Both ends of the central intervals of 50, 80, 95 and 99 %, and the median. */
export const TRACKED = [0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.995] as const;

/** The same as standard normal quantiles. */
export const TRACKED_Z: readonly number[] = TRACKED.map(normalQuantile);

/** Tracked levels with 0 and 1 at the ends, between which others are read. */
export const TRACKED_ENDS = Float64Array.of(0, ...TRACKED, 1);

/** Probability in the tail outside of each level. */
const TAILS: readonly number[] = TRACKED.map((p) => Math.min(p, 1 - p));

/** Observations in a level's tail that its start weighs as. */
const START = 25;
/** Observations in a level's tail that its memory spans, once it is long enough. */
const MEMORY = 200;
/** Largest gain of one bucket, however many rows it has. */
const MOST = 0.2;
/** Least gain of one bucket, however few rows it has, at levels from .1 to .9. */
const LEAST = 0.01;

/**
 * Gain by which the mean miss of a bucket moves tracked level `i`: 1/n an observation at first, so
 * that all weigh alike, then a floor, so that what has changed is learned. Rows of a bucket have
 * their luck in common, so no bucket moves a level further than MOST, however many they are. Where
 * news is `late`, that luck would come back as often before it is seen to be over: MOST and LEAST
 * are divided by it.
 * @param gathered observations of the bucket, > 0
 * @param learned observations so far, these included
 * @param late buckets from a forecast to its observation, >= 1
 */
export function gainAt(i: number, gathered: number, learned: number, late = 1): number {
  const tail = TAILS[i] as number;
  const each = Math.max(1 / (learned + START / tail), tail / MEMORY);
  const least = (LEAST * Math.min(1, tail / 0.1)) / late;
  return Math.min(MOST / late, Math.max(gathered * each, least));
}

/** Share of [low, high] that lies under `at`; where they are the same, 1 from there on. */
export function shareBelow(at: number, low: number, high: number): number {
  if (at >= high) return 1;
  return at <= low ? 0 : (at - low) / (high - low);
}

/**
 * Piecewise linear through (x[i], y[i]), both rising; beyond the ends the outer pieces go on.
 * The arrays have the same length, at least 2.
 */
export function along(x: ArrayLike<number>, y: ArrayLike<number>, at: number): number {
  const last = x.length - 1;
  let i = 1;
  while (i < last && (x[i] as number) < at) i++;
  const x0 = x[i - 1] as number;
  const y0 = y[i - 1] as number;
  const slope = ((y[i] as number) - y0) / ((x[i] as number) - x0);
  return y0 + slope * (at - x0);
}

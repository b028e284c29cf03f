// Which rows a training looks at: those with enough buckets, drawn by a seed.

import { HELD_BACK, LEAST_SEEN } from '../../operators/forecast/neural/score.js';
import type { Recent } from '../../operators/forecast/recent.js';
import { randomFrom } from '../../operators/stats/random.js';

export interface RowChoice {
  readonly most: number;
  readonly seed: number;
  /** False: the row is left out. Without it all are looked at. */
  readonly isWanted?: (row: number) => boolean;
}

/** With fewer windows there is nothing that one network for all could learn from the others. */
export const FEWEST_WINDOWS = 32;

/** At most `most` of the rows that can be judged, in an order that the seed decides. */
export function trainingRows(
  recent: Recent,
  rows: number,
  { most, seed, isWanted = () => true }: RowChoice,
): Int32Array {
  const fit = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const isLong = recent.length(row) >= HELD_BACK + LEAST_SEEN;
    if (isLong && recent.scale(row) > 0 && isWanted(row)) fit[count++] = row;
  }
  const random = randomFrom(seed);
  const taken = Math.min(most, count);
  for (let i = 0; i < taken; i++) {
    const j = i + Math.floor(random() * (count - i));
    [fit[i], fit[j]] = [fit[j] as number, fit[i] as number];
  }
  return fit.slice(0, taken);
}

// Classes: ABC by value, XYZ by variability, that change only once a border is passed by a margin.

export type Abc = 'A' | 'B' | 'C';
export type Xyz = 'X' | 'Y' | 'Z';
/** Both together; '': no bucket of the row has closed yet; without XYZ: nothing was sold. */
export type DemandClass = '' | Abc | `${Abc}${Xyz}`;

/** Place of a class in its scale, 1 the first; 0: not classed yet. */
export type Rank = 0 | 1 | 2 | 3;

export const ABC: readonly Abc[] = ['A', 'B', 'C'];
export const XYZ: readonly Xyz[] = ['X', 'Y', 'Z'];

/** Measures at which the first class ends, and the second. */
export type Borders = readonly [number, number];

/** A scale of three classes of a measure >= 0. */
export interface Scale {
  readonly borders: Borders;
  /** What must be passed to get into a better class, and out of one: on both sides of `borders`. */
  readonly narrow: Borders;
  readonly wide: Borders;
  /** True: the first class has the greatest measures (ABC); false: the smallest (XYZ). */
  readonly isFalling: boolean;
}

/**
 * The class of a measure, with hysteresis: into a class nearer to the first one from its narrow
 * border on, out of it beyond its wide one. In between it stays what it was. Not classed yet: by
 * the borders themselves.
 * @throws RangeError for a measure below 0
 * @example
 *   const scale = { borders: [100, 10], narrow: [120, 12], wide: [80, 8], isFalling: true } as const;
 *   rankOf(110, scale, 2) // 2: still B; from 120 on A
 *   rankOf(90, scale, 1) // 1: still A; below 80 B
 */
export function rankOf(measure: number, scale: Scale, before: Rank): Rank {
  if (!(measure >= 0)) throw new RangeError(`measure must be >= 0, got ${measure}`);
  const { borders, narrow, wide, isFalling } = scale;
  if (before === 0) return plainRank(measure, borders, isFalling);
  const worst = plainRank(measure, narrow, isFalling);
  const best = plainRank(measure, wide, isFalling);
  return Math.min(worst, Math.max(best, before)) as Rank;
}

function plainRank(measure: number, [first, second]: Borders, isFalling: boolean): Rank {
  const isWithin = (border: number) => (isFalling ? measure >= border : measure <= border);
  if (isWithin(first)) return 1;
  return isWithin(second) ? 2 : 3;
}

// What a distribution is asked about, and between which of the learned horizons that lies.

/** Units of the buckets `from` … `to` behind the last closed one together; 1 is the next. */
export interface Target {
  readonly from: number;
  readonly to: number;
}

/** Horizons for which distributions are calibrated, in buckets; those in between are read off. */
export interface Horizons {
  readonly near: number;
  readonly far: number;
}

/** One bucket or a total, at one of the horizons. The next bucket is both. */
export const GROUPS = ['next', 'bucket-near', 'bucket-far', 'total-near', 'total-far'] as const;

/** A place between two groups: `weight` of the second, 1 - weight of the first. */
export interface Between {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

/** Between which groups a target lies, evenly on the scale of log buckets. */
export function between({ from, to }: Target, { near, far }: Horizons): Between {
  const buckets = from === to ? to : to - from + 1;
  const [nearGroup, farGroup] = from === to ? [1, 2] : [3, 4];
  if (buckets <= near) return { first: 0, second: nearGroup, weight: part(buckets, 1, near) };
  return { first: nearGroup, second: farGroup, weight: part(buckets, near, far) };
}

function part(at: number, low: number, high: number): number {
  return Math.min(1, Math.log(at / low) / Math.log(high / low));
}

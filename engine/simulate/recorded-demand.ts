// Recorded demand: order lines in time order, and what is known of each SKU-location.

/** Lengths of a bucket that the engine has, too. */
export const SIMULATED_BUCKETS = ['hour', 'day'] as const;
export type SimulatedBucket = (typeof SIMULATED_BUCKETS)[number];

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const BUCKET_MS: Readonly<Record<SimulatedBucket, number>> = { hour: HOUR_MS, day: DAY_MS };

/** One SKU at one location. */
export interface Series {
  readonly sku: string;
  readonly location: string;
  readonly category: string | null;
  /** Mean price of a unit; NaN: not known. */
  readonly price: number;
  /** Start of the bucket of its first demand (ms). */
  readonly firstMs: number;
}

export interface RecordedDemand {
  readonly bucket: SimulatedBucket;
  readonly series: readonly Series[];
  /** Whole days: start of the first one, and end of the last one (ms). */
  readonly fromMs: number;
  readonly toMs: number;
  readonly lines: Lines;
}

/** Order lines as columns, in time order. */
export interface Lines {
  /** Number of the series. */
  readonly series: Int32Array;
  readonly timeMs: Float64Array;
  /** > 0. */
  readonly units: Float64Array;
}

/** Number of the first line at or behind a time. */
export function firstLine({ timeMs }: Lines, fromMs: number): number {
  let low = 0;
  let high = timeMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeMs[middle] as number) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A part of the series, evenly apart in their order, so that it is the same each time.
 * @param count how many, >= 1; as many as there are, or more: all of them
 */
export function sampleOf(demand: RecordedDemand, count: number): RecordedDemand {
  const total = demand.series.length;
  if (count >= total) return demand;
  const chosen = new Int32Array(total).fill(-1);
  for (let i = 0; i < count; i++) chosen[Math.floor((i * total) / count)] = i;
  const { lines } = demand;
  const kept = lines.series.map((s) => ((chosen[s] as number) >= 0 ? 1 : 0));
  const isKept = (_: number, i: number): boolean => kept[i] === 1;
  return {
    ...demand,
    series: demand.series.filter((_, s) => (chosen[s] as number) >= 0),
    lines: {
      series: lines.series.filter(isKept).map((s) => chosen[s] as number),
      timeMs: lines.timeMs.filter(isKept),
      units: lines.units.filter(isKept),
    },
  };
}

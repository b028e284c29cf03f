// Fans: what the ensemble expected of a few series from one origin, kept for a picture.
import { DEMAND_PATTERNS, type DemandPattern } from '../../operators/demand/pattern.js';
import type { Target } from '../../operators/forecast/horizons.js';
import type { Contender } from './contender.js';
import type { Recording } from './recording.js';

/** Central intervals that a fan shows, widest first. */
export const FAN_LEVELS = [0.95, 0.8, 0.5] as const;

export interface Fan {
  readonly row: number;
  readonly pattern: DemandPattern;
  readonly contender: string;
  /** First bucket that is forecast. */
  readonly origin: number;
  readonly points: readonly number[];
  /** By level of FAN_LEVELS: lower and upper quantile of each bucket; empty without any. */
  readonly bands: readonly (readonly { readonly low: number; readonly high: number }[])[];
}

/** Of each pattern: the series that sold most, and the one in the middle. */
export function seriesToShow(
  recording: Recording,
  patterns: readonly DemandPattern[],
  leastBuckets: number,
): number[] {
  const totals = recording.series.map((_, row) => totalOf(recording, row));
  return DEMAND_PATTERNS.flatMap((pattern) => {
    const rows = [...patterns.keys()].filter((row) => {
      const length = recording.end(row) - recording.first(row);
      return patterns[row] === pattern && length >= leastBuckets;
    });
    rows.sort((a, b) => (totals[b] as number) - (totals[a] as number) || a - b);
    const shown = [rows[0], rows[Math.floor(rows.length / 2)]];
    return [...new Set(shown)].filter((row) => row !== undefined);
  });
}

/** Null while the contender is cold. */
export function fanOf(
  contender: Contender,
  at: { readonly row: number; readonly origin: number; readonly pattern: DemandPattern },
  horizon: number,
): Fan | null {
  const points = new Float64Array(horizon);
  if (!contender.predict(at.row, horizon, points)) return null;
  const targets: Target[] = Array.from({ length: horizon }, (_, h) => ({ from: h + 1, to: h + 1 }));
  const bands = FAN_LEVELS.map((level) =>
    targets.flatMap((target, h) => {
      const distribution = contender.distribution(at.row, target, points[h] as number);
      if (distribution === null) return [];
      const low = distribution.quantile((1 - level) / 2);
      return [{ low, high: distribution.quantile((1 + level) / 2) }];
    }),
  );
  return { ...at, contender: contender.name, points: [...points], bands };
}

function totalOf(recording: Recording, row: number): number {
  let total = 0;
  for (let bucket = recording.first(row); bucket < recording.end(row); bucket++) {
    total += recording.units(row, bucket) || 0;
  }
  return total;
}

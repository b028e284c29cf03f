// The forecasts of an explanation: of the next bucket and of spans, and what each is made of.
import { HORIZONS } from '../../operators/forecast/forecast.js';
import { TRACKED } from '../../operators/forecast/tracked.js';
import type { Core } from '../core.js';

/** Quantiles that are told. */
export const QUANTILES = [0.1, 0.5, 0.9, 0.95, 0.99] as const;

/** Units of the next `buckets` behind the last closed one, in all. */
export interface TargetForecast {
  readonly buckets: number;
  readonly mean: number;
  /** Units by level of `QUANTILES`. */
  readonly quantiles: Readonly<Record<string, number>>;
  readonly distribution: DistributionParts;
}

/** Zero with 1 - chance, else of a size whose log has this mean and spread, before its shape. */
export interface DistributionParts {
  readonly chanceOfDemand: number;
  readonly logMean: number;
  readonly logSd: number;
  readonly isWhole: boolean;
  /** Standardised log size at each tracked level: what rows of such a chance really spread like. */
  readonly shape: Readonly<Record<string, number>>;
  /** Level that is really asked for each tracked one, so that it holds. */
  readonly asked: Readonly<Record<string, number>>;
}

/** Spans that are explained: a week, two, four; a day and a week of hours. */
const SPANS = {
  day: [1, HORIZONS.day.near, 14, HORIZONS.day.far],
  hour: [1, HORIZONS.hour.near, HORIZONS.hour.far],
} as const;

/** Of the next bucket first; empty: cold. */
export function targetForecasts(core: Core, row: number): TargetForecast[] {
  const spans = SPANS[core.settings.demand.bucket];
  const path = new Float64Array(Math.max(...spans));
  if (!core.forecast.predict(row, path.length, path)) return [];
  return spans.map((buckets) => {
    const mean = path.subarray(0, buckets).reduce((sum, units) => sum + units, 0);
    const made = core.forecast.distribution(row, { from: 1, to: buckets }, mean);
    const { chance, logMean, logSd, isWhole, z, asked } = made;
    return {
      ...{ buckets, mean },
      quantiles: byLevel(QUANTILES, (level) => made.quantile(level)),
      distribution: {
        ...{ chanceOfDemand: chance, logMean, logSd, isWhole },
        shape: byLevel(TRACKED, (_, i) => z[i] as number),
        // Its first one is level 0.
        asked: byLevel(TRACKED, (_, i) => asked[i + 1] as number),
      },
    };
  });
}

function byLevel(
  levels: readonly number[],
  of: (level: number, i: number) => number,
): Record<string, number> {
  return Object.fromEntries(levels.map((level, i) => [String(level), of(level, i)]));
}

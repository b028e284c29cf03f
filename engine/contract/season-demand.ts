// Demand of a season as the engine forecasts it: the coming days of a SKU at a location.
import type { DemandDistribution } from '../../operators/stats/demand-distribution.js';
import { QuantileDemand } from '../../operators/stats/quantile-demand.js';
import type { Core } from '../core.js';

/** Levels at which the forecast is asked. */
const LEVELS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995,
] as const;

/** Over the next `days`, whole buckets; null: there is no forecast yet. */
export function seasonDemand(core: Core, row: number, days: number): DemandDistribution | null {
  const { forecast } = core;
  const buckets = Math.max(1, Math.round(days / forecast.bucketDays));
  const path = new Float64Array(buckets);
  if (!forecast.predict(row, buckets, path)) return null;
  const mean = path.reduce((sum, units) => sum + units, 0);
  const made = forecast.distribution(row, { from: 1, to: buckets }, mean);
  return new QuantileDemand(
    LEVELS,
    LEVELS.map((level) => made.quantile(level)),
  );
}

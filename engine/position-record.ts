// The final state of a SKU-location, as `positions.ndjson` holds it.
import type { Abc } from '../operators/demand/classes.js';
import type { Core } from './core.js';

/** Quantiles of a bucket's demand that are written. */
const LEVELS = [0.1, 0.5, 0.9, 0.95, 0.99] as const;

/** All quantities and figures of a row; null where a figure is not known. */
export function positionRecord(core: Core, row: number, abc: readonly Abc[]) {
  const { table, ledger, demand, replenish, stockAlerts } = core;
  return {
    sku: table.sku(row),
    location: table.location(row),
    ...ledger.positions.read(row),
    daysOfCover: known(stockAlerts.daysOfCover(row)),
    abc: abc[row],
    xyz: demand.statistics.xyz(row),
    demandPerDay: known(replenish.demandPerDay(row)),
    forecast: forecastOf(core, row),
  };
}

/** Means of the next buckets behind the last closed one, with their quantiles; null: cold. */
function forecastOf({ forecast, settings }: Core, row: number) {
  const mean = new Float64Array(settings.forecast.horizon);
  if (!forecast.predict(row, mean.length, mean)) return null;
  const quantiles: Record<string, number[]> = {};
  for (const level of LEVELS) quantiles[String(level)] = [];
  mean.forEach((expected, h) => {
    const target = { from: h + 1, to: h + 1 };
    const distribution = forecast.distribution(row, target, expected);
    for (const level of LEVELS) quantiles[String(level)]?.push(distribution.quantile(level));
  });
  return { mean: [...mean], quantiles };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

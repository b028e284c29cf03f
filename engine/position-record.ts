// The final state of a SKU-location, as `positions.ndjson` holds it.
import type { Abc } from '../operators/demand/classes.js';
import { normalQuantile } from '../operators/stats/normal.js';
import type { Core } from './core.js';

/** Quantiles of a bucket's demand that are written. */
const LEVELS = [0.1, 0.5, 0.9, 0.95, 0.99] as const;
const Z = LEVELS.map((level) => normalQuantile(level));

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

/** Means of the next buckets behind the last closed one, with normal quantiles; null: cold. */
function forecastOf(core: Core, row: number) {
  const mean = new Float64Array(core.settings.forecast.horizon);
  if (!core.forecast.predict(row, mean.length, mean)) return null;
  const sd = core.forecast.errorSd(row);
  const quantiles = LEVELS.map((level, i) => {
    const half = (Z[i] as number) * sd;
    return [String(level), Array.from(mean, (m) => Math.max(0, m + half))] as const;
  });
  return { mean: [...mean], quantiles: Object.fromEntries(quantiles) };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

// Key figures of the whole run: service, stockouts, turnover, holding cost.
import type { Core } from './core.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** A week has each weekday once; what a shorter run says of a year is noise, up to 1e9 of it. */
export const SHORTEST_FOR_A_YEAR_DAYS = 7;

export interface Kpis {
  /** Share of ordered units that the shelf could cover at once, 0-1; null without demand. */
  readonly fillRate: number | null;
  /** Share of SKU-location time without stock to sell, 0-1; null while no stock is known. */
  readonly stockoutRate: number | null;
  /** Longest time that the stock of a SKU-location was known, days of stream time. */
  readonly observedDays: number;
  /** Units filled a year over average units on hand; null without stock or under 7 days of it. */
  readonly turnover: number | null;
  /** Cost of holding what was on hand, over the whole run, where unit costs are known. */
  readonly holdingCost: number;
}

export function kpisOf(core: Core): Kpis {
  const { table, demand, ledger, catalog, clock } = core;
  let totalMs = 0;
  let longestMs = 0;
  let stockedMs = 0;
  let unitMs = 0;
  let holdingCost = 0;
  for (let row = 0; row < table.rows; row++) {
    const exposure = demand.exposure.totals(row, clock.streamTimeMs);
    totalMs += exposure.totalMs;
    longestMs = Math.max(longestMs, exposure.totalMs);
    stockedMs += exposure.stockedMs;
    unitMs += exposure.unitMs;
    const { unitCost, holdingRate } = catalog.of(row);
    const unitYears = exposure.unitMs / YEAR_MS;
    if (!Number.isNaN(unitCost)) holdingCost += unitYears * unitCost * holdingRate;
  }
  const { demandedUnits, filledUnits } = ledger.orders;
  const isLong = longestMs >= SHORTEST_FOR_A_YEAR_DAYS * DAY_MS;
  return {
    fillRate: demandedUnits > 0 ? filledUnits / demandedUnits : null,
    stockoutRate: totalMs > 0 ? 1 - stockedMs / totalMs : null,
    observedDays: longestMs / DAY_MS,
    turnover: isLong && unitMs > 0 ? (filledUnits * YEAR_MS) / unitMs : null,
    holdingCost,
  };
}

// Figures of a simulated run: service, stock and cost of a group of series.
import type { Measures } from './measures.js';
import { DAY_MS, type Series } from './recorded-demand.js';

const YEAR_MS = 365 * DAY_MS;

export interface Prices {
  readonly orderingCost: number;
  /** Cost of holding for a year, as a share of a unit's cost. */
  readonly holdingRate: number;
  /** Cost of a unit that was not there when it was asked for, as a share of its cost. */
  readonly shortageRate: number;
}

export interface Figures {
  readonly series: number;
  readonly demanded: number;
  /** Share of units that were on the shelf when asked for; null: nobody asked. */
  readonly fillRate: number | null;
  /** Order cycles, and the share of them in which nobody came in vain; null: there was none. */
  readonly cycles: number;
  readonly cycleService: number | null;
  /** Share of time with an empty shelf, and days of it, over all series. */
  readonly stockoutShare: number;
  readonly stockoutDays: number;
  /** Units that waited, times the days that they did. */
  readonly shortUnitDays: number;
  /** Units on hand, and their value, of all series together. */
  readonly averageStock: number;
  readonly averageValue: number;
  /** Value delivered from the shelf a year / average value; null: there was no stock. */
  readonly turnover: number | null;
  readonly orders: number;
  /** All costs are of the time measured. */
  readonly holdingCost: number;
  readonly orderingCost: number;
  readonly shortageCost: number;
  readonly cost: number;
}

/** What nobody told a price of costs 1. */
export function unitCost({ price }: Series): number {
  return price > 0 ? price : 1;
}

export function figuresOf(measures: Measures, { series, prices, members }: Group): Figures {
  const sum = { demanded: 0, filled: 0, cycles: 0, clean: 0, empty: 0, time: 0, short: 0 };
  const stock = { units: 0, value: 0, filledAYear: 0, heldYears: 0, shortValue: 0, orders: 0 };
  let count = 0;
  for (const s of members) {
    const time = measures.of('measuredMs', s);
    if (!(time > 0)) continue;
    count++;
    const cost = unitCost(series[s] as Series);
    const demanded = measures.of('demanded', s);
    const filled = measures.of('filled', s);
    const onHandMs = measures.of('onHandMs', s);
    sum.demanded += demanded;
    sum.filled += filled;
    sum.cycles += measures.of('cycles', s);
    sum.clean += measures.of('cleanCycles', s);
    sum.empty += measures.of('emptyMs', s);
    sum.time += time;
    sum.short += measures.of('waitingMs', s);
    stock.units += onHandMs / time;
    stock.value += (cost * onHandMs) / time;
    stock.filledAYear += (cost * filled * YEAR_MS) / time;
    stock.heldYears += (cost * onHandMs) / YEAR_MS;
    stock.shortValue += cost * (demanded - filled);
    stock.orders += measures.of('orders', s);
  }
  const holdingCost = prices.holdingRate * stock.heldYears;
  const orderingCost = prices.orderingCost * stock.orders;
  const shortageCost = prices.shortageRate * stock.shortValue;
  return {
    series: count,
    demanded: sum.demanded,
    fillRate: share(sum.filled, sum.demanded),
    cycles: sum.cycles,
    cycleService: share(sum.clean, sum.cycles),
    stockoutShare: share(sum.empty, sum.time) ?? 0,
    stockoutDays: sum.empty / DAY_MS,
    shortUnitDays: sum.short / DAY_MS,
    averageStock: stock.units,
    averageValue: stock.value,
    turnover: share(stock.filledAYear, stock.value),
    orders: stock.orders,
    ...{ holdingCost, orderingCost, shortageCost },
    cost: holdingCost + orderingCost + shortageCost,
  };
}

export interface Group {
  readonly series: readonly Series[];
  readonly prices: Prices;
  /** Numbers of the series that are counted. */
  readonly members: Iterable<number>;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

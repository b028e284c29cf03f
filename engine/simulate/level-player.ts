// Policies to compare with: levels from a formula, checked after each demand and each bucket.

import { safetyStockForFillRate } from '../../operators/replenish/safety-stock.js';
import { normalQuantile } from '../../operators/stats/normal.js';
import type { Player } from './play.js';
import { DAY_MS, type RecordedDemand } from './recorded-demand.js';
import { type Measured, Openings } from './span.js';
import type { Stock } from './stock.js';
import type { Outlook } from './teacher.js';

/** Reorder point and order-up-to level of each series, as they are now. */
export interface Levels {
  reorderPoint(s: number): number;
  orderUpTo(s: number): number;
}

export class LevelPlayer implements Player {
  private readonly openings: Openings;

  constructor(
    readonly stock: Stock,
    private readonly levels: Levels,
    measured: Measured,
    private readonly outlook: Outlook,
  ) {
    this.openings = new Openings(measured);
  }

  advance(toMs: number): void {
    while (this.stock.receive(toMs) !== null);
  }

  tick(atMs: number): void {
    for (const s of this.openings.take(atMs)) {
      // Nothing where no level is known yet.
      this.stock.open(s, atMs, Math.max(0, this.levels.orderUpTo(s)) || 0);
    }
    for (const s of this.outlook.closed) this.review(s, atMs);
  }

  demand(s: number, atMs: number, units: number): void {
    if (!this.stock.isOpen(s)) return;
    this.stock.take(s, atMs, units);
    this.review(s, atMs);
  }

  private review(s: number, atMs: number): void {
    if (!this.stock.isOpen(s)) return;
    const position = this.stock.position(s);
    if (position > this.levels.reorderPoint(s)) return;
    const units = Math.ceil(this.levels.orderUpTo(s) - position);
    if (units > 0) this.stock.order(s, atMs, units);
  }
}

export interface Service {
  readonly kind: 'cycle' | 'fill';
  readonly level: number;
}

/**
 * Normal theory with the engine's own mean forecast, error and lot: reorder point = mean + z sd
 * over the lead time; order-up-to level = reorder point + lot.
 */
export function normalLevels(outlook: Outlook, { kind, level }: Service): Levels {
  const z = normalQuantile(level);
  const reorderPoint = (s: number): number => {
    const sd = outlook.sd[s] as number;
    const buffer =
      kind === 'cycle' ? z * sd : safetyStockForFillRate(level, sd, outlook.lot[s] as number);
    return Math.max(0, (outlook.mean[s] as number) + buffer);
  };
  return {
    reorderPoint,
    orderUpTo: (s) => Math.ceil(reorderPoint(s) + (outlook.lot[s] as number)),
  };
}

/** Units a day of each series from its first demand to its start. */
export function averagesBefore(demand: RecordedDemand, { startMs }: Measured): Float64Array {
  const perDay = new Float64Array(demand.series.length);
  const { lines } = demand;
  for (let i = 0; i < lines.series.length; i++) {
    const s = lines.series[i] as number;
    if ((lines.timeMs[i] as number) >= (startMs[s] as number)) continue;
    perDay[s] = (perDay[s] as number) + (lines.units[i] as number);
  }
  return perDay.map((units, s) => {
    const days = ((startMs[s] as number) - (demand.series[s]?.firstMs as number)) / DAY_MS;
    return units / days;
  });
}

/**
 * Naive: min = average demand a day x (lead time + safety days), max = min + lot; both stand from
 * the first day on.
 * @param lots units, by series
 */
export function minMaxLevels(
  perDay: Float64Array,
  days: { readonly leadTime: number; readonly safety: number },
  lots: Float64Array,
): Levels {
  const min = (s: number): number => (perDay[s] as number) * (days.leadTime + days.safety);
  return { reorderPoint: min, orderUpTo: (s) => Math.ceil(min(s) + (lots[s] as number)) };
}

// The needs that compete for money, room and supply: open reorder signals, and what is planned next.
import { formatTime } from '../../operators/events/time.js';
import type { AllocationNeed } from '../../operators/replenish/allocate.js';
import { leadTimeOf } from '../../operators/replenish/lead-time.js';
import { LeadTimeDemand } from '../../operators/replenish/lead-time-demand.js';
import {
  type OrderParts,
  orderPoints,
  orderValue,
  smallestOrder,
} from '../../operators/replenish/order-worth.js';
import { isPeriodic, needOf } from '../../operators/replenish/policy.js';
import type { Terms } from '../../operators/replenish/terms.js';
import type { Core } from '../core.js';

/** A need as it was asked for; in the order of the problem's needs. */
export interface Asked {
  readonly row: number;
  /** Id of the open signal; null: planned, to be asked for at the next review. */
  readonly signal: string | null;
}

/** A need that cannot be weighed against others. */
export interface LeftOut {
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  readonly reason: string;
}

export interface OpenNeeds {
  /** Stream time, RFC 3339; null: no event yet. */
  readonly asOf: string | null;
  readonly needs: readonly AllocationNeed[];
  readonly asked: readonly Asked[];
  readonly leftOut: readonly LeftOut[];
}

/** Most buckets ahead that are forecast one by one, as for the reorder point. */
const MAX_HORIZON = 400;

/** Of a core between two batches. Reads only. */
export function openNeeds(core: Core): OpenNeeds {
  const { streamTimeMs } = core.clock;
  const [needs, asked, leftOut]: [AllocationNeed[], Asked[], LeftOut[]] = [[], [], []];
  const take = (row: number, quantity: number, signal: string | null): void => {
    const made = needOfRow(core, row, quantity);
    const where = { sku: core.table.sku(row), location: core.table.location(row) };
    if (typeof made === 'string') leftOut.push({ ...where, quantity, reason: made });
    else {
      needs.push(made);
      asked.push({ row, signal });
    }
  };
  for (const [row, { quantity, id }] of core.replenish.open.entries()) take(row, quantity, id);
  for (const { row, quantity } of planned(core, streamTimeMs)) take(row, quantity, null);
  const asOf = Number.isFinite(streamTimeMs) ? formatTime(streamTimeMs) : null;
  return { asOf, needs, asked, leftOut };
}

/** What periodic review is going to ask for: due already, and not asked for before its day. */
function* planned(core: Core, nowMs: number): Iterable<{ row: number; quantity: number }> {
  const { table, catalog, replenish, ledger } = core;
  for (let row = 0; row < table.rows; row++) {
    if (!isPeriodic(catalog.of(row)) || replenish.open.get(row) !== undefined) continue;
    const plan = replenish.plan(row, nowMs);
    if (plan === null) continue;
    const need = needOf(plan.terms, plan.levels, ledger.positions.inventoryPosition(row));
    if (need !== null) yield { row, quantity: need.quantity };
  }
}

/** A text: why it cannot be weighed. */
function needOfRow(core: Core, row: number, quantity: number): AllocationNeed | string {
  const { catalog, ledger, table } = core;
  const terms = catalog.of(row);
  const { unitCost, unitPrice } = terms;
  const volume = catalog.volumeOf(row);
  if (Number.isNaN(unitCost)) return 'the catalog names no unit cost';
  if (Number.isNaN(unitPrice)) return 'the catalog names no unit price';
  const demand = exposure(core, row);
  if (demand === null) return 'there is no forecast yet';
  const position = ledger.positions.inventoryPosition(row);
  const isBackordersFirst = core.settings.allocation.mustOrder === 'backorders';
  const parts = {
    planned: quantity,
    ...partsOf(terms, quantity),
    must: isBackordersFirst ? Math.min(quantity, Math.max(0, -position)) : 0,
  };
  const worth = {
    loss: (units: number) => demand.loss(units),
    ...{
      position,
      margin: unitPrice - unitCost,
      orderingCost: terms.orderingCost,
      planned: quantity,
    },
  };
  const quantities = orderPoints(parts);
  return {
    ...{ sku: table.sku(row), location: table.location(row), supplier: terms.supplier ?? null },
    ...{ unitCost, volume: Number.isNaN(volume) ? 0 : volume, pack: parts.pack, quantities },
    smallest: smallestOrder(parts),
    worth: quantities.map((units) => orderValue(worth, units)),
  };
}

/** Without packs whole units are one each, unless what is asked for has parts of one. */
function partsOf(terms: Terms, quantity: number): Pick<OrderParts, 'minimum' | 'pack'> {
  const { minimumOrderQuantity: minimum, packSize } = terms;
  return { minimum, pack: packSize > 0 ? packSize : Number.isInteger(quantity) ? 1 : 0 };
}

/**
 * Demand until an order is there, by the lead time that the row is planned by; with periodic review,
 * until the one after it is. Null: cold.
 */
function exposure(core: Core, row: number): LeadTimeDemand | null {
  const { forecast, catalog, replenish } = core;
  const { planning } = replenish;
  const mean = planning.leadTimes.exposedBuckets(row, catalog.of(row));
  const leadTime = leadTimeOf(mean, planning.terms(row).leadTimeSdDays / forecast.bucketDays);
  const longest = leadTime.buckets.at(-1) as number;
  const path = new Float64Array(Math.min(MAX_HORIZON, Math.max(1, Math.ceil(longest)) + 1));
  if (!forecast.predict(row, path.length, path)) return null;
  const demand = new LeadTimeDemand();
  demand.set(leadTime, path, (target, expected, into) =>
    forecast.distribution(row, target, expected, into),
  );
  return demand;
}

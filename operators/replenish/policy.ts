// Policies: from terms and lead-time demand to reorder point, order-up-to level and quantity.
import { economicOrderQuantity } from './lot-size.js';
import { type Rounded, roundOrder } from './rounding.js';
import {
  levelForCycleService,
  orderUpToForFillRate,
  reorderPointForFillRate,
  type ServedDemand,
} from './service-level.js';
import type { Terms } from './terms.js';

const YEAR_DAYS = 365;

/** Demand over the lead time (for RS: over review period and lead time). */
export interface LeadTimeMoments {
  /** Units. */
  readonly mean: number;
  readonly sd: number;
  /** Expected units a day. */
  readonly perDay: number;
}

/** Demand that stock must last for. */
export interface DemandAhead {
  /** Over the lead time; under RS over review period and lead time. */
  readonly exposed: ServedDemand;
  /** Over the lead time alone, under RS; else the same. */
  readonly overLeadTime: ServedDemand;
  /** Expected units a day. */
  readonly perDay: number;
  /** Units by which one order line takes the position below a reorder point, on average; >= 0. */
  readonly undershoot: number;
}

/** What is held and ordered beside the expected demand; stands until the row's next bucket. */
export interface Buffers {
  /** Units above mean lead-time demand that the service level takes. */
  readonly safetyStock: number;
  /** Units by which one order line takes the position below the reorder point, on average. */
  readonly undershoot: number;
  /** Lot of an sQ policy, and distance of the two levels of an sS policy where not given. */
  readonly orderQuantity: number;
}

export interface Levels extends Buffers {
  readonly reorderPoint: number;
  readonly orderUpToLevel: number;
}

/**
 * Order quantity = EOQ, or `coverDays` of demand where costs are unknown, up to whole units, at
 * least 1. Safety stock = the level that the service asks for, less the mean. Under RS, where
 * nothing is ordered between reviews, nothing undershoots.
 */
export function buffersOf(terms: Terms, demand: DemandAhead): Buffers {
  const orderQuantity = orderQuantityOf(terms, demand.perDay);
  return {
    safetyStock: levelFor(terms, demand, orderQuantity) - demand.exposed.mean,
    undershoot: terms.policy === 'RS' ? 0 : demand.undershoot,
    orderQuantity,
  };
}

/**
 * Reorder point = mean lead-time demand + safety stock + undershoot; order-up-to level = reorder
 * point + order quantity, up to whole units. RS: the order-up-to level is mean + safety stock over
 * review period and lead time, and an order is due as soon as one unit is missing from it. Values
 * given in the terms win; a computed reorder point stays below a given order-up-to level, and the
 * order-up-to level above the reorder point.
 */
export function levelsOf(terms: Terms, demand: LeadTimeMoments, buffers: Buffers): Levels {
  const target = demand.mean + buffers.safetyStock;
  if (terms.policy === 'RS') {
    const upTo = given(terms.orderUpToLevel, Math.ceil(target));
    return { ...buffers, reorderPoint: upTo - 1, orderUpToLevel: upTo };
  }
  const computed = Math.min(
    target + buffers.undershoot,
    given(terms.orderUpToLevel, Number.POSITIVE_INFINITY) - 1,
  );
  const reorderPoint = given(terms.reorderPoint, computed);
  const wanted = given(terms.orderUpToLevel, Math.ceil(reorderPoint + buffers.orderQuantity));
  // A given level at or below a given reorder point would order nothing, for ever.
  const upTo = Math.max(wanted, Math.floor(reorderPoint) + 1);
  return { ...buffers, reorderPoint, orderUpToLevel: upTo };
}

/** What a row is replenished by now. */
export interface Plan {
  readonly terms: Terms;
  readonly demand: LeadTimeMoments;
  readonly levels: Levels;
}

/** A need: what the policy asks for, before rounding, and what each step of rounding added. */
export interface Need extends Rounded {
  /** Units from the position to the reorder point; what is needed beyond is the lot's. */
  readonly shortfall: number;
  readonly lot: number;
}

/**
 * What to order at `position`; null: nothing is due. Due at or below the reorder point. The
 * quantity lifts the position strictly above the reorder point: sQ by the smallest whole multiple
 * of the order quantity, sS and RS up to the order-up-to level; then it is rounded.
 */
export function needOf(terms: Terms, levels: Levels, position: number): Need | null {
  const shortfall = levels.reorderPoint - position;
  if (!(shortfall >= 0)) return null;
  const isLots = terms.policy === 'sQ';
  const wanted = isLots
    ? (Math.floor(shortfall / levels.orderQuantity) + 1) * levels.orderQuantity
    : levels.orderUpToLevel - position;
  const rounded = roundOrder(wanted, {
    minimum: terms.minimumOrderQuantity,
    pack: terms.packSize,
    isWhole: isWhole(terms, position),
    cap: (isLots ? given(terms.orderUpToLevel, Infinity) : levels.orderUpToLevel) - position,
    trigger: shortfall,
    above: terms.aboveOrderUpTo,
  });
  return { ...rounded, shortfall, lot: wanted - shortfall };
}

/** Only whole units are ordered, unless the stock or what was given has parts of one. */
function isWhole(terms: Terms, position: number): boolean {
  const { minimumOrderQuantity, packSize, orderQuantity, orderUpToLevel } = terms;
  const said = [position, minimumOrderQuantity, packSize, orderQuantity, orderUpToLevel];
  return said.every((units) => Number.isNaN(units) || Number.isInteger(units));
}

/** Null: the policy may raise a signal. Otherwise why it never does. */
export function notReplenished(terms: Terms): 'discontinued' | 'policy' | null {
  if (terms.isDiscontinued) return 'discontinued';
  return terms.policy === 'none' || terms.policy === 'vmi' ? 'policy' : null;
}

function orderQuantityOf(terms: Terms, perDay: number): number {
  if (!Number.isNaN(terms.orderQuantity)) return terms.orderQuantity;
  const holdingCost = terms.holdingRate * terms.unitCost;
  const isCosted = holdingCost > 0 && terms.orderingCost > 0;
  const units = isCosted
    ? economicOrderQuantity(terms.orderingCost, holdingCost, Math.max(0, perDay) * YEAR_DAYS)
    : perDay * terms.coverDays;
  return Math.max(1, Math.ceil(units));
}

/** Units that must be there for the service level that is asked for. */
function levelFor(terms: Terms, demand: DemandAhead, lot: number): number {
  const { kind, level } = terms.service;
  const { exposed, overLeadTime } = demand;
  if (kind === 'cycle') return levelForCycleService(exposed, level);
  if (terms.policy !== 'RS') return reorderPointForFillRate({ demand: exposed, lot }, level);
  // Without any demand in the review period there is nothing to fill.
  if (!(exposed.mean > overLeadTime.mean)) return exposed.mean;
  return orderUpToForFillRate({ overLeadTime, overReviewAndLeadTime: exposed }, level);
}

function given(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

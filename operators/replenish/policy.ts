// Policies: from terms and lead-time demand to reorder point, order-up-to level and quantity.

import type { DemandDistribution } from '../stats/demand-distribution.js';
import { type CostDemand, cheapestLevels } from './cost-levels.js';
import { newsvendorQuantity } from './newsvendor.js';
import { type LotDemand, orderQuantityOf } from './order-lots.js';
import { type Rounded, roundOrder } from './rounding.js';
import {
  levelForCycleService,
  orderUpToForFillRate,
  reorderPointForFillRate,
  type ServedDemand,
} from './service-level.js';
import type { Terms } from './terms.js';
import { DemandAndUndershoot, type Undershoot } from './undershoot.js';

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
  /** Over the lead time; under periodic review over review period and lead time. */
  readonly exposed: ServedDemand;
  /** Over the lead time alone. */
  readonly overLeadTime: ServedDemand;
  readonly costs: CostDemand;
  readonly lot: LotDemand;
  /** Over the shelf life; null: it keeps. */
  readonly overShelfLife: DemandDistribution | null;
  /** How far one order line takes the position below a reorder point. */
  readonly undershoot: Undershoot;
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

/** True: positions are looked at from time to time alone. */
export function isPeriodic({ policy }: Terms): boolean {
  return policy === 'RS' || policy === 'RsS';
}

/**
 * Safety stock = the level that the service asks for, less the mean of the exposed demand; where
 * waiting has a price, level and order quantity of the cheapest policy. Where nothing is ordered
 * between reviews, nothing undershoots. Goods that expire: no level is beyond what can be sold
 * over the shelf life at a profit, the newsvendor quantity.
 */
export function buffersOf(terms: Terms, demand: DemandAhead): Buffers {
  const { exposed } = demand;
  const undershoot = isPeriodic(terms) ? 0 : demand.undershoot.mean;
  const lot = orderQuantityOf(terms, demand.lot);
  const upTo = mostUsable(terms, demand.overShelfLife);
  if (terms.service.kind === 'cost') {
    const { reorderPoint, orderQuantity } = cheapestLevels(terms, demand.costs);
    const isGiven = !Number.isNaN(terms.orderQuantity);
    const quantity = isGiven ? lot : Math.max(1, Math.ceil(orderQuantity));
    return within(upTo, exposed.mean, {
      safetyStock: reorderPoint - exposed.mean,
      undershoot: terms.policy === 'sQ' ? undershoot : 0,
      orderQuantity: quantity,
    });
  }
  const safetyStock = levelFor(terms, demand, lot) - exposed.mean - undershoot;
  return within(upTo, exposed.mean, { safetyStock, undershoot, orderQuantity: lot });
}

/** Buffers that reach to `upTo` units at most: less in a lot first, then less held. */
function within(upTo: number, mean: number, buffers: Buffers): Buffers {
  const { safetyStock, undershoot, orderQuantity } = buffers;
  if (mean + safetyStock + undershoot + orderQuantity <= upTo) return buffers;
  const level = Math.min(mean + safetyStock + undershoot, Math.max(0, upTo - 1));
  return {
    safetyStock: level - undershoot - mean,
    undershoot,
    orderQuantity: Math.max(1, Math.floor(upTo - level)),
  };
}

/** Units that are likely enough to be sold before they expire; Infinity: they keep. */
function mostUsable(terms: Terms, overShelfLife: DemandDistribution | null): number {
  if (overShelfLife === null) return Number.POSITIVE_INFINITY;
  const { unitCost, unitPrice, salvageValue } = terms;
  const overageCost = unitCost - salvageValue;
  const underageCost = unitPrice - unitCost;
  // Without prices as many as will be sold in half of all cases.
  if (!(overageCost > 0 && underageCost > 0)) return overShelfLife.quantile(0.5);
  return newsvendorQuantity(overShelfLife, { overageCost, underageCost });
}

/**
 * Reorder point = mean exposed demand + safety stock + undershoot; order-up-to level = reorder
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

/**
 * Units that must be there for the service level that is asked for, those that the order line which
 * makes an order due takes at once among them.
 */
function levelFor(terms: Terms, demand: DemandAhead, lot: number): number {
  const { kind, level } = terms.service;
  const { overLeadTime } = demand;
  const exposed = isPeriodic(terms)
    ? demand.exposed
    : new DemandAndUndershoot(demand.exposed, demand.undershoot);
  if (kind !== 'fill') return levelForCycleService(exposed, level);
  if (terms.policy !== 'RS') return reorderPointForFillRate({ demand: exposed, lot }, level);
  // Without any demand in the review period there is nothing to fill.
  if (!(exposed.mean > overLeadTime.mean)) return exposed.mean;
  return orderUpToForFillRate({ overLeadTime, overReviewAndLeadTime: exposed }, level);
}

function given(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

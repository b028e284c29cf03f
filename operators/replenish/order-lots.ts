// Order lots: how much one order brings, by what the item's terms say of costs, prices and plans.
import { silverMeal, wagnerWhitin } from './dynamic-lots.js';
import { economicOrderQuantity } from './lot-size.js';
import { allUnitsDiscount, incrementalDiscount } from './quantity-discounts.js';
import type { Terms } from './terms.js';

const YEAR_DAYS = 365;

/** Expected demand that a lot is to cover. */
export interface LotDemand {
  /** Units a day. */
  readonly perDay: number;
  /** Expected units of each coming bucket behind the lead time. */
  readonly path: ArrayLike<number>;
  /** Days of a bucket. */
  readonly bucketDays: number;
}

/**
 * The order quantity that was given; else, where costs are known, the lot that is cheapest: by the
 * item's discounts, by Wagner-Whitin or Silver-Meal over the coming buckets where its lot sizing
 * says so, or the EOQ; else `coverDays` of demand. Up to whole units, at least 1.
 */
export function orderQuantityOf(terms: Terms, demand: LotDemand): number {
  if (!Number.isNaN(terms.orderQuantity)) return terms.orderQuantity;
  return Math.max(1, Math.ceil(lotOf(terms, demand) - 1e-9));
}

function lotOf(terms: Terms, demand: LotDemand): number {
  const { orderingCost, holdingRate, unitCost, discounts, coverDays } = terms;
  const perDay = Math.max(0, demand.perDay);
  const demandPerYear = perDay * YEAR_DAYS;
  const isCosted = holdingRate > 0 && unitCost > 0 && orderingCost > 0;
  if (!isCosted || demandPerYear === 0) return perDay * coverDays;
  if (discounts !== null) {
    const { kind, tiers } = discounts;
    const best = kind === 'allUnits' ? allUnitsDiscount : incrementalDiscount;
    const [lot] = best({ orderingCost, holdingRate, demandPerYear, tiers });
    if (lot !== undefined) return lot.quantity;
  }
  if (terms.lotSizing !== 'economic') return plannedLot(terms, demand);
  return economicOrderQuantity(orderingCost, holdingRate * unitCost, demandPerYear);
}

/** The first lot of the plan over the coming buckets. */
function plannedLot(terms: Terms, { path, bucketDays }: LotDemand): number {
  const { orderingCost, holdingRate, unitCost, lotSizing } = terms;
  const demands = Array.from(path, (units) => Math.max(0, units));
  const costs = { orderingCost, holdingCost: (holdingRate * unitCost * bucketDays) / YEAR_DAYS };
  const plan =
    lotSizing === 'silverMeal' ? silverMeal(demands, costs) : wagnerWhitin(demands, costs);
  return plan.orders.find((units) => units > 0) ?? 0;
}

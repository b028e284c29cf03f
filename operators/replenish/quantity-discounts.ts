// Quantity discounts: the lot where the price of a unit falls with the quantity ordered.
import { economicOrderQuantity, type Lot } from './lot-size.js';

/** A price and the quantity from which it holds. */
export interface Tier {
  /** Units; 0 for the first tier. */
  readonly from: number;
  /** Of one unit. */
  readonly price: number;
}

export interface DiscountTerms {
  /** K, fixed cost of an order, >= 0. */
  readonly orderingCost: number;
  /** i, holding cost a year as a share of a unit's price, > 0. */
  readonly holdingRate: number;
  /** D, units a year, > 0. */
  readonly demandPerYear: number;
  /** The first from 0, each from more units than the one before. */
  readonly tiers: readonly Tier[];
}

/** The best lot within one tier. Its cost a year counts units, orders and stock. */
export interface TierLot extends Lot {
  readonly tier: number;
}

/**
 * All-units discounts: the price of the tier holds for the whole order. In a tier of price c the
 * cost c D + K D / Q + i c Q / 2 is least at its EOQ, or at the nearer end of the tier where that
 * lies outside; a tier without a quantity of its own (its EOQ beyond the next tier's start) cannot
 * be best and is left out, as the next one buys more for less.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.4.1.
 * @returns the best lot of each tier that has one, the cheapest first
 * @throws RangeError when a term is out of its range
 * @example
 *   allUnitsDiscount({orderingCost: 200, holdingRate: 0.2, demandPerYear: 1000, tiers: [
 *     {from: 0, price: 500}, {from: 200, price: 475}, {from: 500, price: 450}]})[0]
 *   // tier 2, quantity 500, cost 472,900 a year
 */
export function allUnitsDiscount(terms: DiscountTerms): TierLot[] {
  check(terms);
  const { orderingCost, holdingRate, demandPerYear, tiers } = terms;
  const lots = tiers.map(({ from, price }, tier) => {
    const holding = holdingRate * price;
    const economic = economicOrderQuantity(orderingCost, holding, demandPerYear);
    const quantity = Math.max(from, economic);
    const costPerYear =
      price * demandPerYear + cycleCost(orderingCost * demandPerYear, holding, quantity);
    return { tier, quantity, costPerYear };
  });
  return cheapestFirst(lots.filter(({ tier, quantity }) => quantity < endOf(tiers, tier)));
}

/**
 * Incremental discounts: each tier's price holds for the units within it alone. An order in tier j
 * costs A_j + c_j Q, where A_j = sum over i <= j of (c_(i-1) - c_i) from_i is what the units below
 * the tier cost more, so
 *   cost(Q) = c_j D + (K + A_j) D / Q + i c_j Q / 2 + i A_j / 2,
 * least at sqrt(2 (K + A_j) D / (i c_j)); the best lot always lies inside its tier.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.4.2.
 * @returns the best lot of each tier that has one, the cheapest first
 * @throws RangeError when a term is out of its range
 * @example
 *   incrementalDiscount({orderingCost: 150, holdingRate: 0.25, demandPerYear: 2400, tiers: [
 *     {from: 0, price: 100}, {from: 300, price: 90}, {from: 600, price: 80}]})[0]
 *   // tier 2, quantity 1481.89, cost 222,762.81 a year
 */
export function incrementalDiscount(terms: DiscountTerms): TierLot[] {
  check(terms);
  const { orderingCost, holdingRate, demandPerYear, tiers } = terms;
  let extra = 0;
  const lots = tiers.map(({ from, price }, tier) => {
    const before = tiers[tier - 1];
    if (before) extra += (before.price - price) * from;
    const fixed = orderingCost + extra;
    const holding = holdingRate * price;
    const quantity = economicOrderQuantity(fixed, holding, demandPerYear);
    const costPerYear =
      price * demandPerYear +
      cycleCost(fixed * demandPerYear, holding, quantity) +
      (holdingRate * extra) / 2;
    return { tier, quantity, costPerYear };
  });
  return cheapestFirst(
    lots.filter(
      ({ tier, quantity }) =>
        quantity >= (tiers[tier] as Tier).from && quantity < endOf(tiers, tier),
    ),
  );
}

/** Ordering and holding a year; without a cost of ordering no lot is too small. */
function cycleCost(orderingTimesDemand: number, holding: number, quantity: number): number {
  const ordering = orderingTimesDemand === 0 ? 0 : orderingTimesDemand / quantity;
  return ordering + (holding * quantity) / 2;
}

function endOf(tiers: readonly Tier[], tier: number): number {
  return tiers[tier + 1]?.from ?? Number.POSITIVE_INFINITY;
}

function cheapestFirst(lots: TierLot[]): TierLot[] {
  return lots.sort((a, b) => a.costPerYear - b.costPerYear);
}

function check({ holdingRate, demandPerYear, tiers }: DiscountTerms): void {
  if (!(holdingRate > 0)) throw new RangeError(`holdingRate must be > 0, got ${holdingRate}`);
  if (!(demandPerYear > 0)) throw new RangeError(`demandPerYear must be > 0, got ${demandPerYear}`);
  if (tiers[0]?.from !== 0) {
    throw new RangeError(`tiers must start at 0, got ${tiers[0]?.from ?? 'none'}`);
  }
  tiers.forEach(({ from, price }, i) => {
    const before = tiers[i - 1];
    if (before && !(from > before.from)) {
      throw new RangeError(`tiers must rise, got ${from} after ${before.from}`);
    }
    if (!(price > 0 && price <= (before?.price ?? Number.POSITIVE_INFINITY))) {
      throw new RangeError(`prices must be > 0 and never rise, got ${price} at ${from}`);
    }
  });
}

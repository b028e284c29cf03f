// Lot size: how much to order at once.

/**
 * Economic order quantity sqrt(2 K D / h), in units: the lot at which ordering and holding cost
 * are least. Source: Harris 1913; Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.2.
 * @param orderingCost K, fixed cost of an order, >= 0
 * @param holdingCost h, cost of holding one unit for a year, > 0
 * @param demandPerYear D, units a year, >= 0
 * @throws RangeError when an argument is out of its range
 * @example economicOrderQuantity(8, 0.225, 1300) // 304.0467800264
 */
export function economicOrderQuantity(
  orderingCost: number,
  holdingCost: number,
  demandPerYear: number,
): number {
  if (!(orderingCost >= 0)) throw new RangeError(`orderingCost must be >= 0, got ${orderingCost}`);
  if (!(holdingCost > 0)) throw new RangeError(`holdingCost must be > 0, got ${holdingCost}`);
  if (!(demandPerYear >= 0))
    throw new RangeError(`demandPerYear must be >= 0, got ${demandPerYear}`);
  return Math.sqrt((2 * orderingCost * demandPerYear) / holdingCost);
}

/** What ordering, holding and asking come to. */
export interface LotCosts {
  /** K, fixed cost of an order, >= 0. */
  readonly orderingCost: number;
  /** h, cost of holding one unit for a year, > 0. */
  readonly holdingCost: number;
  /** D, units a year, >= 0. */
  readonly demandPerYear: number;
}

/** A lot, in units, and what it costs a year. */
export interface Lot {
  readonly quantity: number;
  readonly costPerYear: number;
}

/**
 * Cost a year of ordering Q units at once: K D / Q + h Q / 2.
 * @param quantity Q, units, > 0
 * @example lotCostPerYear({orderingCost: 8, holdingCost: 0.225, demandPerYear: 1300}, 304) // 68.41
 */
export function lotCostPerYear(costs: LotCosts, quantity: number): number {
  const { orderingCost, holdingCost, demandPerYear } = costs;
  return (orderingCost * demandPerYear) / quantity + (holdingCost * quantity) / 2;
}

/**
 * Economic order quantity where customers wait at a cost: Q = EOQ sqrt((h + p) / p); the stock
 * falls to -h / (h + p) Q before each order arrives. Cost sqrt(2 K D h p / (h + p)).
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.5.
 * @param backorderCost p, cost of one unit waiting for a year, > 0
 * @returns the lot and the share of demand that waits
 * @throws RangeError when an argument is out of its range
 * @example
 *   const costs = {orderingCost: 8, holdingCost: 0.225, demandPerYear: 1300};
 *   economicOrderQuantityWithBackorders(costs, 5)
 *   // quantity 310.81, waiting share .0431, cost 66.92 a year
 */
export function economicOrderQuantityWithBackorders(
  costs: LotCosts,
  backorderCost: number,
): Lot & { readonly waitingShare: number } {
  if (!(backorderCost > 0)) throw new RangeError(`backorderCost must be > 0, got ${backorderCost}`);
  const { orderingCost, holdingCost, demandPerYear } = costs;
  const without = economicOrderQuantity(orderingCost, holdingCost, demandPerYear);
  const waitingShare = holdingCost / (holdingCost + backorderCost);
  const filled = Math.sqrt(1 - waitingShare);
  return {
    quantity: without / filled,
    waitingShare,
    costPerYear: holdingCost * without * filled,
  };
}

/**
 * Economic production quantity: the lot arrives at a rate while demand goes on, so
 *   Q = sqrt(2 K D / (h (1 - D / rate))). Cost sqrt(2 K D h (1 - D / rate)).
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.6.
 * @param productionPerYear rate, units a year, > demandPerYear
 * @throws RangeError when an argument is out of its range
 * @example
 *   economicProductionQuantity({orderingCost: 8, holdingCost: 0.225, demandPerYear: 1300}, 1700)
 *   // quantity 626.81, cost 33.18 a year
 */
export function economicProductionQuantity(costs: LotCosts, productionPerYear: number): Lot {
  const { orderingCost, holdingCost, demandPerYear } = costs;
  if (!(productionPerYear > demandPerYear)) {
    throw new RangeError(
      `productionPerYear must be > demandPerYear ${demandPerYear}, got ${productionPerYear}`,
    );
  }
  const held = holdingCost * (1 - demandPerYear / productionPerYear);
  const quantity = economicOrderQuantity(orderingCost, held, demandPerYear);
  return { quantity, costPerYear: held * quantity };
}

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

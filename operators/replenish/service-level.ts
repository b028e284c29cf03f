// Service level: how much must be there so that enough of the demand is met from the shelf.

/** Demand of which the expected part beyond a quantity is known: E[max(D - units, 0)]. */
export interface Losses {
  readonly mean: number;
  loss(units: number): number;
}

/** Halvings of the range that holds the answer. */
const HALVINGS = 50;

/**
 * Fill rate of a reorder point r: the share of demand that is met from the shelf at once, where
 * lots of Q arrive a lead time after the position has fallen to r and unmet demand waits,
 *   1 - (loss(r) - loss(r + Q)) / Q.
 * The second loss takes out what was short before the cycle began; textbooks often leave it out.
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, 6.11;
 * Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3.
 * @param lot Q, units sold in an order cycle, > 0
 * @throws RangeError when the lot is not positive
 */
export function fillRateOf(reorderPoint: number, demand: Losses, lot: number): number {
  if (!(lot > 0)) throw new RangeError(`lot must be > 0, got ${lot}`);
  return 1 - (demand.loss(reorderPoint) - demand.loss(reorderPoint + lot)) / lot;
}

/**
 * Least reorder point, >= 0, whose fill rate is `level`; by bisection, as the rate rises with it.
 * @param level in (0, 1)
 * @throws RangeError when an argument is out of its range
 */
export function reorderPointForFillRate(level: number, demand: Losses, lot: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
  if (fillRateOf(0, demand, lot) >= level) return 0;
  let low = 0;
  let high = Math.max(1, demand.mean);
  while (fillRateOf(high, demand, lot) < level) high *= 2;
  for (let i = 0; i < HALVINGS && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (fillRateOf(middle, demand, lot) < level) low = middle;
    else high = middle;
  }
  return high;
}

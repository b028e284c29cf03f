// A bound on what any allocation can be worth, from prices of the limits alone: weak duality.
import {
  type AllocationNeed,
  type AllocationProblem,
  leastOf,
  type Prices,
  pricePerUnit,
} from './allocate.js';

/**
 * No allocation within the limits is worth more than this, whatever the prices:
 *   sum of price x amount of budget, storage, capacity
 *   + sum over needs of the most that worth less priced usage comes to
 *   - price x amount of a minimum order value,
 * where a supplier with a minimum is left out if that is more. At the dual prices of an optimal
 * relaxation it is the relaxation's own optimum (unless a minimum order value keeps from ordering),
 * so it confirms an optimum without the solver that found it.
 * Source: Fisher, *The Lagrangian relaxation method for solving integer programming problems*,
 * Management Science 27, 1981.
 * @param prices of the limits, in their order, money of one more unit of each, >= 0
 * @throws RangeError when a price is out of its range
 */
export function dualBound(problem: AllocationProblem, prices: Prices): number {
  const { needs, limits } = problem;
  let bound = 0;
  /** Of suppliers with a minimum: what ordering there comes to, and not ordering. */
  const groups = new Map<string, { ordered: number; not: number }>();
  limits.forEach((limit, i) => {
    const price = prices[i] as number;
    if (!(price >= 0)) throw new RangeError(`price of limit ${i} must be >= 0, got ${price}`);
    if (limit.kind !== 'minimum') bound += price * limit.amount;
    else groups.set(limit.supplier, { ordered: -price * limit.amount, not: 0 });
  });
  for (const need of needs) {
    const group = groups.get(need.supplier ?? '');
    const most = mostNet(problem, need, prices);
    if (group === undefined) bound += most;
    else {
      group.ordered += most;
      group.not += leastOf(need) > 0 ? Number.NEGATIVE_INFINITY : (need.worth[0] as number);
    }
  }
  for (const { ordered, not } of groups.values()) bound += Math.max(ordered, not);
  return bound;
}

/** Most of worth less priced usage: at one of the quantities, since it is straight in between. */
function mostNet(problem: AllocationProblem, need: AllocationNeed, prices: Prices): number {
  const price = pricePerUnit(problem, need, prices);
  const net = need.quantities.map((q, i) => (need.worth[i] as number) - price * q);
  return net.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
}

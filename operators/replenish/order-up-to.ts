// (s, S): at each review, a position at or below s is lifted to S. Exact, after Zheng & Federgruen.
import type { DemandDistribution } from '../stats/demand-distribution.js';
import { type PeriodicItem, PolicyCosts, rateOf } from './policy-costs.js';

/** Levels between which costs are compared at most; beyond, units are taken several at a time. */
const MOST_LEVELS = 512;
const HALVINGS = 60;

export interface OrderUpTo {
  /** s: order when the inventory position is at or below it, units. */
  readonly reorderPoint: number;
  /** S, units. */
  readonly orderUpToLevel: number;
  readonly costPerPeriod: number;
}

/**
 * Long-run cost a period of (s, S):
 *   c(s, S) = (K + sum over j < S - s of m(j) G(S - j)) / (sum over j < S - s of m(j)),
 * G(y) = h E[left] + p E[waiting] of y units over lead time and period, m the renewal mass of the
 * demand of a period: m(j) = (sum over 1 <= i <= j of P(i) m(j - i)) / (1 - P(0)).
 * Units as in `bestOrderUpTo`; S - s is rounded to whole steps.
 * Source: Zheng & Federgruen, *Finding Optimal (s, S) Policies Is About as Simple as Evaluating a
 * Single Policy*, Operations Research 39, 1991.
 * @param policy s < S, units
 * @throws RangeError when an argument is out of its range
 * @example P13: h 1, p 4, K 5, Poisson 6: (4, 10) costs 8.0341115615
 */
export function orderUpToCost(
  item: PeriodicItem,
  policy: { readonly reorderPoint: number; readonly orderUpToLevel: number },
): OrderUpTo {
  check(item);
  const { reorderPoint, orderUpToLevel } = policy;
  if (!(orderUpToLevel > reorderPoint)) {
    throw new RangeError(`orderUpToLevel must be > reorderPoint, got ${orderUpToLevel}`);
  }
  const step = stepOf(item.demand, orderUpToLevel - reorderPoint);
  const costs = new PolicyCosts(item, { origin: orderUpToLevel, step });
  const steps = Math.max(1, Math.round((orderUpToLevel - reorderPoint) / step));
  return { reorderPoint, orderUpToLevel, costPerPeriod: costs.of(-steps, 0) };
}

/**
 * The best (s, S). From the newsvendor level down, s is lowered while the position's cost is below
 * the policy's; then S rises, s after it, while G(S) is not above the best cost.
 * Exact for whole units while the levels worth comparing are at most 512. Where they are more,
 * positions and demand are taken in steps of several units: the mass of a step is the second
 * difference of the loss over it, which keeps the mean; s is then set to the unit by G(s) >= c >
 * G(s + 1), S stays within a step. Continuous demand is stepped likewise. So the work is bounded,
 * whatever the demand: about 512^2 multiplications.
 * Source: Zheng & Federgruen 1991; masses: Klugman, Panjer & Willmot, *Loss Models*, 9.6.5.
 * @throws RangeError when an argument is out of its range
 * @example P14: h 1, p 9, K 64, Poisson 50: (42, 108) costs 70.975
 */
export function bestOrderUpTo(item: PeriodicItem): OrderUpTo {
  check(item);
  const origin = newsvendorLevel(item);
  const costs = new PolicyCosts(item, { origin, step: stepOf(item.demand, widthOf(item, origin)) });
  let low = -1;
  let high = 0;
  while (costs.of(low, high) > costs.rate(low)) low--;
  let best = costs.of(low, high);
  for (let level = 1; costs.rate(level) <= best; level++) {
    if (!(costs.of(low, level) < best)) continue;
    high = level;
    while (costs.of(low, high) <= costs.rate(low + 1)) low++;
    best = costs.of(low, high);
  }
  const { step } = costs;
  return {
    reorderPoint: origin + step * low + withinStep(item, { from: origin + step * low, step, best }),
    orderUpToLevel: origin + step * high,
    costPerPeriod: best,
  };
}

/** Where G is least. */
function newsvendorLevel({ holdingCost, backorderCost, leadTimeDemand }: PeriodicItem): number {
  return leadTimeDemand.quantile(backorderCost / (holdingCost + backorderCost));
}

/** Units taken at a time, so that `width` units are at most MOST_LEVELS steps. */
function stepOf(demand: DemandDistribution, width: number): number {
  return demand.isWhole ? Math.max(1, Math.ceil(width / MOST_LEVELS)) : width / MOST_LEVELS;
}

/**
 * Units between the levels where G is what an (r, Q) policy of EOQ with backorders would cost: a
 * guess at the width that the search will see, of which only its step depends.
 */
function widthOf(item: PeriodicItem, origin: number): number {
  const { orderingCost, holdingCost, backorderCost, demand, leadTimeDemand } = item;
  const penalized = (holdingCost * backorderCost) / (holdingCost + backorderCost);
  const cost = rateOf(item, origin) + Math.sqrt(2 * orderingCost * demand.mean * penalized);
  const lowest = leadTimeDemand.mean - cost / backorderCost;
  const highest = leadTimeDemand.mean + cost / holdingCost;
  const isDear = (level: number) => rateOf(item, level) > cost;
  const low = border(lowest, origin, isDear);
  const high = border(highest, origin, isDear);
  return Math.max(high - low, Math.sqrt(demand.variance) / 8, demand.mean / 8);
}

/** Where `isDear` changes between an outer level and an inner one. */
function border(outer: number, inner: number, isDear: (level: number) => boolean): number {
  let [far, near] = [outer, inner];
  for (let i = 0; i < HALVINGS && Math.abs(far - near) > 1e-3 * Math.abs(outer - inner); i++) {
    const middle = (far + near) / 2;
    if (isDear(middle)) far = middle;
    else near = middle;
  }
  return near;
}

/** Units by which s lies above its level: the most, below a step, with G still at the cost. */
function withinStep(
  item: PeriodicItem,
  { from, step, best }: { from: number; step: number; best: number },
): number {
  let [low, high] = [0, step];
  const unit = item.demand.isWhole ? 1 : step / 1024;
  while (high - low > unit) {
    const middle = item.demand.isWhole ? Math.floor((low + high) / 2) : (low + high) / 2;
    if (rateOf(item, from + middle) >= best) low = middle;
    else high = middle;
  }
  return low;
}

function check({ orderingCost, holdingCost, backorderCost, demand }: PeriodicItem): void {
  if (!(orderingCost >= 0)) throw new RangeError(`orderingCost must be >= 0, got ${orderingCost}`);
  if (!(holdingCost > 0)) throw new RangeError(`holdingCost must be > 0, got ${holdingCost}`);
  if (!(backorderCost > 0)) throw new RangeError(`backorderCost must be > 0, got ${backorderCost}`);
  if (!(demand.mean > 0)) throw new RangeError(`demand mean must be > 0, got ${demand.mean}`);
}

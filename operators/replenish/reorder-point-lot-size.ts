// (r, Q): a fixed lot is ordered whenever the inventory position falls to the reorder point.
import { type DemandDistribution, leftOver } from '../stats/demand-distribution.js';
import { economicOrderQuantity, type LotCosts } from './lot-size.js';

/** Up to this many units the whole-unit optimum is searched unit by unit. */
const MOST_UNITS = 5000;
const MOST_STEPS = 200;

/** What a continuously reviewed item is replenished by. */
export interface ReviewedItem extends LotCosts {
  /** p, cost of one unit waiting for a year, > 0. */
  readonly backorderCost: number;
  /** Demand over the lead time. */
  readonly demand: DemandDistribution;
}

export interface ReorderPointLot {
  /** r: order when the inventory position is at or below it, units. */
  readonly reorderPoint: number;
  /** Q, units. */
  readonly lot: number;
  readonly costPerYear: number;
}

/**
 * Exact cost a year of (r, Q) where demand that is not met waits:
 *   (K D + integral of G(y) for y from r to r + Q) / Q, G(y) = h E[left] + p E[short] with y,
 * since the inventory position is spread evenly over the lot; whole units: the sum of G over
 * r + 1 ... r + Q (r and Q whole). The integral of the loss is a difference of second-order losses.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, chapter 5; Hadley & Whitin
 * 1963; Zheng, *On Properties of Stochastic Inventory Systems*, Management Science 38, 1992.
 * @param policy r in units, Q > 0
 * @returns the policy with its cost
 * @throws RangeError when an argument is out of its range
 * @example P11: K 8, h .225, p 7.5, D 1300, N(1300 / 12, 150^2 / 12): (126.8, 328.5) costs 78.0712
 */
export function reorderPointLotCost(
  item: ReviewedItem,
  policy: { readonly reorderPoint: number; readonly lot: number },
): ReorderPointLot {
  check(item);
  const { reorderPoint, lot } = policy;
  if (!(lot > 0)) throw new RangeError(`lot must be > 0, got ${lot}`);
  const ordering = item.orderingCost * item.demandPerYear;
  return { reorderPoint, lot, costPerYear: (ordering + stockCost(item, reorderPoint, lot)) / lot };
}

/**
 * The best (r, Q); the cost of ordering must be > 0, as without it each unit is ordered for itself.
 * At the optimum G(r) = G(r + Q) = cost: the levels at which a unit of the
 * position costs what the policy costs on average. With A(c) = integral of max(c - G, 0), A(c) =
 * K D at the optimal cost c, found by Newton's steps (A is convex, its slope is Q).
 * Whole units, up to 5,000 of them a lot: the range grows by the cheaper neighbour until both
 * cost more than the average. Larger lots of whole units are rounded from the continuous optimum.
 * Source: Zheng 1992; Federgruen & Zheng, *An Efficient Algorithm for Computing an Optimal (r, Q)
 * Policy in Continuous Review Stochastic Inventory Systems*, Operations Research 40, 1992.
 * @throws RangeError when an argument is out of its range
 * @example P11: r 126.86706, Q 328.44914
 */
export function bestReorderPointLot(item: ReviewedItem): ReorderPointLot {
  check(item);
  if (!item.demand.isWhole) return continuousOptimum(item);
  const { orderingCost, holdingCost, demandPerYear, backorderCost } = item;
  const penalized = (holdingCost * backorderCost) / (holdingCost + backorderCost);
  const least = economicOrderQuantity(orderingCost, penalized, demandPerYear);
  const spread = 6 * Math.sqrt(item.demand.variance);
  if (least + spread <= MOST_UNITS) return wholeOptimum(item);
  const { reorderPoint, lot } = continuousOptimum(item);
  return reorderPointLotCost(item, {
    reorderPoint: Math.round(reorderPoint),
    lot: Math.max(1, Math.round(lot)),
  });
}

/**
 * The usual shortcut: Q = EOQ, r = the p / (h + p) quantile of the demand over the lead time.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, chapter 5 (EOQ + safety
 * stock).
 * @throws RangeError when an argument is out of its range
 * @example P11: (190.337, 304.047)
 */
export function economicLotWithSafetyStock(item: ReviewedItem): ReorderPointLot {
  check(item);
  const { orderingCost, holdingCost, demandPerYear, backorderCost, demand } = item;
  const economic = economicOrderQuantity(orderingCost, holdingCost, demandPerYear);
  const lot = demand.isWhole ? Math.max(1, Math.round(economic)) : economic;
  const reorderPoint = demand.quantile(backorderCost / (holdingCost + backorderCost));
  return reorderPointLotCost(item, { reorderPoint, lot });
}

/** G(y): cost a year of stock and waiting with `level` units for the demand of a lead time. */
function rateOf({ holdingCost, backorderCost, demand }: ReviewedItem, level: number): number {
  return holdingCost * leftOver(demand, level) + backorderCost * demand.loss(level);
}

/** Integral of G from r to r + Q, or its sum over r + 1 ... r + Q. */
function stockCost(item: ReviewedItem, reorderPoint: number, lot: number): number {
  const { holdingCost, backorderCost, demand } = item;
  const end = reorderPoint + lot;
  // The sum over whole levels is the trapezoid's, as losses of whole demand are linear between.
  const half = demand.isWhole ? (demand.loss(reorderPoint) - demand.loss(end)) / 2 : 0;
  const short = demand.secondLoss(reorderPoint) - demand.secondLoss(end) - half;
  const middle = reorderPoint + (demand.isWhole ? (lot + 1) / 2 : lot / 2) - demand.mean;
  return holdingCost * lot * middle + (holdingCost + backorderCost) * short;
}

function continuousOptimum(item: ReviewedItem): ReorderPointLot {
  const { holdingCost, backorderCost, demand, demandPerYear } = item;
  const target = item.orderingCost * demandPerYear;
  const base = demand.quantile(backorderCost / (holdingCost + backorderCost));
  // From above: the cost of the shortcut is no less than the least.
  let cost = Math.max(rateOf(item, base), economicLotWithSafetyStock(item).costPerYear);
  for (let i = 0; i < MOST_STEPS; i++) {
    const low = levelAt(item, cost, demand.mean - cost / backorderCost);
    const lot = levelAt(item, cost, demand.mean + cost / holdingCost) - low;
    const step = (cost * lot - stockCost(item, low, lot) - target) / lot;
    cost -= step;
    if (step <= 1e-14 * cost) break;
  }
  const reorderPoint = levelAt(item, cost, demand.mean - cost / backorderCost);
  const lot = levelAt(item, cost, demand.mean + cost / holdingCost) - reorderPoint;
  return reorderPointLotCost(item, { reorderPoint, lot });
}

/** Where G meets `cost`, by Newton's steps from `from` outside: G is convex, so none goes past. */
function levelAt(item: ReviewedItem, cost: number, from: number): number {
  const { holdingCost, backorderCost, demand } = item;
  const scale = Math.max(Math.abs(from), Math.sqrt(demand.variance));
  let level = from;
  for (let i = 0; i < MOST_STEPS; i++) {
    const slope = (holdingCost + backorderCost) * demand.cdf(level) - backorderCost;
    const step = (rateOf(item, level) - cost) / slope;
    if (!Number.isFinite(step)) break;
    level -= step;
    if (Math.abs(step) <= 1e-14 * scale) break;
  }
  return level;
}

function wholeOptimum(item: ReviewedItem): ReorderPointLot {
  const { holdingCost, backorderCost, demand } = item;
  const best = demand.quantile(backorderCost / (holdingCost + backorderCost));
  let [low, high] = [best - 1, best + 1];
  let [lowRate, highRate] = [rateOf(item, low), rateOf(item, high)];
  let total = item.orderingCost * item.demandPerYear + rateOf(item, best);
  while (Math.min(lowRate, highRate) < total / (high - low - 1)) {
    total += Math.min(lowRate, highRate);
    if (lowRate <= highRate) lowRate = rateOf(item, --low);
    else highRate = rateOf(item, ++high);
  }
  const lot = high - low - 1;
  return { reorderPoint: low, lot, costPerYear: total / lot };
}

function check({ holdingCost, backorderCost, orderingCost, demandPerYear }: ReviewedItem): void {
  if (!(orderingCost > 0)) throw new RangeError(`orderingCost must be > 0, got ${orderingCost}`);
  if (!(holdingCost > 0)) throw new RangeError(`holdingCost must be > 0, got ${holdingCost}`);
  if (!(backorderCost > 0)) throw new RangeError(`backorderCost must be > 0, got ${backorderCost}`);
  if (!(demandPerYear > 0)) throw new RangeError(`demandPerYear must be > 0, got ${demandPerYear}`);
}

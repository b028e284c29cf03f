// Lots for planned demand that differs from period to period: Wagner-Whitin and Silver-Meal.

export interface LotSizingCosts {
  /** K, fixed cost of an order, >= 0. */
  readonly orderingCost: number;
  /** h, of each unit carried from one period into the next, >= 0. */
  readonly holdingCost: number;
}

/** Units ordered at the start of each period, and what orders and stock come to. */
export interface LotPlan {
  readonly orders: readonly number[];
  readonly cost: number;
}

/**
 * The cheapest orders that meet the demand of each period in time, from no stock, by dynamic
 * programming: f(t) = least over the period j <= t of the last order of f(j - 1) + K + h sum over
 * i in j ... t of (i - j) d(i). O(n^2) at worst; a last order further back than its demand is worth
 * carrying is not tried. A period without demand orders nothing. Of equal plans the one that orders
 * later. Lead times: order so much earlier.
 * Source: Wagner & Whitin, *Dynamic Version of the Economic Lot Size Model*, Management Science 5,
 * 1958; Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.7.
 * @param demands units of each period, >= 0
 * @throws RangeError when an argument is out of its range
 * @example
 *   wagnerWhitin([90, 120, 80, 70], {orderingCost: 500, holdingCost: 2})
 *   // orders [210, 0, 150, 0], cost 1380
 */
export function wagnerWhitin(demands: readonly number[], costs: LotSizingCosts): LotPlan {
  check(demands, costs);
  const { orderingCost, holdingCost } = costs;
  const least = new Float64Array(demands.length + 1);
  const lastOrder = new Int32Array(demands.length + 1);
  for (let t = 1; t <= demands.length; t++) {
    least[t] = Number.POSITIVE_INFINITY;
    if (demands[t - 1] === 0) {
      least[t] = least[t - 1] as number;
      lastOrder[t] = t + 1; // none
      continue;
    }
    let carried = 0;
    let units = 0;
    for (let j = t; j >= 1; j--) {
      const cost = (least[j - 1] as number) + orderingCost + carried;
      if (cost < (least[t] as number)) {
        least[t] = cost;
        lastOrder[t] = j;
      }
      units += demands[j - 1] as number;
      carried += holdingCost * units;
      // All costs further back are carried at least as long.
      if (carried >= (least[t] as number)) break;
    }
  }
  return { orders: ordersOf(demands, lastOrder), cost: least[demands.length] as number };
}

function ordersOf(demands: readonly number[], lastOrder: Int32Array): number[] {
  const orders = demands.map(() => 0);
  for (let t = demands.length; t >= 1; ) {
    const from = lastOrder[t] as number;
    if (from > t) {
      t--;
      continue;
    }
    orders[from - 1] = demands.slice(from - 1, t).reduce((sum, units) => sum + units, 0);
    t = from - 1;
  }
  return orders;
}

/**
 * Silver-Meal: each order covers periods as long as its cost per period covered falls. Fast, needs
 * no horizon, a few percent above the least cost as a rule.
 * Source: Silver & Meal 1973; Silver, Pyke & Thomas, 5.6.
 * @param demands units of each period, >= 0
 * @throws RangeError when an argument is out of its range
 * @example
 *   silverMeal([90, 120, 80, 70], {orderingCost: 500, holdingCost: 2})
 *   // orders [290, 0, 0, 70], cost 1560
 */
export function silverMeal(demands: readonly number[], costs: LotSizingCosts): LotPlan {
  check(demands, costs);
  const orders = demands.map(() => 0);
  let cost = 0;
  for (let from = 0; from < demands.length; ) {
    if (demands[from] === 0) {
      from++;
      continue;
    }
    const { periods, units, carried } = stretch(demands, from, costs);
    orders[from] = units;
    cost += costs.orderingCost + carried;
    from += periods;
  }
  return { orders, cost };
}

/** The periods from `from` on that one order covers. */
function stretch(demands: readonly number[], from: number, costs: LotSizingCosts) {
  let [periods, units, carried] = [1, demands[from] as number, 0];
  while (from + periods < demands.length) {
    const next = demands[from + periods] as number;
    const more = carried + costs.holdingCost * periods * next;
    const perPeriod = (costs.orderingCost + carried) / periods;
    if ((costs.orderingCost + more) / (periods + 1) > perPeriod) break;
    periods++;
    units += next;
    carried = more;
  }
  return { periods, units, carried };
}

function check(demands: readonly number[], { orderingCost, holdingCost }: LotSizingCosts): void {
  if (!(orderingCost >= 0)) throw new RangeError(`orderingCost must be >= 0, got ${orderingCost}`);
  if (!(holdingCost >= 0)) throw new RangeError(`holdingCost must be >= 0, got ${holdingCost}`);
  const strange = demands.find((units) => !(units >= 0 && units < Number.POSITIVE_INFINITY));
  if (strange !== undefined) throw new RangeError(`demands must be >= 0, got ${strange}`);
}

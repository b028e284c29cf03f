// Claims about lots for planned demand, against the textbook and every possible plan.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LotPlan,
  type LotSizingCosts,
  silverMeal,
  wagnerWhitin,
} from '../../../operators/replenish/dynamic-lots.js';

const DEMANDS = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 0, maxLength: 9 });
const COSTS = fc.record({
  orderingCost: fc.integer({ min: 0, max: 120 }),
  holdingCost: fc.integer({ min: 0, max: 6 }),
});

/** Cost of ordering in the periods of `mask`; infinite where demand comes before an order. */
function costOf(demands: readonly number[], costs: LotSizingCosts, mask: number): number {
  let [cost, last] = [0, -1];
  demands.forEach((units, t) => {
    if (mask & (1 << t)) {
      cost += costs.orderingCost;
      last = t;
    }
    if (units > 0 && last < 0) cost = Number.POSITIVE_INFINITY;
    else if (units > 0) cost += costs.holdingCost * units * (t - last);
  });
  return cost;
}

/** What the plan costs, counted period by period; fails where it runs out. */
function replayed(demands: readonly number[], costs: LotSizingCosts, plan: LotPlan): number {
  let [stock, cost] = [0, 0];
  demands.forEach((units, t) => {
    const order = plan.orders[t] as number;
    if (order > 0) cost += costs.orderingCost;
    stock += order - units;
    expect(stock).toBeGreaterThanOrEqual(0);
    cost += costs.holdingCost * stock;
  });
  expect(stock).toBe(0);
  return cost;
}

describe('wagnerWhitin', () => {
  it('h 2, K 500, [90, 120, 80, 70]: orders [210, 0, 150, 0], 1380 (P16, Snyder & Shen)', () => {
    const plan = wagnerWhitin([90, 120, 80, 70], { orderingCost: 500, holdingCost: 2 });
    expect(plan).toEqual({ orders: [210, 0, 150, 0], cost: 1380 });
  });

  it('costs as little as the best of all plans', () => {
    fc.assert(
      fc.property(DEMANDS, COSTS, (demands, costs) => {
        let least = Number.POSITIVE_INFINITY;
        for (let mask = 0; mask < 1 << demands.length; mask++) {
          least = Math.min(least, costOf(demands, costs, mask));
        }
        const plan = wagnerWhitin(demands, costs);
        expect(plan.cost).toBe(least);
        expect(replayed(demands, costs, plan)).toBe(least);
      }),
      { numRuns: 300 },
    );
  });

  it('plans three years of days with a lumpy demand as cheaply as its own parts allow', () => {
    const demands = Array.from({ length: 1095 }, (_, t) => (t % 7 === 0 ? 20 + (t % 13) : t % 3));
    const costs = { orderingCost: 150, holdingCost: 0.7 };
    const plan = wagnerWhitin(demands, costs);
    expect(replayed(demands, costs, plan)).toBeCloseTo(plan.cost, 6);
    expect(plan.cost).toBeLessThanOrEqual(silverMeal(demands, costs).cost);
  });
});

describe('silverMeal', () => {
  // By hand: a period costs 500, 370, 353.3, 370 as one to four are covered.
  it('covers three periods of P16 with its first order, and costs 1560', () => {
    const plan = silverMeal([90, 120, 80, 70], { orderingCost: 500, holdingCost: 2 });
    expect(plan).toEqual({ orders: [290, 0, 0, 70], cost: 1560 });
  });

  it('meets all demand at the cost it tells, never below the best', () => {
    fc.assert(
      fc.property(DEMANDS, COSTS, (demands, costs) => {
        const plan = silverMeal(demands, costs);
        expect(replayed(demands, costs, plan)).toBe(plan.cost);
        expect(plan.cost).toBeGreaterThanOrEqual(wagnerWhitin(demands, costs).cost);
      }),
    );
  });

  it('orders nothing without demand', () => {
    expect(silverMeal([0, 0], { orderingCost: 5, holdingCost: 1 })).toEqual({
      orders: [0, 0],
      cost: 0,
    });
  });
});

it.each([wagnerWhitin, silverMeal])('%o refuses what is negative or endless', (plan) => {
  const costs = { orderingCost: 5, holdingCost: 1 };
  expect(() => plan([1, -1], costs)).toThrow('demands must be >= 0, got -1');
  expect(() => plan([Number.POSITIVE_INFINITY], costs)).toThrow('demands must be >= 0');
  expect(() => plan([1], { ...costs, orderingCost: -1 })).toThrow('orderingCost must be >= 0');
  expect(() => plan([1], { ...costs, holdingCost: Number.NaN })).toThrow(
    'holdingCost must be >= 0',
  );
});

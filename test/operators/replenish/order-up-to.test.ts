// Claims about (s, S), against published optima, Markov chains and search over all pairs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOrderUpTo, orderUpToCost } from '../../../operators/replenish/order-up-to.js';
import type { PeriodicItem } from '../../../operators/replenish/policy-costs.js';
import {
  fittedPowerLevels,
  powerApproximation,
} from '../../../operators/replenish/power-approximation.js';
import { type DemandDistribution, leftOver } from '../../../operators/stats/demand-distribution.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';
import { SampleDemand } from '../../../operators/stats/sample-demand.js';

/** Orders come at once: the demand of one period is all that is uncertain. */
function atOnce(demand: DemandDistribution, costs: { h: number; p: number; k: number }) {
  const { h, p, k } = costs;
  const base = { holdingCost: h, backorderCost: p, orderingCost: k };
  return { ...base, demand, leadTimeDemand: demand } satisfies PeriodicItem;
}

function rate({ holdingCost, backorderCost, leadTimeDemand }: PeriodicItem, level: number) {
  return holdingCost * leftOver(leadTimeDemand, level) + backorderCost * leadTimeDemand.loss(level);
}

/** Cost of (s, S) from the stationary chain of the position after ordering, found by iteration. */
function chainCost(item: PeriodicItem, s: number, S: number): number {
  const n = S - s;
  const mass = (k: number) => item.demand.cdf(k) - (k === 0 ? 0 : item.demand.cdf(k - 1));
  const masses = Array.from({ length: n }, (_, k) => mass(k));
  let share = new Float64Array(n).fill(1 / n); // of position S - j
  let ordered = 0;
  for (let i = 0; i < 20_000; i++) {
    const next = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      for (let k = j; k < n; k++) next[k]! += share[j]! * masses[k - j]!;
    }
    ordered = 1 - next.reduce((a, b) => a + b, 0);
    next[0]! += ordered;
    const change = next.reduce((most, x, j) => Math.max(most, Math.abs(x - share[j]!)), 0);
    share = next;
    if (change < 1e-13) break;
  }
  const held = share.reduce((sum, x, j) => sum + x * rate(item, S - j), 0);
  return item.orderingCost * ordered + held;
}

const WHOLE: fc.Arbitrary<DemandDistribution> = fc.oneof(
  fc.double({ min: 0.1, max: 8, noNaN: true }).map((mean) => new PoissonDemand(mean)),
  fc.double({ min: 0.1, max: 5, noNaN: true }).map((m) => new NegativeBinomialDemand(m, 3 * m)),
  fc
    .array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 8 })
    .map((samples) => new SampleDemand([...samples, 1])),
);
const ITEMS: fc.Arbitrary<PeriodicItem> = fc
  .record({
    demand: WHOLE,
    h: fc.double({ min: 0.2, max: 2, noNaN: true }),
    p: fc.double({ min: 0.5, max: 20, noNaN: true }),
    k: fc.double({ min: 0, max: 40, noNaN: true }),
    lead: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ demand, lead, ...costs }) => ({
    ...atOnce(demand, costs),
    leadTimeDemand: lead === 0 ? demand : new PoissonDemand((lead + 1) * demand.mean),
  }));

describe('the best (s, S)', () => {
  it('h 1, p 4, K 5, Poisson 6: (4, 10) at 8.0341115615 (P13, Snyder & Shen)', () => {
    const best = bestOrderUpTo(atOnce(new PoissonDemand(6), { h: 1, p: 4, k: 5 }));
    expect([best.reorderPoint, best.orderUpToLevel]).toEqual([4, 10]);
    expect(best.costPerPeriod).toBeCloseTo(8.0341115615, 9);
  });

  // P14: table 1 of Zheng & Federgruen, Operations Research 39 (1991).
  it.each([
    [10, 6, 40, 35.022],
    [15, 10, 49, 42.698],
    [20, 14, 62, 49.173],
    [25, 19, 56, 54.262],
    [50, 42, 108, 70.975],
  ])('h 1, p 9, K 64, Poisson %d: (%d, %d) at %d (P14)', (mean, s, S, cost) => {
    const best = bestOrderUpTo(atOnce(new PoissonDemand(mean), { h: 1, p: 9, k: 64 }));
    expect([best.reorderPoint, best.orderUpToLevel]).toEqual([s, S]);
    expect(best.costPerPeriod).toBeCloseTo(cost, 3);
  });

  it('costs less than every other pair, with and without a lead time', () => {
    fc.assert(
      fc.property(ITEMS, (item) => {
        const best = bestOrderUpTo(item);
        expect(orderUpToCost(item, best).costPerPeriod).toBeCloseTo(best.costPerPeriod, 9);
        for (let s = -12; s < 40; s += 3) {
          for (let S = s + 1; S < s + 60; S += 4) {
            const other = orderUpToCost(item, { reorderPoint: s, orderUpToLevel: S });
            expect(other.costPerPeriod).toBeGreaterThanOrEqual(best.costPerPeriod - 1e-9);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('without a cost of ordering is the newsvendor level, ordered up to each period', () => {
    const best = bestOrderUpTo(atOnce(new PoissonDemand(6), { h: 1, p: 4, k: 0 }));
    // P9: 8 at 3.5701069458.
    expect([best.reorderPoint, best.orderUpToLevel]).toEqual([7, 8]);
    expect(best.costPerPeriod).toBeCloseTo(3.5701069458, 9);
  });

  it('of a slow mover orders at the need it expects once in a thousand periods', () => {
    const demand = new PoissonDemand(0.001);
    const best = bestOrderUpTo(atOnce(demand, { h: 0.01, p: 50, k: 20 }));
    expect(best.orderUpToLevel).toBeGreaterThan(best.reorderPoint);
    const cost = chainCost(atOnce(demand, { h: 0.01, p: 50, k: 20 }), 0, 3);
    expect(best.costPerPeriod).toBeLessThanOrEqual(cost + 1e-9);
  });
});

describe('the cost of (s, S)', () => {
  it('is that of the stationary chain of positions', () => {
    const pairs = fc.tuple(fc.integer({ min: -3, max: 20 }), fc.integer({ min: 1, max: 25 }));
    fc.assert(
      fc.property(ITEMS, pairs, (item, [s, width]) => {
        const { costPerPeriod } = orderUpToCost(item, {
          reorderPoint: s,
          orderUpToLevel: s + width,
        });
        expect(costPerPeriod).toBeCloseTo(chainCost(item, s, s + width), 6);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an S that is not above s, costs and demand out of range', () => {
    const item = atOnce(new PoissonDemand(6), { h: 1, p: 4, k: 5 });
    const policy = { reorderPoint: 4, orderUpToLevel: 4 };
    expect(() => orderUpToCost(item, policy)).toThrow(
      'orderUpToLevel must be > reorderPoint, got 4',
    );
    expect(() => bestOrderUpTo({ ...item, holdingCost: 0 })).toThrow(
      'holdingCost must be > 0, got 0',
    );
    expect(() => bestOrderUpTo({ ...item, backorderCost: 0 })).toThrow(
      'backorderCost must be > 0, got 0',
    );
    expect(() => bestOrderUpTo({ ...item, orderingCost: -1 })).toThrow(
      'orderingCost must be >= 0, got -1',
    );
    expect(() => bestOrderUpTo({ ...item, demand: new NormalDemand(0, 0) })).toThrow(
      'demand mean must be > 0, got 0',
    );
  });
});

describe('great demand, taken in steps of several units', () => {
  it('comes within a thousandth of the cost unit by unit', () => {
    // The chain counts every unit; the search takes several at a time.
    const item = atOnce(new NegativeBinomialDemand(300, 30_000), { h: 1, p: 9, k: 2000 });
    const best = bestOrderUpTo(item);
    const exact = chainCost(item, best.reorderPoint, best.orderUpToLevel);
    expect(best.costPerPeriod / exact).toBeCloseTo(1, 3);
    for (const [ds, dS] of [
      [-40, 0],
      [40, 0],
      [0, -60],
      [0, 60],
    ] as const) {
      const other = chainCost(item, best.reorderPoint + ds, best.orderUpToLevel + dS);
      expect(other).toBeGreaterThan(exact * (1 - 1e-3));
    }
  });

  it('scales: ten thousand units and their costs are a hundred times a hundred', () => {
    const small = bestOrderUpTo(atOnce(new GammaDemand(100, 2500), { h: 1, p: 9, k: 500 }));
    const great = bestOrderUpTo(atOnce(new GammaDemand(10_000, 25e6), { h: 1, p: 9, k: 50_000 }));
    expect(great.costPerPeriod / small.costPerPeriod).toBeCloseTo(100, 6);
    expect(great.reorderPoint / small.reorderPoint).toBeCloseTo(100, 6);
    const whole = new NegativeBinomialDemand(10_000, 25e6);
    const units = bestOrderUpTo(atOnce(whole, { h: 1, p: 9, k: 50_000 }));
    expect(units.costPerPeriod / great.costPerPeriod).toBeCloseTo(1, 3);
    expect(units.reorderPoint / great.reorderPoint).toBeCloseTo(1, 2);
    expect(Number.isInteger(units.reorderPoint)).toBe(true);
  });

  it('of a tiny scale is solved as well: thousandths of a unit', () => {
    const small = bestOrderUpTo(atOnce(new GammaDemand(0.001, 2.5e-7), { h: 1, p: 9, k: 0.005 }));
    const one = bestOrderUpTo(atOnce(new GammaDemand(1, 0.25), { h: 1, p: 9, k: 5 }));
    expect(small.costPerPeriod * 1000).toBeCloseTo(one.costPerPeriod, 9);
  });
});

describe('power approximation', () => {
  const P15 = {
    holdingCost: 0.18,
    backorderCost: 0.7,
    orderingCost: 2.5,
    demandMean: 50,
    leadTimeDemandMean: 50,
    leadTimeDemandSd: 8,
  };

  it('h .18, p .70, K 2.5, N(50, 8): s 40.1946169565, S 74.2901701098 (P15)', () => {
    const levels = fittedPowerLevels(P15);
    expect(levels.reorderPoint).toBeCloseTo(40.1946169565, 9);
    expect(levels.orderUpToLevel).toBeCloseTo(74.2901701098, 9);
  });

  it('with a small lot is held under the newsvendor level: 56.6039559274 of P7', () => {
    const levels = powerApproximation(P15);
    expect(levels.reorderPoint).toBeCloseTo(40.1946169565, 9);
    expect(levels.orderUpToLevel).toBeCloseTo(56.6039559274, 9);
    const dear = { ...P15, orderingCost: 250 };
    expect(powerApproximation(dear)).toEqual(fittedPowerLevels(dear));
  });

  it('costs within a tenth of the best, over the means of P14', () => {
    for (const mean of [10, 15, 20, 25, 50]) {
      const item = atOnce(new PoissonDemand(mean), { h: 1, p: 9, k: 64 });
      const levels = powerApproximation({
        holdingCost: 1,
        backorderCost: 9,
        orderingCost: 64,
        demandMean: mean,
        leadTimeDemandMean: mean,
        leadTimeDemandSd: Math.sqrt(mean),
      });
      const rounded = {
        reorderPoint: Math.round(levels.reorderPoint),
        orderUpToLevel: Math.round(levels.orderUpToLevel),
      };
      const cost = orderUpToCost(item, rounded).costPerPeriod;
      expect(cost / bestOrderUpTo(item).costPerPeriod).toBeLessThan(1.1);
    }
  });

  it('refuses what is not positive, by name', () => {
    expect(() => powerApproximation({ ...P15, orderingCost: 0 })).toThrow(
      'orderingCost must be > 0, got 0',
    );
    expect(() => powerApproximation({ ...P15, leadTimeDemandSd: Number.NaN })).toThrow(
      'leadTimeDemandSd must be > 0, got NaN',
    );
  });
});

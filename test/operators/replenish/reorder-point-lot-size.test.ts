// Claims about (r, Q), against the textbook, numeric integration and search.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestReorderPointLot,
  economicLotWithSafetyStock,
  type ReviewedItem,
  reorderPointLotCost,
} from '../../../operators/replenish/reorder-point-lot-size.js';
import { type DemandDistribution, leftOver } from '../../../operators/stats/demand-distribution.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';

/** P11: sigma 150 a year over a lead time of a month. */
const P11: ReviewedItem = {
  orderingCost: 8,
  holdingCost: 0.225,
  demandPerYear: 1300,
  backorderCost: 7.5,
  demand: new NormalDemand(1300 / 12, 150 ** 2 / 12),
};

function items(demands: fc.Arbitrary<DemandDistribution>): fc.Arbitrary<ReviewedItem> {
  return fc.record({
    orderingCost: fc.double({ min: 0.01, max: 50, noNaN: true }),
    holdingCost: fc.double({ min: 0.1, max: 5, noNaN: true }),
    backorderCost: fc.double({ min: 0.2, max: 50, noNaN: true }),
    demandPerYear: fc.double({ min: 1, max: 500, noNaN: true }),
    demand: demands,
  });
}

const CONTINUOUS = items(
  fc
    .tuple(fc.double({ min: 1, max: 100, noNaN: true }), fc.boolean())
    .map(([mean, isNormal]) =>
      isNormal ? new NormalDemand(mean, (mean / 3) ** 2) : new GammaDemand(mean, mean ** 2),
    ),
);
const WHOLE = items(
  fc
    .tuple(fc.double({ min: 0.05, max: 30, noNaN: true }), fc.boolean())
    .map(([mean, isPoisson]) =>
      isPoisson ? new PoissonDemand(mean) : new NegativeBinomialDemand(mean, 3 * mean),
    ),
);

function rate({ holdingCost, backorderCost, demand }: ReviewedItem, level: number): number {
  return holdingCost * leftOver(demand, level) + backorderCost * demand.loss(level);
}

describe('(r, Q), P11 of Snyder & Shen', () => {
  it('has its optimum at r 126.86706, Q 328.44914', () => {
    const best = bestReorderPointLot(P11);
    expect(best.reorderPoint).toBeCloseTo(126.86706, 5);
    expect(best.lot).toBeCloseTo(328.44914, 5);
  });

  it('costs 78.0711625093 at (126.8, 328.5)', () => {
    const known = reorderPointLotCost(P11, { reorderPoint: 126.8, lot: 328.5 });
    expect(known.costPerYear).toBeCloseTo(78.0711625093, 10);
    expect(bestReorderPointLot(P11).costPerYear).toBeLessThan(known.costPerYear);
  });

  it('by EOQ and safety stock is (190.3369965716, 304.0467800264)', () => {
    const shortcut = economicLotWithSafetyStock(P11);
    expect(shortcut.reorderPoint).toBeCloseTo(190.3369965716, 10);
    expect(shortcut.lot).toBeCloseTo(304.0467800264, 10);
  });
});

describe('(r, Q) of continuous demand', () => {
  it('costs the integral over the positions between two orders', () => {
    fc.assert(
      fc.property(CONTINUOUS, fc.integer({ min: -5, max: 200 }), (item, reorderPoint) => {
        const lot = 1 + Math.abs(reorderPoint);
        const n = 4000;
        let sum = 0;
        for (let i = 0; i < n; i++) sum += rate(item, reorderPoint + (lot * (i + 0.5)) / n);
        const wanted = (item.orderingCost * item.demandPerYear) / lot + sum / n;
        const { costPerYear } = reorderPointLotCost(item, { reorderPoint, lot });
        expect(costPerYear / wanted).toBeCloseTo(1, 5);
      }),
      { numRuns: 50 },
    );
  });

  it('costs at its best what either end costs, and more at any step away', () => {
    fc.assert(
      fc.property(CONTINUOUS, (item) => {
        const { reorderPoint, lot, costPerYear } = bestReorderPointLot(item);
        expect(rate(item, reorderPoint) / costPerYear).toBeCloseTo(1, 7);
        expect(rate(item, reorderPoint + lot) / costPerYear).toBeCloseTo(1, 7);
        for (const [dr, dq] of [
          [0.01, 0],
          [-0.01, 0],
          [0, 0.01],
          [0, -0.01],
          [0.3, 0.3],
          [-0.3, 0.3],
        ] as const) {
          const other = { reorderPoint: reorderPoint + dr * lot, lot: lot * (1 + dq) };
          const cost = reorderPointLotCost(item, other).costPerYear;
          expect(cost).toBeGreaterThanOrEqual(costPerYear * (1 - 1e-12));
        }
      }),
    );
  });

  it('costs no more than the shortcut by EOQ and safety stock', () => {
    fc.assert(
      fc.property(CONTINUOUS, (item) => {
        const best = bestReorderPointLot(item).costPerYear;
        expect(best).toBeLessThanOrEqual(economicLotWithSafetyStock(item).costPerYear);
      }),
    );
  });

  it('with next to no cost of ordering orders tiny lots, at the newsvendor level', () => {
    const best = bestReorderPointLot({ ...P11, orderingCost: 1e-9 });
    expect(best.lot).toBeLessThan(0.2);
    expect(best.reorderPoint).toBeCloseTo(190.337, 0);
  });
});

describe('(r, Q) of whole units', () => {
  it('costs the mean over the positions r + 1 to r + Q', () => {
    fc.assert(
      fc.property(WHOLE, fc.integer({ min: -5, max: 60 }), (item, reorderPoint) => {
        const lot = 1 + Math.abs(reorderPoint);
        let sum = item.orderingCost * item.demandPerYear;
        for (let y = reorderPoint + 1; y <= reorderPoint + lot; y++) sum += rate(item, y);
        const { costPerYear } = reorderPointLotCost(item, { reorderPoint, lot });
        expect(costPerYear / (sum / lot)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('at its best costs less than every other pair', () => {
    fc.assert(
      fc.property(WHOLE, (item) => {
        const best = bestReorderPointLot(item);
        const again = reorderPointLotCost(item, best);
        expect(best.costPerYear).toBeCloseTo(again.costPerYear, 7);
        for (let reorderPoint = -20; reorderPoint < 80; reorderPoint += 3) {
          for (let lot = 1; lot < 300; lot += 7) {
            const { costPerYear } = reorderPointLotCost(item, { reorderPoint, lot });
            expect(costPerYear).toBeGreaterThanOrEqual(best.costPerYear * (1 - 1e-9));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of great lots is rounded from the continuous optimum, within a ten thousandth of it', () => {
    const item = {
      ...P11,
      demandPerYear: 1e6,
      orderingCost: 80,
      demand: new PoissonDemand(80_000),
    };
    const best = bestReorderPointLot(item);
    expect(Number.isInteger(best.reorderPoint) && Number.isInteger(best.lot)).toBe(true);
    expect(best.lot).toBeGreaterThan(5000);
    const near = bestReorderPointLot({ ...item, demand: new NormalDemand(80_000, 80_000) });
    expect(best.costPerYear / near.costPerYear).toBeCloseTo(1, 4);
  });
});

it('(r, Q) refuses costs and lots that are not positive', () => {
  expect(() => bestReorderPointLot({ ...P11, holdingCost: 0 })).toThrow(
    'holdingCost must be > 0, got 0',
  );
  expect(() => bestReorderPointLot({ ...P11, backorderCost: -1 })).toThrow(
    'backorderCost must be > 0, got -1',
  );
  expect(() => bestReorderPointLot({ ...P11, orderingCost: 0 })).toThrow(
    'orderingCost must be > 0, got 0',
  );
  expect(() => bestReorderPointLot({ ...P11, demandPerYear: 0 })).toThrow(
    'demandPerYear must be > 0, got 0',
  );
  expect(() => reorderPointLotCost(P11, { reorderPoint: 0, lot: 0 })).toThrow(
    'lot must be > 0, got 0',
  );
});

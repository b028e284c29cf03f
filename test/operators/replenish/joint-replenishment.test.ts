// Claims about joint replenishment, against search over all multiples and the single item.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestJointPlan,
  type FamilyItem,
  jointPlan,
  silverJointPlan,
} from '../../../operators/replenish/joint-replenishment.js';
import { economicOrderQuantity } from '../../../operators/replenish/lot-size.js';

const ITEM: fc.Arbitrary<FamilyItem> = fc.record({
  lineCost: fc.double({ min: 0, max: 30, noNaN: true }),
  demandPerYear: fc.double({ min: 1, max: 5000, noNaN: true }),
  holdingCost: fc.double({ min: 0.05, max: 10, noNaN: true }),
});
const FAMILY = fc.array(ITEM, { minLength: 1, maxLength: 3 });
const ORDERING = fc.double({ min: 5, max: 200, noNaN: true });

/** Cost of ordering every `cycle` years, each item every multiple of it. */
function cost(orderingCost: number, items: readonly FamilyItem[], k: number[], cycle: number) {
  const lines = items.map(
    ({ lineCost, holdingCost, demandPerYear }, i) =>
      lineCost / (k[i]! * cycle) + (holdingCost * demandPerYear * k[i]! * cycle) / 2,
  );
  return orderingCost / cycle + lines.reduce((a, b) => a + b, 0);
}

/** Every vector of multiples up to `most`. */
function allMultiples(length: number, most: number): number[][] {
  if (length === 0) return [[]];
  const rest = allMultiples(length - 1, most);
  return rest.flatMap((k) => Array.from({ length: most }, (_, i) => [...k, i + 1]));
}

describe('joint replenishment', () => {
  it('of one item is its economic order quantity with both costs of an order', () => {
    const item = { lineCost: 3, demandPerYear: 1300, holdingCost: 0.225 };
    const plan = bestJointPlan(5, [item]);
    expect(plan.quantities[0]).toBeCloseTo(economicOrderQuantity(8, 0.225, 1300), 9);
    expect(plan.costPerYear).toBeCloseTo(68.4105255059, 9); // P1
  });

  it('costs what its orders, lines and stock cost, least at its cycle', () => {
    fc.assert(
      fc.property(ORDERING, FAMILY, (orderingCost, items) => {
        const plan = silverJointPlan(orderingCost, items);
        const k = [...plan.multiples];
        const own = cost(orderingCost, items, k, plan.cycleYears);
        expect(plan.costPerYear / own).toBeCloseTo(1, 10);
        for (const share of [0.9, 1.1]) {
          expect(cost(orderingCost, items, k, plan.cycleYears * share)).toBeGreaterThan(own);
        }
        plan.quantities.forEach((units, i) => {
          const wanted = items[i]!.demandPerYear * k[i]! * plan.cycleYears;
          expect(units).toBeCloseTo(wanted, 9);
        });
      }),
    );
  });

  it('at its best costs as little as any multiples up to 12', () => {
    fc.assert(
      fc.property(ORDERING, FAMILY, (orderingCost, items) => {
        const best = bestJointPlan(orderingCost, items);
        const all = allMultiples(items.length, 12);
        const least = Math.min(...all.map((k) => jointPlan(orderingCost, items, k).costPerYear));
        expect(best.costPerYear).toBeLessThanOrEqual(least * (1 + 1e-12));
        expect(jointPlan(orderingCost, items, best.multiples).costPerYear).toBeCloseTo(
          best.costPerYear,
          9,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('by the method of Silver costs at most a tenth more than the best for items that are alike', () => {
    const alike = fc.record({
      lineCost: fc.double({ min: 2, max: 20, noNaN: true }),
      demandPerYear: fc.double({ min: 200, max: 5000, noNaN: true }),
      holdingCost: fc.double({ min: 0.5, max: 5, noNaN: true }),
    });
    const families = fc.array(alike, { minLength: 1, maxLength: 3 });
    const ordering = fc.double({ min: 20, max: 200, noNaN: true });
    fc.assert(
      fc.property(ordering, families, (orderingCost, items) => {
        const silver = silverJointPlan(orderingCost, items).costPerYear;
        const best = bestJointPlan(orderingCost, items).costPerYear;
        expect(silver).toBeGreaterThanOrEqual(best * (1 - 1e-12));
        expect(silver).toBeLessThan(1.1 * best);
      }),
    );
  });

  it('by the method of Silver goes astray where a free line hardly sells; the best does not', () => {
    const items = [
      { lineCost: 0, demandPerYear: 1, holdingCost: 0.1 },
      { lineCost: 0.01, demandPerYear: 5000, holdingCost: 3.6 },
      { lineCost: 5, demandPerYear: 1, holdingCost: 0.05 },
    ];
    const best = bestJointPlan(5, items);
    expect(silverJointPlan(5, items).costPerYear).toBeGreaterThan(1.1 * best.costPerYear);
  });

  it('puts a slow, dear line on every fourth order, and costs less than orders apart', () => {
    const fast = { lineCost: 1, demandPerYear: 5000, holdingCost: 1 };
    const slow = { lineCost: 30, demandPerYear: 300, holdingCost: 1 };
    const plan = bestJointPlan(40, [fast, slow]);
    // By hand: sqrt(2 x 48.5 x 6200) at 4, sqrt(2 x 51 x 5900) at 3.
    expect(plan.multiples).toEqual([1, 4]);
    expect(plan.costPerYear).toBeCloseTo(Math.sqrt(2 * 48.5 * 6200), 9);
    expect(plan.costPerYear).toBeLessThan(Math.sqrt(2 * 51 * 5900));
    const apart = Math.sqrt(2 * 41 * 5000) + Math.sqrt(2 * 70 * 300);
    expect(plan.costPerYear).toBeLessThan(apart);
  });

  it('refuses an order without cost, no items, and what is not positive', () => {
    const item = { lineCost: 1, demandPerYear: 10, holdingCost: 1 };
    expect(() => bestJointPlan(0, [item])).toThrow('orderingCost must be > 0, got 0');
    expect(() => bestJointPlan(1, [])).toThrow('items must not be empty, got 0');
    expect(() => bestJointPlan(1, [{ ...item, lineCost: -1 }])).toThrow('lineCost must be >= 0');
    expect(() => bestJointPlan(1, [{ ...item, holdingCost: 0 }])).toThrow('holdingCost must be >');
    expect(() => bestJointPlan(1, [{ ...item, demandPerYear: 0 }])).toThrow(
      'demandPerYear must be > 0, got 0',
    );
    expect(() => jointPlan(1, [item], [0])).toThrow('multiples must be >= 1, got 0');
  });
});

// Claims about the policies' levels and quantities.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buffersOf,
  type LeadTimeMoments,
  levelsOf,
  needOf,
} from '../../../operators/replenish/policy.js';
import { type Terms, toTerms } from '../../../operators/replenish/terms.js';
import { certainUndershoot } from '../../../operators/replenish/undershoot.js';
import { normalDistribution, normalLoss, normalQuantile } from '../../../operators/stats/normal.js';
import { DEFAULTS } from './default-terms.js';

function terms(given: Partial<Terms>): Terms {
  return { ...toTerms(undefined, DEFAULTS), ...given };
}
const demand = (mean: number, sd: number, perDay = mean / 7): LeadTimeMoments => ({
  mean,
  sd,
  perDay,
});

/** Levels where lead-time demand is normal, as textbooks have it. */
function normalLevels(given: Terms, moments: LeadTimeMoments, undershoot = 0) {
  const { mean, sd, perDay } = moments;
  const exposed = {
    mean,
    isWhole: false,
    cdf: (units: number) => normalDistribution((units - mean) / sd),
    quantile: (level: number) => mean + sd * normalQuantile(level),
    loss: (units: number) =>
      sd > 0 ? sd * normalLoss((units - mean) / sd) : Math.max(0, mean - units),
  };
  return levelsOf(
    given,
    moments,
    buffersOf(given, {
      exposed,
      overLeadTime: exposed,
      costs: {
        day: { mean: perDay, sd: sd / Math.sqrt(7) },
        leadTime: { mean, sd },
        isWhole: false,
      },
      lot: { perDay, path: [perDay], bucketDays: 1 },
      overShelfLife: null,
      undershoot: certainUndershoot(undershoot),
    }),
  );
}

describe('levels', () => {
  // S4: mean 900, sd 208.806, 95 %.
  it('reorder point is mean lead-time demand and safety stock: 1243.4555206 (S4)', () => {
    const levels = normalLevels(terms({ policy: 'sQ' }), demand(900, Math.sqrt(43_600), 100));
    expect(levels.safetyStock).toBeCloseTo(343.4555206, 7);
    expect(levels.reorderPoint).toBeCloseTo(1243.4555206, 7);
  });

  // S5: 50 a day over 4 + 2 days, sd 10 a day.
  it('RS aims at 340.2905209, in whole units 341 (S5)', () => {
    const levels = normalLevels(terms({ policy: 'RS' }), demand(300, 10 * Math.sqrt(6), 50));
    expect(300 + levels.safetyStock).toBeCloseTo(340.2905209, 7);
    expect(levels.orderUpToLevel).toBe(341);
    // Due as soon as one unit is missing; then the quantity lifts it strictly above.
    expect(levels.reorderPoint).toBe(340);
  });

  // P1: K 8, h .225 (rate .25 of a cost of .9), D 1300 a year: 304.04…
  it('orders the economic quantity in whole units where costs are known: 305 (P1)', () => {
    const costed = terms({ policy: 'sQ', orderingCost: 8, holdingRate: 0.25, unitCost: 0.9 });
    expect(normalLevels(costed, demand(10, 1, 1300 / 365)).orderQuantity).toBe(305);
  });

  it('orders coverDays of demand where the cost is not known, at least one unit', () => {
    expect(normalLevels(terms({}), demand(10, 1, 2.6)).orderQuantity).toBe(37);
    expect(normalLevels(terms({ unitCost: 0 }), demand(10, 1, 2.6)).orderQuantity).toBe(37);
    expect(normalLevels(terms({}), demand(0, 0, 0)).orderQuantity).toBe(1);
  });

  it('sS orders up to reorder point and order quantity, in whole units', () => {
    const levels = normalLevels(terms({ policy: 'sS' }), demand(10, 2, 3));
    expect(levels.orderUpToLevel).toBe(Math.ceil(levels.reorderPoint + 42));
  });

  it('takes what was given over what it computes', () => {
    const given = terms({ reorderPoint: 3, orderUpToLevel: 50, orderQuantity: 11 });
    expect(normalLevels(given, demand(900, 200))).toMatchObject({
      reorderPoint: 3,
      orderUpToLevel: 50,
      orderQuantity: 11,
    });
  });

  it('keeps a computed reorder point below a given order-up-to level', () => {
    const levels = normalLevels(terms({ orderUpToLevel: 50 }), demand(900, 200));
    expect(levels).toMatchObject({ reorderPoint: 49, orderUpToLevel: 50 });
  });

  it('aims above the reorder point even where a given order-up-to level lies below it', () => {
    const levels = normalLevels(terms({ reorderPoint: 60, orderUpToLevel: 50 }), demand(1, 1));
    expect(levels.reorderPoint).toBe(60);
    expect(levels.orderUpToLevel).toBeGreaterThan(60);
  });

  // Silver, Pyke & Thomas 6.11, as S6: 99 % of 200 with sd 30.
  it('holds less for a fill rate of 99 % in lots of 200 than for 99 % of cycles (S6)', () => {
    const fill = terms({
      policy: 'sQ',
      orderQuantity: 200,
      service: { kind: 'fill', level: 0.99 },
    });
    const cycle = terms({
      policy: 'sQ',
      orderQuantity: 200,
      service: { kind: 'cycle', level: 0.99 },
    });
    expect(normalLevels(fill, demand(100, 30)).safetyStock).toBeCloseTo(30 * 1.1145639, 5);
    expect(normalLevels(cycle, demand(100, 30)).safetyStock).toBeCloseTo(30 * 2.3263479, 5);
  });
});

describe('needOf', () => {
  const sQ = (reorderPoint: number, orderQuantity: number, more: Partial<Terms> = {}) => {
    const given = terms({ policy: 'sQ', reorderPoint, orderQuantity, ...more });
    return (position: number) => needOf(given, normalLevels(given, demand(0, 0)), position);
  };

  it.each([
    { position: 121, quantity: undefined },
    { position: 120, quantity: 100 },
    { position: 21, quantity: 100 },
    { position: 20, quantity: 200 },
    { position: 0, quantity: 200 },
    { position: -80, quantity: 300 },
  ])('sQ at 120 in lots of 100, position $position: $quantity', ({ position, quantity }) => {
    expect(sQ(120, 100)(position)?.quantity).toBe(quantity);
  });

  it('sQ takes the smallest whole multiple that lifts strictly above the reorder point', () => {
    const units = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        units,
        units,
        fc.integer({ min: -10_000, max: 12_000 }),
        (point, lot, position) => {
          const need = sQ(point, lot)(position);
          expect(need === null).toBe(position > point);
          if (need === null) return;
          const { quantity } = need;
          expect(quantity % lot).toBe(0);
          expect(position + quantity).toBeGreaterThan(point);
          expect(position + quantity - lot).toBeLessThanOrEqual(point);
        },
      ),
    );
  });

  it('any policy, minimum and pack: due exactly when it should be, then strictly above', () => {
    const units = fc.integer({ min: 0, max: 500 });
    const any = fc.record({
      policy: fc.constantFrom('sQ', 'sS', 'RS'),
      reorderPoint: units,
      orderUpToLevel: units,
      orderQuantity: fc.integer({ min: 1, max: 200 }),
      minimumOrderQuantity: units,
      packSize: units,
    } as const);
    fc.assert(
      fc.property(any, fc.integer({ min: -600, max: 600 }), (given, position) => {
        const all = terms(given);
        const levels = normalLevels(all, demand(0, 0));
        const need = needOf(all, levels, position);
        const isDue =
          given.policy === 'RS' ? position < given.orderUpToLevel : position <= given.reorderPoint;
        expect(need !== null).toBe(isDue);
        if (need === null) return;
        const after = position + need.quantity;
        expect(after).toBeGreaterThan(levels.reorderPoint);
        expect(need.quantity).toBeGreaterThanOrEqual(Math.max(1, given.minimumOrderQuantity));
        if (given.packSize > 0) expect(need.quantity % given.packSize).toBe(0);
        expect(need.shortfall + need.lot + need.byMinimum + need.byPack).toBe(need.quantity);
      }),
      { numRuns: 1000 },
    );
  });
});

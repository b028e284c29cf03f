// Claims about quantity discounts, against the textbook and a search over all quantities.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allUnitsDiscount,
  type DiscountTerms,
  incrementalDiscount,
} from '../../../operators/replenish/quantity-discounts.js';

const ALL_UNITS: DiscountTerms = {
  orderingCost: 200,
  holdingRate: 0.2,
  demandPerYear: 1000,
  tiers: [
    { from: 0, price: 500 },
    { from: 200, price: 475 },
    { from: 500, price: 450 },
  ],
};
const INCREMENTAL: DiscountTerms = {
  orderingCost: 150,
  holdingRate: 0.25,
  demandPerYear: 2400,
  tiers: [
    { from: 0, price: 100 },
    { from: 300, price: 90 },
    { from: 600, price: 80 },
  ],
};

const TERMS: fc.Arbitrary<DiscountTerms> = fc.record({
  orderingCost: fc.integer({ min: 1, max: 500 }),
  holdingRate: fc.integer({ min: 5, max: 60 }).map((percent) => percent / 100),
  demandPerYear: fc.integer({ min: 10, max: 5000 }),
  tiers: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20 })), {
      minLength: 1,
      maxLength: 5,
    })
    .map((rises) => {
      let from = -(rises[0]?.[0] ?? 0);
      let price = 120;
      return rises.map(([units, less]) => {
        from += units;
        price -= less;
        return { from, price };
      });
    })
    .map((tiers) => tiers.map((tier, i) => (i === 0 ? { ...tier, from: 0 } : tier))),
});

/** Cost of one order of `quantity`. */
type OrderPrice = (terms: DiscountTerms, quantity: number) => number;

const allUnits: OrderPrice = ({ tiers }, quantity) =>
  quantity * (tiers.filter(({ from }) => from <= quantity).at(-1)?.price ?? 0);

const incremental: OrderPrice = ({ tiers }, quantity) =>
  tiers.reduce((sum, { from, price }, i) => {
    const end = Math.min(quantity, tiers[i + 1]?.from ?? Number.POSITIVE_INFINITY);
    return sum + Math.max(0, end - from) * price;
  }, 0);

function costPerYear(terms: DiscountTerms, quantity: number, priceOf: OrderPrice): number {
  const price = priceOf(terms, quantity);
  const orders = terms.demandPerYear / quantity;
  return orders * (terms.orderingCost + price) + (terms.holdingRate * price) / 2;
}

describe.each([
  { name: 'allUnitsDiscount', best: allUnitsDiscount, priceOf: allUnits },
  { name: 'incrementalDiscount', best: incrementalDiscount, priceOf: incremental },
])('$name', ({ best, priceOf }) => {
  it('costs what its orders and its stock cost, and no quantity costs less', () => {
    fc.assert(
      fc.property(TERMS, (terms) => {
        const lot = best(terms)[0]!;
        expect(lot.costPerYear).toBeCloseTo(costPerYear(terms, lot.quantity, priceOf), 6);
        for (let quantity = 1; quantity < 4000; quantity = Math.ceil(quantity * 1.01)) {
          const other = costPerYear(terms, quantity, priceOf);
          expect(lot.costPerYear).toBeLessThanOrEqual(other * (1 + 1e-12));
        }
      }),
    );
  });

  it('refuses tiers that do not start at 0, do not rise, or become dearer', () => {
    const price = 5;
    expect(() => best({ ...ALL_UNITS, tiers: [] })).toThrow('tiers must start at 0, got none');
    expect(() => best({ ...ALL_UNITS, tiers: [{ from: 1, price }] })).toThrow(
      'tiers must start at 0, got 1',
    );
    const twice = [
      { from: 0, price },
      { from: 0, price },
    ];
    expect(() => best({ ...ALL_UNITS, tiers: twice })).toThrow('tiers must rise, got 0 after 0');
    const dearer = [
      { from: 0, price },
      { from: 9, price: 6 },
    ];
    expect(() => best({ ...ALL_UNITS, tiers: dearer })).toThrow(
      'prices must be > 0 and never rise, got 6 at 9',
    );
    expect(() => best({ ...ALL_UNITS, holdingRate: 0 })).toThrow('holdingRate must be > 0, got 0');
    expect(() => best({ ...ALL_UNITS, demandPerYear: 0 })).toThrow(
      'demandPerYear must be > 0, got 0',
    );
  });
});

describe('allUnitsDiscount', () => {
  it('K 200, i .2, D 1000, 500/475/450: 500 at 472,900 (P4, Snyder & Shen)', () => {
    const lots = allUnitsDiscount(ALL_UNITS);
    expect(lots[0]).toEqual({ tier: 2, quantity: 500, costPerYear: 472_900 });
    expect(lots.map(({ tier }) => tier)).toEqual([2, 1, 0]);
    expect(lots[1]?.costPerYear).toBeCloseTo(485_500, 6);
    expect(lots[2]?.costPerYear).toBeCloseTo(506_324.555, 3);
  });
});

describe('incrementalDiscount', () => {
  it('K 150, i .25, D 2400, 100/90/80: 1481.8906842274 at 222762.8136845 (P5)', () => {
    const lot = incrementalDiscount(INCREMENTAL)[0]!;
    expect(lot.tier).toBe(2);
    expect(lot.quantity).toBeCloseTo(1481.8906842274, 10);
    expect(lot.costPerYear).toBeCloseTo(222_762.8136845, 7);
  });
});

// Claims about the economic order quantity.
import { describe, expect, it } from 'vitest';
import { economicOrderQuantity } from '../../../operators/replenish/lot-size.js';

describe('economicOrderQuantity', () => {
  it('K 8, h .225, D 1300: Q 304.0467800264, cost 68.4105255059 (P1, Snyder & Shen)', () => {
    const quantity = economicOrderQuantity(8, 0.225, 1300);
    expect(quantity).toBeCloseTo(304.0467800264, 10);
    const cost = (8 * 1300) / quantity + (0.225 * quantity) / 2;
    expect(cost).toBeCloseTo(68.4105255059, 10);
  });

  it.each([
    { demand: 1000, ordering: 10, holding: 2, quantity: 100 },
    { demand: 12_000, ordering: 50, holding: 2, quantity: 774.5967 },
  ])('D $demand, S $ordering, H $holding gives $quantity (corrected example)', (known) => {
    const quantity = economicOrderQuantity(known.ordering, known.holding, known.demand);
    expect(quantity).toBeCloseTo(known.quantity, 4);
  });

  it('costs more a little to either side', () => {
    const cost = (q: number) => (8 * 1300) / q + (0.225 * q) / 2;
    const best = economicOrderQuantity(8, 0.225, 1300);
    expect(cost(best * 1.01)).toBeGreaterThan(cost(best));
    expect(cost(best * 0.99)).toBeGreaterThan(cost(best));
  });

  it('is none without demand or without a cost of ordering', () => {
    expect(economicOrderQuantity(8, 0.225, 0)).toBe(0);
    expect(economicOrderQuantity(0, 0.225, 1300)).toBe(0);
  });

  it('refuses a holding cost that is not positive, and what is negative, by name', () => {
    expect(() => economicOrderQuantity(8, 0, 1300)).toThrow('holdingCost must be > 0, got 0');
    expect(() => economicOrderQuantity(8, -1, 1300)).toThrow(RangeError);
    expect(() => economicOrderQuantity(-8, 1, 1300)).toThrow('orderingCost must be >= 0, got -8');
    expect(() => economicOrderQuantity(8, 1, Number.NaN)).toThrow(
      'demandPerYear must be >= 0, got NaN',
    );
  });
});

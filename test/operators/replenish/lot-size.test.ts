// Claims about the economic order quantity and its kin.
import { describe, expect, it } from 'vitest';
import {
  economicOrderQuantity,
  economicOrderQuantityWithBackorders,
  economicProductionQuantity,
  lotCostPerYear,
} from '../../../operators/replenish/lot-size.js';

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

describe('economicOrderQuantityWithBackorders', () => {
  const costs = { orderingCost: 8, holdingCost: 0.225, demandPerYear: 1300 };

  it('P1 with p 5: Q 310.8125551590, stockout .0430622010, cost 66.9213635510 (P2)', () => {
    const lot = economicOrderQuantityWithBackorders(costs, 5);
    expect(lot.quantity).toBeCloseTo(310.812555159, 10);
    expect(lot.waitingShare).toBeCloseTo(0.043062201, 10);
    expect(lot.costPerYear).toBeCloseTo(66.921363551, 10);
  });

  it('costs less than any other lot and share of waiting', () => {
    const cost = (q: number, share: number) =>
      (8 * 1300) / q + (0.225 * q * (1 - share) ** 2) / 2 + (5 * q * share ** 2) / 2;
    const best = economicOrderQuantityWithBackorders(costs, 5);
    expect(best.costPerYear).toBeCloseTo(cost(best.quantity, best.waitingShare), 10);
    for (let q = 200; q < 450; q += 5) {
      for (let share = 0; share < 0.2; share += 0.005) {
        expect(cost(q, share)).toBeGreaterThanOrEqual(best.costPerYear);
      }
    }
  });

  it('tends to the plain one as waiting becomes dear, and refuses a cost that is not positive', () => {
    const dear = economicOrderQuantityWithBackorders(costs, 1e9);
    expect(dear.quantity).toBeCloseTo(304.04678, 4);
    expect(() => economicOrderQuantityWithBackorders(costs, 0)).toThrow(
      'backorderCost must be > 0, got 0',
    );
  });
});

describe('economicProductionQuantity', () => {
  const costs = { orderingCost: 8, holdingCost: 0.225, demandPerYear: 1300 };

  it('P1 at 1700 a year: Q 626.8084945890, cost 33.1839791253 (P3)', () => {
    const lot = economicProductionQuantity(costs, 1700);
    expect(lot.quantity).toBeCloseTo(626.808494589, 10);
    expect(lot.costPerYear).toBeCloseTo(33.1839791253, 10);
  });

  it('tends to the economic order quantity as production becomes fast', () => {
    const lot = economicProductionQuantity(costs, 1e12);
    expect(lot.quantity).toBeCloseTo(304.04678, 4);
    expect(lot.costPerYear).toBeCloseTo(lotCostPerYear(costs, lot.quantity), 6);
  });

  it('refuses a rate that demand outruns', () => {
    expect(() => economicProductionQuantity(costs, 1300)).toThrow(
      'productionPerYear must be > demandPerYear 1300, got 1300',
    );
  });
});

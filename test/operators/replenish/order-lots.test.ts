// Claims about order lots: the known answers of lot sizing, reached by an item's terms.
import { describe, expect, it } from 'vitest';
import { orderQuantityOf } from '../../../operators/replenish/order-lots.js';
import { type Terms, toTerms } from '../../../operators/replenish/terms.js';
import { DEFAULTS } from './default-terms.js';

const terms = (given: Partial<Terms>): Terms => ({ ...toTerms(undefined, DEFAULTS), ...given });
const demand = (perYear: number, path: readonly number[] = []) => ({
  perDay: perYear / 365,
  path,
  bucketDays: 1,
});

describe('an order lot', () => {
  it('is the economic quantity where costs are known: 304.04, in whole units 305 (P1)', () => {
    const costed = terms({ orderingCost: 8, holdingRate: 0.25, unitCost: 0.9 });
    expect(orderQuantityOf(costed, demand(1300))).toBe(305);
  });

  it('takes the tier that is cheapest where the whole order has its price: 500 (P4)', () => {
    const discounts = {
      kind: 'allUnits',
      tiers: [
        { from: 0, price: 500 },
        { from: 200, price: 475 },
        { from: 500, price: 450 },
      ],
    } as const;
    const priced = terms({ orderingCost: 200, holdingRate: 0.2, unitCost: 500, discounts });
    expect(orderQuantityOf(priced, demand(1000))).toBe(500);
  });

  it('takes the tier that is cheapest where each tier prices its units: 1481.89 (P5)', () => {
    const discounts = {
      kind: 'incremental',
      tiers: [
        { from: 0, price: 100 },
        { from: 300, price: 90 },
        { from: 600, price: 80 },
      ],
    } as const;
    const priced = terms({ orderingCost: 150, holdingRate: 0.25, unitCost: 100, discounts });
    expect(orderQuantityOf(priced, demand(2400))).toBe(1482);
  });

  // P16: h 2 a period, K 500: the plan begins with 210 for the first two periods.
  it('is the first order of the plan by Wagner-Whitin over coming demand: 210 (P16)', () => {
    const planned = terms({
      orderingCost: 500,
      holdingRate: 1,
      unitCost: 2 * 365,
      lotSizing: 'wagnerWhitin',
    });
    const path = [90, 120, 80, 70];
    expect(orderQuantityOf(planned, demand(90 * 365, path))).toBe(210);
    // Silver-Meal joins the third period: its rule looks at averages alone.
    const heuristic = { ...planned, lotSizing: 'silverMeal' } as const;
    expect(orderQuantityOf(heuristic, demand(90 * 365, path))).toBe(290);
  });

  it('is days of demand where costs are not known, one unit at least, or what was given', () => {
    expect(orderQuantityOf(terms({ coverDays: 14 }), demand(365))).toBe(14);
    expect(orderQuantityOf(terms({}), demand(0))).toBe(1);
    expect(orderQuantityOf(terms({ orderQuantity: 37 }), demand(365))).toBe(37);
  });
});

// Claims about the newsvendor, against the textbook and a search over all quantities.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  criticalRatio,
  newsvendorCost,
  newsvendorQuantity,
  shortLifeQuantity,
} from '../../../operators/replenish/newsvendor.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';
import { SampleDemand } from '../../../operators/stats/sample-demand.js';

const CHEAP = { overageCost: 0.18, underageCost: 0.7 };
const COSTS = fc.record({
  overageCost: fc.double({ min: 0.01, max: 10, noNaN: true }),
  underageCost: fc.double({ min: 0.01, max: 10, noNaN: true }),
});

describe('newsvendorQuantity', () => {
  it('h .18, p .70, N(50, 8): 56.6039559274 at 1.9976051932; 60 costs 2.1561315529 (P7)', () => {
    const demand = new NormalDemand(50, 64);
    const quantity = newsvendorQuantity(demand, CHEAP);
    expect(quantity).toBeCloseTo(56.6039559274, 10);
    expect(newsvendorCost(demand, CHEAP, quantity)).toBeCloseTo(1.9976051932, 10);
    expect(newsvendorCost(demand, CHEAP, 60)).toBeCloseTo(2.1561315529, 10);
  });

  it('Poisson 50, costs of P7: 56 at 1.7972352118 (P8)', () => {
    const demand = new PoissonDemand(50);
    expect(newsvendorQuantity(demand, CHEAP)).toBe(56);
    expect(newsvendorCost(demand, CHEAP, 56)).toBeCloseTo(1.7972352118, 10);
  });

  it('h 1, p 4, Poisson 6: 8 at 3.5701069458 (P9)', () => {
    const demand = new PoissonDemand(6);
    const costs = { overageCost: 1, underageCost: 4 };
    expect(newsvendorQuantity(demand, costs)).toBe(8);
    expect(newsvendorCost(demand, costs, 8)).toBeCloseTo(3.5701069458, 10);
  });

  it('costs no more than any other quantity', () => {
    const demands = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((mean) => new PoissonDemand(mean)),
      fc.integer({ min: 1, max: 20 }).map((m) => new NegativeBinomialDemand(m, 4 * m)),
      fc
        .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 })
        .map((samples) => new SampleDemand(samples)),
    );
    fc.assert(
      fc.property(demands, COSTS, (demand, costs) => {
        const best = newsvendorCost(demand, costs, newsvendorQuantity(demand, costs));
        for (let q = 0; q < 150; q += 0.5) {
          expect(newsvendorCost(demand, costs, q)).toBeGreaterThanOrEqual(best - 1e-9);
        }
      }),
    );
  });

  it('refuses costs that are not positive', () => {
    expect(() => criticalRatio({ overageCost: 0, underageCost: 1 })).toThrow(
      'overageCost must be > 0, got 0',
    );
    expect(() => criticalRatio({ overageCost: 1, underageCost: Number.NaN })).toThrow(
      'underageCost must be > 0, got NaN',
    );
  });
});

describe('shortLifeQuantity', () => {
  const costs = { overageCost: 1, underageCost: 4 };

  it('is the newsvendor quantity for the shelf life, less what is there', () => {
    expect(shortLifeQuantity(new PoissonDemand(6), costs, 0)).toBe(8);
    expect(shortLifeQuantity(new PoissonDemand(6), costs, 3)).toBe(5);
    expect(shortLifeQuantity(new PoissonDemand(6), costs, 20)).toBe(0);
  });

  it('sells the last unit in time with at least the chance that pays for it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), COSTS, (mean, any) => {
        const demand = new PoissonDemand(mean);
        const stock = shortLifeQuantity(demand, any, 0);
        const needed = any.overageCost / (any.overageCost + any.underageCost);
        if (stock > 0) expect(1 - demand.cdf(stock - 1)).toBeGreaterThanOrEqual(needed - 1e-9);
        expect(1 - demand.cdf(stock)).toBeLessThanOrEqual(needed + 1e-9);
      }),
    );
  });

  it('refuses stock below zero', () => {
    expect(() => shortLifeQuantity(new PoissonDemand(6), costs, -1)).toThrow(
      'usable must be >= 0, got -1',
    );
  });
});

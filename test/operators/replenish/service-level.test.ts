// Claims about service levels of any demand, against textbooks, sums and simulation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetyStockForFillRate } from '../../../operators/replenish/safety-stock.js';
import {
  levelForCycleService,
  lotFillRate,
  orderUpToForFillRate,
  reorderPointForFillRate,
  reviewFillRate,
} from '../../../operators/replenish/service-level.js';
import type { DemandDistribution } from '../../../operators/stats/demand-distribution.js';
import { demandOf } from '../../../operators/stats/demand-of.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import { normalDistribution } from '../../../operators/stats/normal.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';
import { QuantileDemand } from '../../../operators/stats/quantile-demand.js';
import { Dice } from '../forecast/dice.js';

const LEVEL_OF_Z165 = normalDistribution(1.65);
const DEMANDS: fc.Arbitrary<DemandDistribution> = fc
  .record({
    mean: fc.double({ min: 0.05, max: 500, noNaN: true }),
    ratio: fc.double({ min: 0.5, max: 20, noNaN: true }),
    isWhole: fc.boolean(),
  })
  .map(({ mean, ratio, isWhole }) => demandOf({ mean, variance: mean * ratio, isWhole }));
const FILL_RATES = fc.double({ min: 0.5, max: 0.9999, noNaN: true });

describe('level for a cycle service level', () => {
  // The book's z of 1.65 stands for the level that has exactly this quantile.
  it.each([
    { id: 'S1', mean: 300, variance: 10 * 25, level: LEVEL_OF_Z165, reorderPoint: 326.0888 },
    { id: 'S2', mean: 50, variance: 25, level: 0.97, reorderPoint: 59.40397 },
    {
      id: 'S3',
      mean: 700,
      variance: 7 * 400 + 1e4 * 4,
      level: LEVEL_OF_Z165,
      reorderPoint: 700 + 1.65 * 206.8816,
    },
    { id: 'S4', mean: 900, variance: 9 * 400 + 1e4 * 4, level: 0.95, reorderPoint: 1243.4555206 },
    { id: 'S5', mean: 300, variance: 6 * 100, level: 0.95, reorderPoint: 340.2905209 },
  ])('$id: $reorderPoint', ({ mean, variance, level, reorderPoint }) => {
    const got = levelForCycleService(new NormalDemand(mean, variance), level);
    expect(got).toBeCloseTo(reorderPoint, 4);
  });

  it('Poisson of mean 6, 95 %: 10; negative binomial of variance 12: 12 (S7)', () => {
    expect(levelForCycleService(new PoissonDemand(6), 0.95)).toBe(10);
    expect(levelForCycleService(new NegativeBinomialDemand(6, 12), 0.95)).toBe(12);
  });

  it('P10 40, P50 100, P90 200: P40 85, P75 162.5 (S8)', () => {
    const demand = new QuantileDemand([0.1, 0.5, 0.9], [40, 100, 200]);
    expect(levelForCycleService(demand, 0.4)).toBeCloseTo(85, 10);
    expect(levelForCycleService(demand, 0.75)).toBeCloseTo(162.5, 10);
  });

  it('is never below 0', () => {
    expect(levelForCycleService(new NormalDemand(1, 100), 0.1)).toBe(0);
  });
});

describe('fill rate of (s, Q)', () => {
  const service = { demand: new NormalDemand(100, 900), lot: 200 };

  it('Q 200, sigma 30, z 1: .9875026794; 99 % needs z 1.1145639 (S6)', () => {
    expect(lotFillRate(service, 130)).toBeCloseTo(0.9875026794, 10);
    expect((reorderPointForFillRate(service, 0.99) - 100) / 30).toBeCloseTo(1.1145639, 7);
  });

  it('agrees with the safety stock of normal theory where the lot is great', () => {
    fc.assert(
      fc.property(FILL_RATES, fc.double({ min: 1, max: 80, noNaN: true }), (fillRate, sd) => {
        const reorderPoint = reorderPointForFillRate(
          { demand: new NormalDemand(1000, sd ** 2), lot: 900 },
          fillRate,
        );
        // The shortcut stops at no safety stock; the exact one may go below the mean.
        const safety = safetyStockForFillRate(fillRate, sd, 900);
        if (safety > 0) expect(reorderPoint - 1000).toBeCloseTo(safety, 6);
        else expect(reorderPoint).toBeLessThanOrEqual(1000 + 1e-9);
      }),
    );
  });

  it('is reached by the level asked for it, and missed by a smaller one', () => {
    fc.assert(
      fc.property(DEMANDS, FILL_RATES, fc.integer({ min: 1, max: 300 }), (demand, rate, lot) => {
        const level = reorderPointForFillRate({ demand, lot }, rate);
        expect(lotFillRate({ demand, lot }, level)).toBeGreaterThanOrEqual(rate - 1e-12);
        const less = demand.isWhole ? level - 1 : level * (1 - 1e-6);
        if (level > 0) expect(lotFillRate({ demand, lot }, less)).toBeLessThan(rate + 1e-12);
      }),
    );
  });

  it('falls short of the cycle service level where demand is lumpy and the lot small', () => {
    const lumpy = { demand: new NegativeBinomialDemand(6, 60), lot: 2 };
    const level = levelForCycleService(lumpy.demand, 0.95);
    expect(lotFillRate(lumpy, level)).toBeLessThan(0.96);
    const steady = { demand: new NormalDemand(100, 900), lot: 200 };
    expect(lotFillRate(steady, levelForCycleService(steady.demand, 0.95))).toBeGreaterThan(0.99);
  });

  it('is what single Poisson customers find on the shelf', () => {
    const [rate, leadTime, lot, reorderPoint] = [2, 3, 5, 6];
    const wanted = lotFillRate({ demand: new PoissonDemand(rate * leadTime), lot }, reorderPoint);
    expect(servedShare(new Dice(7), { rate, leadTime, lot, reorderPoint })).toBeCloseTo(wanted, 2);
  });

  it('refuses a fill rate outside of (0, 1) and a lot that is not positive', () => {
    expect(() => reorderPointForFillRate(service, 1)).toThrow('fillRate must be in (0, 1), got 1');
    expect(() => lotFillRate({ ...service, lot: 0 }, 5)).toThrow('lot must be > 0, got 0');
    expect(() => levelForCycleService(service.demand, 1)).toThrow(
      'probability must be in (0, 1), got 1',
    );
  });
});

/** Share of 400,000 customers, one unit each, who find their unit in a (s, Q) shop. */
function servedShare(
  dice: Dice,
  shop: { rate: number; leadTime: number; lot: number; reorderPoint: number },
): number {
  const { rate, leadTime, lot, reorderPoint } = shop;
  const arrivals: number[] = [];
  let [now, net, position, served] = [0, reorderPoint + lot, reorderPoint + lot, 0];
  const customers = 400_000;
  for (let i = 0; i < customers; i++) {
    now -= Math.log(1 - dice.uniform()) / rate;
    while (arrivals.length > 0 && (arrivals[0] as number) <= now) {
      arrivals.shift();
      net += lot;
    }
    if (net > 0) served++;
    net--;
    position--;
    if (position <= reorderPoint) {
      position += lot;
      arrivals.push(now + leadTime);
    }
  }
  return served / customers;
}

describe('fill rate at periodic review', () => {
  const service = {
    overLeadTime: new NormalDemand(100, 200),
    overReviewAndLeadTime: new NormalDemand(300, 600),
  };

  it('is 1 less the units short in a review period over those asked for', () => {
    const level = 320;
    const short = service.overReviewAndLeadTime.loss(level) - service.overLeadTime.loss(level);
    expect(reviewFillRate(service, level)).toBeCloseTo(1 - short / 200, 14);
  });

  it('is the growth of backorders over a simulated cycle, as a share of its demand', () => {
    const [review, mean] = [4, 3];
    const wanted = reviewFillRate(
      {
        overLeadTime: new PoissonDemand(2 * mean),
        overReviewAndLeadTime: new PoissonDemand((2 + review) * mean),
      },
      20,
    );
    // Orders placed at 0, 4, 8 ... arrive 2 later: what is short in a cycle is the growth of
    // backorders from just after an arrival to just before the next.
    const dice = new Dice(11);
    let [short, asked] = [0, 0];
    for (let i = 0; i < 200_000; i++) {
      const before = dice.poisson(2 * mean);
      const during = dice.poisson(review * mean);
      short += Math.max(0, before + during - 20) - Math.max(0, before - 20);
      asked += during;
    }
    expect(1 - short / asked).toBeCloseTo(wanted, 2);
  });

  it('is reached by the level asked for it, and missed by a smaller one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        FILL_RATES,
        fc.boolean(),
        (perDay, lead, review, rate, isWhole) => {
          const over = (days: number) =>
            isWhole
              ? new NegativeBinomialDemand(perDay * days, 2 * perDay * days)
              : new GammaDemand(perDay * days, 2 * perDay * days);
          const any = { overLeadTime: over(lead), overReviewAndLeadTime: over(lead + review) };
          const level = orderUpToForFillRate(any, rate);
          expect(reviewFillRate(any, level)).toBeGreaterThanOrEqual(rate - 1e-12);
          const less = isWhole ? level - 1 : level * (1 - 1e-6);
          if (level > 0) expect(reviewFillRate(any, less)).toBeLessThan(rate + 1e-12);
        },
      ),
    );
  });

  it('refuses a review period without demand', () => {
    const still = { ...service, overReviewAndLeadTime: service.overLeadTime };
    expect(() => reviewFillRate(still, 10)).toThrow(
      'demand of the review period must be > 0, got 0',
    );
    expect(() => orderUpToForFillRate(service, 0)).toThrow('fillRate must be in (0, 1), got 0');
  });
});

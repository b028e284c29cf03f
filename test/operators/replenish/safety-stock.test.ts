// Claims about lead-time demand and safety stock, against textbooks.
import { describe, expect, it } from 'vitest';
import {
  leadTimeDemand,
  leadTimeDemandSd,
  safetyStockForCycleService,
  safetyStockForFillRate,
} from '../../../operators/replenish/safety-stock.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { poissonMass } from '../../../operators/stats/gamma-function.js';
import { normalDistribution, normalLoss } from '../../../operators/stats/normal.js';

describe('safety stock for a cycle service level', () => {
  // The book's z of 1.65 stands for the level that has exactly this quantile.
  const LEVEL_OF_Z165 = normalDistribution(1.65);

  it('d 30, sd 5, L 10, z 1.65: 26.0888, reorder point 326.0888 (S1, Russell & Taylor)', () => {
    const sd = leadTimeDemandSd({ demandMean: 30, demandSd: 5, leadTimeMean: 10, leadTimeSd: 0 });
    const stock = safetyStockForCycleService(LEVEL_OF_Z165, sd);
    expect(stock).toBeCloseTo(26.0888, 4);
    expect(30 * 10 + stock).toBeCloseTo(326.0888, 4);
  });

  it('lead-time demand N(50, 5), risk 3 %: 9.40397, reorder point 59.40397 (S2, Stevenson)', () => {
    const stock = safetyStockForCycleService(0.97, 5);
    expect(stock).toBeCloseTo(9.40397, 5);
    expect(50 + stock).toBeCloseTo(59.40397, 5);
  });

  it('d 100, sd 20, L 7, sL 2, z 1.65: sigma 206.8816, stock 341.35 (S3)', () => {
    const sd = leadTimeDemandSd({ demandMean: 100, demandSd: 20, leadTimeMean: 7, leadTimeSd: 2 });
    expect(sd).toBeCloseTo(206.8816, 4);
    expect(safetyStockForCycleService(LEVEL_OF_Z165, sd)).toBeCloseTo(341.35, 2);
  });

  it('d 100, sd 20, L 9, sL 2, 95 %: 343.4555206, reorder point 1243.4555206 (S4)', () => {
    const sd = leadTimeDemandSd({ demandMean: 100, demandSd: 20, leadTimeMean: 9, leadTimeSd: 2 });
    const stock = safetyStockForCycleService(0.95, sd);
    expect(stock).toBeCloseTo(343.4555206, 7);
    expect(100 * 9 + stock).toBeCloseTo(1243.4555206, 7);
  });

  it('d 50, sd 10 over review 4 and lead time 2, 95 %: S 340.2905209 (S5)', () => {
    const sd = leadTimeDemandSd({ demandMean: 50, demandSd: 10, leadTimeMean: 6, leadTimeSd: 0 });
    expect(50 * 6 + safetyStockForCycleService(0.95, sd)).toBeCloseTo(340.2905209, 7);
  });

  it('is 0 at a level of one half, and less than 0 below it', () => {
    expect(safetyStockForCycleService(0.5, 10)).toBe(0);
    expect(safetyStockForCycleService(0.4, 10)).toBeLessThan(0);
  });
});

describe('safety stock for a fill rate', () => {
  it('Q 200, sigma 30: z 1 fills .9875026794, and 99 % needs z 1.1145639 (S6)', () => {
    expect(1 - (30 * normalLoss(1)) / 200).toBeCloseTo(0.9875026794, 10);
    expect(safetyStockForFillRate(0.9875026794, 30, 200) / 30).toBeCloseTo(1, 7);
    expect(safetyStockForFillRate(0.99, 30, 200) / 30).toBeCloseTo(1.1145639, 7);
  });

  it('.99, 30, 200 is 33.44 (example of its documentation)', () => {
    expect(safetyStockForFillRate(0.99, 30, 200)).toBeCloseTo(33.44, 2);
  });

  it('gives the fill rate that it was asked for', () => {
    for (const fillRate of [0.9, 0.98, 0.9999]) {
      const z = safetyStockForFillRate(fillRate, 30, 50) / 30;
      expect(1 - (30 * normalLoss(z)) / 50).toBeCloseTo(fillRate, 9);
    }
  });

  it('is never negative: a lot that gives more than was asked for needs nothing on top', () => {
    expect(safetyStockForFillRate(0.5, 30, 50)).toBe(0);
    expect(1 - (30 * normalLoss(0)) / 50).toBeGreaterThan(0.5);
  });

  it('rises with the fill rate and falls with the order quantity', () => {
    expect(safetyStockForFillRate(0.99, 30, 200)).toBeGreaterThan(
      safetyStockForFillRate(0.95, 30, 200),
    );
    expect(safetyStockForFillRate(0.99, 30, 400)).toBeLessThan(
      safetyStockForFillRate(0.99, 30, 200),
    );
  });

  it('is none where nothing is uncertain', () => {
    expect(safetyStockForFillRate(0.99, 0, 200)).toBe(0);
  });

  it('refuses a fill rate outside of (0, 1) and an order quantity that is not positive', () => {
    expect(() => safetyStockForFillRate(1, 30, 200)).toThrow('fillRate must be in (0, 1), got 1');
    expect(() => safetyStockForFillRate(0, 30, 200)).toThrow(RangeError);
    expect(() => safetyStockForFillRate(0.9, 30, 0)).toThrow('orderQuantity must be > 0, got 0');
    expect(() => safetyStockForFillRate(0.9, 30, Number.NaN)).toThrow(RangeError);
  });
});

describe('distribution of lead-time demand', () => {
  it('of Poisson demand over a gamma lead time is the mixture, integrated numerically', () => {
    const [rate, mean, sd] = [2, 3, 1.5];
    const input = { demandMean: rate, demandSd: Math.sqrt(rate), leadTimeMean: mean };
    const demand = leadTimeDemand({ ...input, leadTimeSd: sd }, true);
    const leadTime = new GammaDemand(mean, sd ** 2);
    for (const units of [0, 3, 6, 12, 20]) {
      let sum = 0;
      // Lead times in 20,000 slices of equal chance, each at its middle.
      const slices = 20_000;
      for (let i = 0; i < slices; i++) {
        const events = rate * leadTime.quantile((i + 0.5) / slices);
        for (let k = 0; k <= units; k++) sum += poissonMass(k, events);
      }
      expect(demand.cdf(units)).toBeCloseTo(sum / slices, 4);
    }
  });

  it('has the mean and the variance of its parts: negative binomial of S7', () => {
    const input = { demandMean: 2, demandSd: Math.SQRT2, leadTimeMean: 3 };
    const demand = leadTimeDemand({ ...input, leadTimeSd: Math.sqrt(1.5) }, true);
    expect(demand.mean).toBeCloseTo(6, 12);
    expect(demand.variance).toBeCloseTo(12, 12);
    expect(demand.quantile(0.95)).toBe(12);
  });

  it('of nothing is nothing, for certain', () => {
    const none = { demandMean: 0, demandSd: 0, leadTimeMean: 7, leadTimeSd: 2 };
    expect(leadTimeDemand(none, true).quantile(0.99)).toBe(0);
  });
});

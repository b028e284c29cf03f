// Claims about demand over a lead time: mixtures of forecast distributions, checked one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../operators/forecast/distribution.js';
import type { Target } from '../../../operators/forecast/horizons.js';
import { TRACKED_Z } from '../../../operators/forecast/tracked.js';
import { leadTimeOf } from '../../../operators/replenish/lead-time.js';
import { expectedOver, LeadTimeDemand } from '../../../operators/replenish/lead-time-demand.js';

const SHARED = { correction: 1, z: Float64Array.from(TRACKED_Z) };

interface Kind {
  readonly chance: number;
  readonly cv2: number;
  readonly isWhole: boolean;
}

/** Distributions of totals of a row: demand comes more surely and more evenly over more buckets. */
function outlooks({ chance, cv2, isWhole }: Kind) {
  return ({ to }: Target, expected: number, into: Distribution): Distribution => {
    const any = Math.min(0.9999, 1 - (1 - chance) ** to);
    into.set({ mean: expected, chance: any, cv2: cv2 / Math.max(1, to) }, isWhole, SHARED);
    return into;
  };
}

function demandOf(mean: number, sd: number, path: Float64Array, kind: Kind) {
  const demand = new LeadTimeDemand();
  demand.set(leadTimeOf(mean, sd), path, outlooks(kind));
  return demand;
}

const path = (units: number, buckets = 40) => new Float64Array(buckets).fill(units);
const EVEN = { chance: 0.9999, cv2: 0.04, isWhole: false };
const LEVELS = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99];

const kinds = fc.record({
  chance: fc.double({ min: 0.05, max: 0.9999, noNaN: true }),
  cv2: fc.double({ min: 0.01, max: 2, noNaN: true }),
  isWhole: fc.boolean(),
});
const scenes = fc.record({
  mean: fc.double({ min: 0.5, max: 30, noNaN: true }),
  variation: fc.constantFrom(0, 0.1, 0.3, 0.5),
  units: fc.double({ min: 0.05, max: 500, noNaN: true }),
  kind: kinds,
});

describe('demand over a lead time', () => {
  it('of certain length is the forecast of the total of as many buckets', () => {
    const demand = demandOf(7, 0, path(10), EVEN);
    const total = outlooks(EVEN)({ from: 1, to: 7 }, 70, new Distribution());
    expect(demand.mean).toBe(70);
    for (const level of LEVELS) expect(demand.quantile(level)).toBe(total.quantile(level));
  });

  it('counts a part of the last bucket, and goes on with the last one that is forecast', () => {
    const rising = Float64Array.of(1, 2, 3);
    expect(expectedOver(rising, 2.5)).toBeCloseTo(4.5, 12);
    expect(expectedOver(rising, 5)).toBe(12);
    expect(expectedOver(rising, 0)).toBe(0);
  });

  it('of no length is nothing', () => {
    const demand = demandOf(0, 0, path(10), EVEN);
    expect([demand.mean, demand.quantile(0.99), demand.loss(0), demand.cdf(0)]).toEqual([
      0, 0, 0, 1,
    ]);
  });

  // E[D] = d E[L]; var D = E[L] sd^2 + d^2 var L, as of S3 and S4: 206.88 at d 100, sd 20, L 7 and 2.
  it('has the mean and the variance of a random sum: sd 206.88 (S3)', () => {
    const demand = demandOf(7, 2, path(100), EVEN);
    expect(demand.mean).toBeCloseTo(700, -1);
    // E[X^2] = 2 times the integral of the loss function.
    let second = 0;
    for (let x = 0; x < 3000; x += 1) second += 2 * demand.loss(x + 0.5);
    expect(Math.sqrt(second - demand.mean ** 2)).toBeGreaterThan(0.93 * 206.88);
    expect(Math.sqrt(second - demand.mean ** 2)).toBeLessThan(1.07 * 206.88);
  });

  // Each quantile as the lead times together give it: within 4 % of its units or .015 of chance.
  it('is the mixture of its lead times, at the levels of service', () => {
    fc.assert(
      fc.property(scenes, ({ mean, variation, units, kind }) => {
        const demand = demandOf(mean, variation * mean, path(units), kind);
        const leadTime = leadTimeOf(mean, variation * mean);
        const each = new Distribution();
        const below = (x: number) =>
          leadTime.buckets.reduce((sum, to, i) => {
            outlooks(kind)({ from: 1, to }, expectedOver(path(units), to), each);
            return sum + (leadTime.weights[i] as number) * each.mass(Math.max(0, x)).through;
          }, 0);
        for (const level of LEVELS.slice(1)) {
          const at = demand.quantile(level);
          const slack = Math.max(kind.isWhole ? 1 : 0, 0.04 * at);
          expect(below(at + slack)).toBeGreaterThan(level - 0.015);
          if (at > slack) expect(below(at - slack)).toBeLessThan(level + 0.015);
        }
      }),
    );
  });

  it('has quantiles and probabilities that agree and rise, and whole units where demand is', () => {
    fc.assert(
      fc.property(scenes, ({ mean, variation, units, kind }) => {
        const demand = demandOf(mean, variation * mean, path(units), kind);
        let before = 0;
        for (const level of LEVELS) {
          const at = demand.quantile(level);
          expect(at).toBeGreaterThanOrEqual(before);
          before = at;
          if (kind.isWhole) expect(Number.isInteger(at)).toBe(true);
          expect(demand.cdf(at + 1e-3 * Math.max(1, at))).toBeGreaterThanOrEqual(level - 1e-4);
        }
      }),
    );
  });

  it('has a loss that falls from about the mean to nothing, never faster than the units rise', () => {
    fc.assert(
      fc.property(scenes, ({ mean, variation, units, kind }) => {
        const demand = demandOf(mean, variation * mean, path(units), kind);
        const top = demand.quantile(0.999);
        let before = demand.loss(0);
        expect(before).toBeGreaterThanOrEqual(0);
        for (let i = 1; i <= 20; i++) {
          const now = demand.loss((i * top) / 20);
          expect(now).toBeLessThanOrEqual(before + 1e-9);
          expect(before - now).toBeLessThanOrEqual(top / 20 + 1e-9);
          before = now;
        }
        expect(demand.loss(10 * top + 1)).toBe(0);
        // What is missing already is short as well.
        expect(demand.loss(-5)).toBeCloseTo(demand.loss(0) + 5, 9);
      }),
    );
  });
});

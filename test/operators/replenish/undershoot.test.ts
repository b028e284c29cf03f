// Claims about undershoot: renewal theory, sums that are counted out, and a shelf that is walked down.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certainUndershoot,
  DemandAndUndershoot,
  type OrderSizeMoments,
  type Undershoot,
  undershootOf,
} from '../../../operators/replenish/undershoot.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';
import { normals } from './scene.js';

const weighted = ({ parts }: Undershoot, of: (units: number) => number = (units) => units) =>
  parts.reduce((sum, { units, weight }) => sum + weight * of(units), 0);
const equally = (...units: number[]): Undershoot => ({
  mean: meanOf(units),
  parts: units.sort((a, b) => a - b).map((some) => ({ units: some, weight: 1 / units.length })),
});
const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Lognormal sizes in whole units, at least 1. */
function lognormalSizes(seed: number, mean: number, variation: number): () => number {
  const normal = normals(seed);
  const logVariance = Math.log1p(variation ** 2);
  return () => {
    const log = Math.log(mean) - logVariance / 2 + Math.sqrt(logVariance) * normal();
    return Math.max(1, Math.round(Math.exp(log)));
  };
}

function momentsOf(draw: () => number, count = 100_000): OrderSizeMoments {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const size = draw();
    sum += size;
    squares += size ** 2;
  }
  return { mean: sum / count, square: squares / count, isWhole: true };
}

/** Undershoots of a shelf that falls line by line past one level after the other. */
function walked(draw: () => number, count: number): number[] {
  const found: number[] = [];
  let [position, level] = [0, 0];
  while (found.length < count) {
    position -= draw();
    if (position > level) continue;
    found.push(level - position);
    level = position - 2000;
  }
  return found;
}

describe('the undershoot', () => {
  it('of one size is uniform below it: mean 5 of 10, variance 100 / 12', () => {
    const undershoot = undershootOf({ mean: 10, square: 100, isWhole: false });
    expect(undershoot.mean).toBe(5);
    expect(weighted(undershoot)).toBeCloseTo(5, 9);
    // The lowest fifth of 0 … 10, the next ones, and the highest fiftieth, each at its mean.
    const units = [1, 3, 5, 7, 8.5, 9.25, 9.65, 9.9];
    undershoot.parts.forEach((part, i) => {
      expect(Math.abs(part.units - (units[i] as number))).toBeLessThan(0.02);
    });
  });

  it('is none where each line is one unit, and without any line', () => {
    expect(undershootOf({ mean: 1, square: 1, isWhole: true })).toEqual(certainUndershoot(0));
    expect(undershootOf({ mean: 0, square: 0, isWhole: true })).toEqual(certainUndershoot(0));
  });

  it.each([0.5, 1, 2])('of lognormal sizes is what a walk shows, variation %d', (variation) => {
    const { mean, parts } = undershootOf(momentsOf(lognormalSizes(1, 20, variation)));
    const seen = walked(lognormalSizes(2, 20, variation), 20_000);
    expect(Math.abs(mean / meanOf(seen) - 1)).toBeLessThan(0.1);
    // As many stay below a part as the parts before it, and some of its own.
    let before = 0;
    for (const { units, weight } of parts) {
      const share = seen.filter((one) => one <= units).length / seen.length;
      expect(share).toBeGreaterThan(before - 0.03);
      expect(share).toBeLessThan(before + weight + 0.03);
      before += weight;
    }
  });
});

describe('demand and undershoot together', () => {
  it('are demand alone, moved, where the undershoot is certain', () => {
    const both = new DemandAndUndershoot(new PoissonDemand(6), certainUndershoot(2));
    expect([both.mean, both.quantile(0.95), both.loss(1)]).toEqual([8, 12, 7]);
  });

  it('have the probabilities of a sum that is counted out', () => {
    const demand = new PoissonDemand(4);
    const both = new DemandAndUndershoot(demand, equally(0, 1, 1, 8));
    const mass = (n: number) => demand.cdf(n) - demand.cdf(n - 1);
    for (let units = 0; units < 20; units++) {
      let [chance, short] = [0, 0];
      for (const part of [0, 1, 1, 8]) {
        for (let n = 0; n < 60; n++) {
          if (n + part <= units) chance += mass(n) / 4;
          short += (mass(n) * Math.max(0, n + part - units)) / 4;
        }
      }
      expect(both.cdf(units)).toBeCloseTo(chance, 10);
      expect(both.loss(units)).toBeCloseTo(short, 8);
    }
  });

  it('have the smallest quantile that is enough', () => {
    const parts = fc.array(fc.nat(40), { minLength: 1, maxLength: 8 });
    const level = fc.double({ min: 0.01, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(parts, level, fc.boolean(), (some, p, isWhole) => {
        const demand = isWhole ? new PoissonDemand(5) : new GammaDemand(5, 9);
        const both = new DemandAndUndershoot(demand, equally(...some));
        const units = both.quantile(p);
        expect(both.cdf(units + 1e-9)).toBeGreaterThanOrEqual(p - 1e-9);
        const less = isWhole ? units - 1 : units - 1e-4 * Math.max(1, units);
        expect(both.cdf(less)).toBeLessThan(p + 1e-9);
      }),
    );
  });

  it('give the cycle service that is asked for where lines are large: walked, not computed', () => {
    const moments = momentsOf(lognormalSizes(3, 20, 1.5));
    const demand = new PoissonDemand(50);
    const both = new DemandAndUndershoot(demand, undershootOf(moments));
    const undershoots = walked(lognormalSizes(4, 20, 1.5), 20_000);
    for (const level of [0.8, 0.9, 0.95]) {
      const reorderPoint = both.quantile(level);
      const served = meanOf(undershoots.map((units) => demand.cdf(reorderPoint - units)));
      expect(Math.abs(served - level)).toBeLessThan(0.025);
      // With the mean alone, as textbooks have it, one cycle in ten more runs out.
      const usual = demand.quantile(level) + undershootOf(moments).mean;
      const less = meanOf(undershoots.map((units) => demand.cdf(usual - units)));
      expect(less).toBeLessThan(served);
    }
  });
});

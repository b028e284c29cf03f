// Claims about the normal distribution, against published values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  normalDensity,
  normalDistribution,
  normalLoss,
  normalQuantile,
} from '../../../operators/stats/normal.js';

/** |got - wanted| as a share of wanted. */
function relativeError(got: number, wanted: number): number {
  return Math.abs(got - wanted) / Math.abs(wanted);
}

describe('normalQuantile', () => {
  // Percentage points as tables and R's qnorm give them to all digits of a double.
  it.each([
    [0.9, 1.2815515655446004],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.995, 2.5758293035489004],
    [1e-10, -6.361340902404056],
  ])('of %d is %d to 1e-14', (probability, z) => {
    expect(relativeError(normalQuantile(probability), z)).toBeLessThan(1e-14);
  });

  // The check values printed with the algorithm: Wichura, AS 241, Applied Statistics 37 (1988).
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798409],
  ])('of %d is %d, the check value of AS 241', (probability, z) => {
    expect(relativeError(normalQuantile(probability), z)).toBeLessThan(1e-14);
  });

  it('of one half is 0, and 1 - p mirrors p', () => {
    expect(normalQuantile(0.5)).toBe(0);
    const exact = fc.integer({ min: 1, max: 2 ** 20 - 1 }).map((n) => n / 2 ** 20);
    fc.assert(
      fc.property(exact, (p) => {
        expect(normalQuantile(p) + normalQuantile(1 - p)).toBe(0);
      }),
    );
  });

  it('undoes the distribution, out to the far tails', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 5, noNaN: true }), (x) => {
        const p = normalDistribution(x);
        // A rounding of p moves x by that over the density.
        const slack = (1e-15 * Math.max(p, 0.5)) / normalDensity(x);
        expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-9 + slack);
      }),
      { numRuns: 1000 },
    );
  });

  it('never falls as the probability rises, over the borders of its approximations too', () => {
    const border = Math.exp(-25);
    const around = [0.075, 0.925, border, 1e-300].flatMap((p) =>
      [-3, -2, -1, 0, 1, 2, 3].map((n) => p * (1 + n * 1e-13)),
    );
    around.sort((a, b) => a - b);
    const z = around.map(normalQuantile);
    for (let i = 1; i < z.length; i++) {
      expect(z[i]).toBeGreaterThanOrEqual((z[i - 1] as number) - 1e-14);
    }
  });

  it.each([0, 1, -0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d and names it',
    (probability) => {
      expect(() => normalQuantile(probability)).toThrow(
        new RangeError(`probability must be in (0, 1), got ${probability}`),
      );
    },
  );
});

describe('normalDistribution', () => {
  // Abramowitz & Stegun, table 26.1; digits beyond it as R's pnorm prints them.
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145707],
    [2, 0.9772498680518208],
    [1.96, 0.9750021048517795],
    [-3, 0.0013498980316300946],
  ])('at %d is %d to 1e-15', (x, p) => {
    expect(Math.abs(normalDistribution(x) - p)).toBeLessThan(1e-15);
  });

  it.each([
    [-6, 9.865876450376981e-10],
    [-10, 7.619853024160527e-24],
    [-20, 2.7536241186062337e-89],
  ])('keeps its relative precision in the tail: at %d it is %d', (x, p) => {
    expect(relativeError(normalDistribution(x), p)).toBeLessThan(1e-13);
  });

  it('is 0 and 1 beyond what a double can tell, and never outside of them', () => {
    expect(normalDistribution(-40)).toBe(0);
    expect(normalDistribution(40)).toBe(1);
    expect(normalDistribution(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalDistribution(Number.POSITIVE_INFINITY)).toBe(1);
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        const p = normalDistribution(x);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('goes over from series to continued fraction without a step', () => {
    expect(relativeError(normalDistribution(-5.0000001), normalDistribution(-5))).toBeLessThan(
      1e-6,
    );
  });
});

describe('normalLoss', () => {
  // P10: Snyder & Shen, Fundamentals of Supply Chain Theory.
  it('of 1.3 is .0455279621 (P10)', () => {
    expect(normalLoss(1.3)).toBeCloseTo(0.0455279621, 10);
  });

  it('of x = 18.6 in N(15, 3) is .1683073522, its complement 3.7683073522 (P10)', () => {
    const z = (18.6 - 15) / 3;
    const loss = 3 * normalLoss(z);
    expect(loss).toBeCloseTo(0.1683073522, 10);
    expect(3 * (z + normalLoss(z))).toBeCloseTo(3.7683073522, 10);
  });

  // L(0) = 1 / sqrt(2 pi); L(-z) = z + L(z).
  it('at 0 is the density, and far below 0 it is -z', () => {
    expect(normalLoss(0)).toBeCloseTo(0.3989422804014327, 15);
    expect(normalLoss(-40)).toBe(40);
  });

  it('is never negative and never rises', () => {
    let before = Number.POSITIVE_INFINITY;
    for (let z = -9; z <= 9; z += 0.01) {
      const loss = normalLoss(z);
      expect(loss).toBeGreaterThanOrEqual(0);
      expect(loss).toBeLessThanOrEqual(before);
      before = loss;
    }
  });
});

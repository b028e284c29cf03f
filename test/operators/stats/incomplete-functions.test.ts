// Claims about the incomplete gamma and beta functions, against closed forms and published digits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deviation,
  logGammaOnePlus,
  logGap,
  poissonMass,
} from '../../../operators/stats/gamma-function.js';
import { betaTails, binomialMass } from '../../../operators/stats/incomplete-beta.js';
import { gammaTails } from '../../../operators/stats/incomplete-gamma.js';

function relativeError(got: number, wanted: number): number {
  return Math.abs(got - wanted) / Math.abs(wanted);
}

const SHAPES = fc.double({ min: Math.log(1e-6), max: Math.log(1e6), noNaN: true }).map(Math.exp);

describe('logGammaOnePlus', () => {
  it('of whole numbers is the log of the factorial', () => {
    let log = 0;
    for (let n = 1; n <= 170; n++) {
      log += Math.log(n);
      expect(relativeError(1 + logGammaOnePlus(n), 1 + log)).toBeLessThan(1e-14);
    }
    expect(logGammaOnePlus(0)).toBeCloseTo(0, 14);
  });

  it('of -1/2 + 1 is ln(sqrt(pi) / 2): gamma(3/2)', () => {
    expect(logGammaOnePlus(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI) / 2), 13);
  });
});

describe('deviation', () => {
  it('is x ln(x / mean) + mean - x', () => {
    expect(deviation(3, 7)).toBeCloseTo(3 * Math.log(3 / 7) + 4, 13);
    expect(deviation(7, 3)).toBeCloseTo(7 * Math.log(7 / 3) - 4, 13);
    expect(deviation(1e-3, 1e6)).toBeCloseTo(1e6 - 1e-3 + 1e-3 * Math.log(1e-9), 6);
  });

  it('keeps its digits where x is near the mean: u^2/2 - u^3/3 + u^4/4 - u^5/5 of a small u', () => {
    for (const u of [1e-9, -1e-6, 1e-4]) {
      const wanted = u ** 2 / 2 - u ** 3 / 3 + u ** 4 / 4 - u ** 5 / 5;
      expect(relativeError(logGap(u), wanted)).toBeLessThan(1e-14);
    }
  });
});

describe('masses', () => {
  it('Poisson: each follows from the one before, and they add up to 1', () => {
    for (const mean of [1e-6, 0.4, 6, 50]) {
      let mass = Math.exp(-mean);
      let sum = 0;
      for (let k = 0; k < 200; k++) {
        if (mass > 1e-300) expect(relativeError(poissonMass(k, mean), mass)).toBeLessThan(1e-12);
        sum += poissonMass(k, mean);
        mass *= mean / (k + 1);
      }
      expect(sum).toBeCloseTo(1, 13);
    }
  });

  it('of no mean is all at 0', () => {
    expect(poissonMass(0, 0)).toBe(1);
    expect(poissonMass(2, 0)).toBe(0);
  });

  it('binomial: 3 of 5 at .3 is 10 x .027 x .49', () => {
    expect(binomialMass(3, 2, { p: 0.3, q: 0.7 })).toBeCloseTo(10 * 0.027 * 0.49, 14);
    expect(binomialMass(0, 4, { p: 0.3, q: 0.7 })).toBeCloseTo(0.7 ** 4, 14);
  });
});

describe('gammaTails', () => {
  it('of shape 1 are the exponential ones', () => {
    for (const x of [1e-9, 0.3, 2, 5, 40, 300]) {
      const { below, above } = gammaTails(1, x);
      expect(relativeError(above, Math.exp(-x))).toBeLessThan(1e-13);
      expect(relativeError(below, -Math.expm1(-x))).toBeLessThan(1e-13);
    }
  });

  it('of a whole shape are Poisson sums', () => {
    for (const [shape, x] of [
      [3, 0.5],
      [8, 9],
      [25, 24],
      [60, 75],
      [200, 180],
    ] as const) {
      let sum = 0;
      for (let k = shape - 1; k >= 0; k--) sum += poissonMass(k, x);
      expect(Math.abs(gammaTails(shape, x).above - sum)).toBeLessThan(1e-13);
    }
  });

  // By quadrature and by series with 40 digits (mpmath 1.4).
  it.each([
    [1e6, 1e6, 0.4998670192391274],
    [1e6, 1_005_000, 2.987490140114835e-7],
    [0.003, 0.7386832327484502, 0.0010451906905959334],
  ])('of shape %d at %d: the upper one is %d', (shape, x, above) => {
    expect(relativeError(gammaTails(shape, x).above, above)).toBeLessThan(1e-10);
  });

  it('satisfy Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1), over every border of methods', () => {
    fc.assert(
      fc.property(SHAPES, fc.double({ min: -8, max: 8, noNaN: true }), (shape, z) => {
        const x = Math.max(shape * 1e-3, shape + z * Math.sqrt(shape));
        const here = gammaTails(shape, x);
        const next = gammaTails(shape + 1, x);
        expect(Math.abs(here.below + here.above - 1)).toBeLessThan(1e-14);
        const mass = poissonMass(shape, x);
        expect(Math.abs(next.above - here.above - mass)).toBeLessThan(1e-13 + 1e-9 * mass);
      }),
      { numRuns: 2000 },
    );
  });

  it('never fall as x rises', () => {
    for (const shape of [0.01, 0.9, 19.99, 20, 500, 1e6]) {
      let before = 0;
      for (let i = 1; i < 400; i++) {
        const { below } = gammaTails(shape, (shape * i) / 200);
        expect(below).toBeGreaterThanOrEqual(before - 2e-15);
        before = below;
      }
    }
  });

  it('at 0 and at infinity are 0 and 1; shapes that are not positive are refused', () => {
    expect(gammaTails(2, 0)).toEqual({ below: 0, above: 1 });
    expect(gammaTails(2, Number.POSITIVE_INFINITY)).toEqual({ below: 1, above: 0 });
    expect(() => gammaTails(0, 1)).toThrow('shape must be > 0, got 0');
    expect(() => gammaTails(1, Number.NaN)).toThrow('x must be a number, got NaN');
  });
});

describe('betaTails', () => {
  it('of (1, b) and (a, 1) are powers', () => {
    const chance = { p: 0.3, q: 0.7 };
    expect(betaTails(1, 5, chance).above).toBeCloseTo(0.7 ** 5, 15);
    expect(betaTails(4, 1, chance).below).toBeCloseTo(0.3 ** 4, 15);
  });

  it('of whole numbers are binomial sums: P(at least a of a + b - 1)', () => {
    for (const [a, b, p] of [
      [3, 4, 0.2],
      [10, 2, 0.9],
      [40, 70, 0.35],
    ] as const) {
      const chance = { p, q: 1 - p };
      let sum = 0;
      for (let i = a; i <= a + b - 1; i++) sum += binomialMass(i, a + b - 1 - i, chance);
      expect(betaTails(a, b, chance).below).toBeCloseTo(sum, 13);
    }
  });

  it('mirror: I_p(a, b) + I_q(b, a) = 1', () => {
    fc.assert(
      fc.property(
        SHAPES,
        SHAPES,
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (a, b, p) => {
          const one = betaTails(a, b, { p, q: 1 - p });
          const other = betaTails(b, a, { p: 1 - p, q: p });
          expect(Math.abs(one.below - other.above)).toBeLessThan(1e-12);
          expect(one.below + one.above).toBeCloseTo(1, 13);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('at the ends are 0 and 1', () => {
    expect(betaTails(2, 3, { p: 0, q: 1 })).toEqual({ below: 0, above: 1 });
    expect(betaTails(2, 3, { p: 1, q: 0 })).toEqual({ below: 1, above: 0 });
  });
});

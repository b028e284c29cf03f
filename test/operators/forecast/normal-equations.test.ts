// Claims about weighted least squares by normal equations.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NormalEquations } from '../../../operators/forecast/normal-equations.js';

/** Monthly temperature and sales: a worked example, with its right least-squares line. */
const TEMPERATURE = [5, 10, 15, 20, 25, 30, 35, 40, 35, 30, 25, 20];
const SALES = [100, 120, 130, 150, 170, 180, 190, 200, 195, 185, 175, 160];

interface Observation {
  readonly x: readonly number[];
  readonly y: number;
  readonly weight: number;
}

function solution(observations: readonly Observation[], features: number, keep = 1): Float64Array {
  const equations = new NormalEquations(features);
  const sums = new Float64Array(equations.width);
  for (const { x, y, weight } of observations) {
    for (let n = 0; n < sums.length; n++) sums[n] = keep * (sums[n] as number);
    equations.add(sums, 0, Float64Array.from(x), y, weight);
  }
  const beta = new Float64Array(features);
  expect(equations.solve(sums, 0, RIDGE, beta)).toBe(true);
  return beta;
}

const RIDGE = 0.01;

/** Gradient of the weighted squared errors and the ridge: 0 at the minimum, and only there. */
function gradient(observations: readonly Observation[], beta: Float64Array): number[] {
  return [...beta].map((own, n) => {
    let sum = RIDGE * own;
    for (const { x, y, weight } of observations) {
      const fitted = x.reduce((total, value, m) => total + value * (beta[m] as number), 0);
      sum -= weight * (x[n] as number) * (y - fitted);
    }
    return sum;
  });
}

const anyObservation: fc.Arbitrary<Observation> = fc.record({
  x: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
  y: fc.double({ min: -10, max: 10, noNaN: true }),
  weight: fc.double({ min: 0, max: 2, noNaN: true }),
});
const anyObservations = fc.array(anyObservation, { minLength: 1, maxLength: 30 });

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}

describe('NormalEquations', () => {
  // known-answers.md, Regression.
  it('finds y = 91.79530 + 2.94295 x, R2 .96251, MSE 34.9063, MAE 4.7875', () => {
    const equations = new NormalEquations(2);
    const sums = new Float64Array(equations.width);
    TEMPERATURE.forEach((x, n) => {
      equations.add(sums, 0, Float64Array.of(1, x), SALES[n] as number, 1);
    });
    const beta = new Float64Array(2);
    expect(equations.solve(sums, 0, 0, beta)).toBe(true);
    const [intercept, slope] = [...beta] as [number, number];
    expect(intercept).toBeCloseTo(91.7953, 5);
    expect(slope).toBeCloseTo(2.94295, 5);
    expect(intercept + 5 * slope).toBeCloseTo(106.51007, 5);
    const errors = TEMPERATURE.map((x, n) => (SALES[n] as number) - intercept - slope * x);
    const mean = SALES.reduce((sum, y) => sum + y, 0) / SALES.length;
    const total = SALES.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    const rest = errors.reduce((sum, e) => sum + e * e, 0);
    expect(1 - rest / total).toBeCloseTo(0.96251, 5);
    expect(rest / errors.length).toBeCloseTo(34.9063, 4);
    expect(errors.reduce((sum, e) => sum + Math.abs(e), 0) / errors.length).toBeCloseTo(4.7875, 4);
  });

  it('is batch least squares on each prefix', () => {
    fc.assert(
      fc.property(anyObservations, (observations) => {
        for (let n = 1; n <= observations.length; n++) {
          const prefix = observations.slice(0, n);
          expect(largest(gradient(prefix, solution(prefix, 4)))).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('with forgetting is batch least squares whose weights fall by the share kept', () => {
    fc.assert(
      fc.property(anyObservations, fc.double({ min: 0.5, max: 1, noNaN: true }), (all, keep) => {
        const aged = all.map((one, n) => ({
          ...one,
          weight: one.weight * keep ** (all.length - 1 - n),
        }));
        expect(largest(gradient(aged, solution(all, 4, keep)))).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('pools: sums of two added are the sums of all', () => {
    fc.assert(
      fc.property(anyObservations, anyObservations, (one, other) => {
        const equations = new NormalEquations(4);
        const apart = new Float64Array(2 * equations.width);
        const together = new Float64Array(equations.width);
        for (const [place, observations] of [one, other].entries()) {
          for (const { x, y, weight } of observations) {
            equations.add(apart, place * equations.width, Float64Array.from(x), y, weight);
            equations.add(together, 0, Float64Array.from(x), y, weight);
          }
        }
        together.forEach((sum, n) => {
          const pooled = (apart[n] as number) + (apart[equations.width + n] as number);
          expect(pooled).toBeCloseTo(sum, 8);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('says so when the observations do not determine the coefficients', () => {
    const equations = new NormalEquations(2);
    const sums = new Float64Array(equations.width);
    const beta = Float64Array.of(7, 7);
    expect(equations.solve(sums, 0, 0, beta)).toBe(false);
    for (let n = 0; n < 9; n++) equations.add(sums, 0, Float64Array.of(0.1, 0.3), 1, 1);
    expect(equations.solve(sums, 0, 0, beta)).toBe(false);
    expect([...beta]).toEqual([7, 7]);
    expect(equations.solve(sums, 0, 1e-3, beta)).toBe(true);
  });

  it.each([0, 65, 1.5, Number.NaN])('refuses %d features', (features) => {
    expect(() => new NormalEquations(features)).toThrow(RangeError);
  });
});

// Claims about the deviance: zero where right, least at the mean, finite.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviance } from '../../../operators/forecast/deviance.js';

const units = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }), fc.nat(50));

describe('deviance', () => {
  // (3 - 2)^2 / 2, (2 - 3)^2 / 3, (0 - 2)^2 / 2.
  it.each([
    [9, 4, 1 / 2],
    [4, 9, 1 / 3],
    [0, 4, 2],
    [4, 4, 0],
    [0, 0, 0.001],
  ])('of %d against a forecast of %d is %d', (actual, forecast, wanted) => {
    expect(deviance(actual, forecast)).toBeCloseTo(wanted, 12);
  });

  it('summed over any sample is least at its mean', () => {
    const sample = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 25,
    });
    fc.assert(
      fc.property(sample, fc.double({ min: 0.3, max: 3, noNaN: true }), (all, factor) => {
        fc.pre(all.some((one) => one > 0));
        const total = (m: number) => all.reduce((sum, one) => sum + deviance(one, m), 0);
        const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
        // Below 2 % of what came a forecast counts as that much.
        fc.pre(Math.min(factor, 1) * mean > 0.02 * Math.max(...all));
        expect(total(mean * factor)).toBeGreaterThanOrEqual(total(mean) * (1 - 1e-9));
      }),
    );
  });

  it('is finite and not negative, and bounded by a 50 times too low forecast', () => {
    fc.assert(
      fc.property(units, units, (actual, forecast) => {
        const loss = deviance(actual, forecast);
        expect(loss).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(loss)).toBe(true);
        expect(deviance(actual, 0)).toBeGreaterThanOrEqual(deviance(actual, 0.02 * actual));
      }),
    );
  });
});

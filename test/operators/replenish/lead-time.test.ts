// Claims about lead times: gamma distributed, on a grid, with the mean that was said.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadTimeOf } from '../../../operators/replenish/lead-time.js';

function moments({ buckets, weights }: ReturnType<typeof leadTimeOf>) {
  const mean = buckets.reduce((sum, at, i) => sum + at * (weights[i] as number), 0);
  const variance = buckets.reduce(
    (sum, at, i) => sum + (at - mean) ** 2 * (weights[i] as number),
    0,
  );
  return { mean, sd: Math.sqrt(variance) };
}

describe('leadTimeOf', () => {
  it('of no spread takes its mean, always', () => {
    expect(leadTimeOf(7, 0)).toEqual({
      buckets: Float64Array.of(7),
      weights: Float64Array.of(1),
    });
    expect(leadTimeOf(0, 3).buckets).toEqual(Float64Array.of(0));
  });

  it('has probabilities that add up to 1, its mean, and about its spread', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 400, noNaN: true }),
        fc.double({ min: 0.02, max: 1.5, noNaN: true }),
        (mean, variation) => {
          const leadTime = leadTimeOf(mean, variation * mean);
          const { buckets, weights } = leadTime;
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
          for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(-1e-12);
          buckets.forEach((at, i) => {
            if (i > 0) expect(at).toBeGreaterThan(buckets[i - 1] as number);
          });
          const found = moments(leadTime);
          // What lies beyond either end, 1 in 2,000, is put there.
          expect(Math.abs(found.mean / mean - 1)).toBeLessThan(0.002 * (1 + variation));
          expect(Math.abs(found.sd / (variation * mean) - 1)).toBeLessThan(0.12);
        },
      ),
    );
  });

  // Shape 4, scale 2: P(X <= 8) = 1 - e^-4 (1 + 4 + 8 + 32/3) = .566530 (Poisson tail).
  it('of mean 8 and sd 4 is a gamma of shape 4: .5665 are 8 buckets or less', () => {
    const { buckets, weights } = leadTimeOf(8, 4);
    const step = (buckets[1] as number) - (buckets[0] as number);
    let below = 0;
    buckets.forEach((at, i) => {
      // A grid point stands for half a step to either side.
      below += (weights[i] as number) * Math.min(1, Math.max(0, (8 - at) / step + 0.5));
    });
    expect(Math.abs(below - 0.56653)).toBeLessThan(0.02);
  });

  it.each([
    [-1, 1],
    [Number.NaN, 1],
    [1, -1],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses %d, %d', (mean, sd) => {
    expect(() => leadTimeOf(mean, sd)).toThrow(RangeError);
  });
});

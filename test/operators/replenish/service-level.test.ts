// Claims about service levels: fill rates by known answers, and reorder points that reach them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillRateOf, reorderPointForFillRate } from '../../../operators/replenish/service-level.js';
import { normalLoss } from '../../../operators/stats/normal.js';

const normal = (mean: number, sd: number) => ({
  mean,
  loss: (units: number) => sd * normalLoss((units - mean) / sd),
});

describe('a fill rate', () => {
  // S6: Q 200, sigma 30, z 1 gives .9875026794.
  it('of lots of 200, sd 30, one sd above the mean is .9875026794 (S6)', () => {
    expect(fillRateOf(130, normal(100, 30), 200)).toBeCloseTo(0.9875026794, 9);
  });

  it('of 99 % takes z 1.1145639 (S6)', () => {
    const at = reorderPointForFillRate(0.99, normal(100, 30), 200);
    expect((at - 100) / 30).toBeCloseTo(1.1145639, 6);
  });

  it('is reached by the least reorder point, none where lots alone reach it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (level, mean, variation, lots) => {
          const demand = normal(mean, variation * mean);
          const lot = lots * mean;
          const at = reorderPointForFillRate(level, demand, lot);
          expect(fillRateOf(at, demand, lot)).toBeGreaterThanOrEqual(level - 1e-9);
          if (at > 0) expect(fillRateOf(at - 1e-6 * at, demand, lot)).toBeLessThan(level + 1e-9);
          else expect(fillRateOf(0, demand, lot)).toBeGreaterThanOrEqual(level);
        },
      ),
    );
  });

  it('refuses levels and lots that are none', () => {
    expect(() => reorderPointForFillRate(1, normal(1, 1), 1)).toThrow(/level must be in \(0, 1\)/);
    expect(() => reorderPointForFillRate(0.9, normal(1, 1), 0)).toThrow(/lot must be > 0, got 0/);
  });
});

// Claims about horizons: between which of them a target lies.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, GROUPS } from '../../../operators/forecast/horizons.js';

const HORIZONS = { near: 7, far: 28 };

function named(from: number, to: number) {
  const { first, second, weight } = between({ from, to }, HORIZONS);
  return [GROUPS[first], GROUPS[second], weight];
}

describe('between', () => {
  it.each([
    [1, 1, ['next', 'bucket-near', 0]],
    [7, 7, ['next', 'bucket-near', 1]],
    [14, 14, ['bucket-near', 'bucket-far', 0.5]],
    [28, 28, ['bucket-near', 'bucket-far', 1]],
    [365, 365, ['bucket-near', 'bucket-far', 1]],
    [1, 7, ['next', 'total-near', 1]],
    [1, 28, ['total-near', 'total-far', 1]],
    [1, 100, ['total-near', 'total-far', 1]],
    [3, 9, ['next', 'total-near', 1]],
  ])('buckets %d … %d are %j', (from, to, wanted) => {
    const [first, second, weight] = named(from, to);
    expect([first, second]).toEqual(wanted.slice(0, 2));
    expect(weight).toBeCloseTo(wanted[2] as number, 12);
  });

  it('moves steadily from the nearer to the farther one', () => {
    const place = (buckets: number, isTotal: boolean) => {
      const target = { from: isTotal ? 1 : buckets, to: buckets };
      const { first, weight } = between(target, HORIZONS);
      return (first === 0 ? 0 : 1) + weight;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.boolean(), (buckets, isTotal) => {
        const [here, next] = [place(buckets, isTotal), place(buckets + 1, isTotal)];
        expect(here).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThanOrEqual(2);
        expect(next).toBeGreaterThanOrEqual(here - 1e-12);
        expect(next - here).toBeLessThan(0.4);
      }),
    );
  });
});

// Claims about moments that fade, and what they are drawn towards.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  forgetAt,
  learnAt,
  MOMENTS_WIDTH,
  type MomentsPlace,
  shrunk,
} from '../../../operators/stats/recent-moments.js';
import { normals } from '../replenish/scene.js';

function seen(
  values: readonly number[],
  memory: number,
  weights: readonly number[] = [],
): MomentsPlace {
  const place = { values: new Float64Array(3 * MOMENTS_WIDTH), at: MOMENTS_WIDTH };
  values.forEach((x, i) => {
    learnAt(place, x, { weight: weights[i] ?? 1, memory });
  });
  return place;
}

const prior = { mean: 7, sd: 2, weight: 4, memory: Infinity };

describe('moments that fade', () => {
  it('are those of the whole sample where nothing fades, on every prefix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1 }),
        (xs) => {
          const { values, at } = seen(xs, Infinity);
          const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
          const squares = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
          expect(values[at]).toBe(xs.length);
          expect(values[at + 1]).toBeCloseTo(mean, 8);
          expect(Math.abs((values[at + 2] as number) - squares)).toBeLessThan(1e-6 * (1 + squares));
        },
      ),
    );
  });

  it('are those of the sample weighted by k^age', () => {
    const xs = [3, 9, 4, 4, 12, 7];
    const k = 1 - 1 / 5;
    const w = xs.map((_, i) => k ** (xs.length - 1 - i));
    const all = w.reduce((sum, x) => sum + x, 0);
    const mean = xs.reduce((sum, x, i) => sum + x * (w[i] as number), 0) / all;
    const squares = xs.reduce((sum, x, i) => sum + (w[i] as number) * (x - mean) ** 2, 0);
    const { values, at } = seen(xs, 5);
    expect(values[at]).toBeCloseTo(all, 12);
    expect(values[at + 1]).toBeCloseTo(mean, 12);
    expect(values[at + 2]).toBeCloseTo(squares, 10);
  });

  it('count two equal halves as one whole', () => {
    const [halves, whole] = [seen([5, 9, 9], 8, [1, 0.5, 0.5]), seen([5, 9], 8)];
    const [a, b] = [shrunk(halves, prior), shrunk(whole, prior)];
    // The first half fades a little while the second comes.
    expect(a.mean).toBeCloseTo(b.mean, 1);
    expect(halves.values[halves.at + 3]).toBe(whole.values[whole.at + 3]);
  });

  it('leave the numbers beside them alone', () => {
    const place = seen([1, 2, 3], 5);
    forgetAt(place);
    expect([...place.values]).toEqual(new Array(3 * MOMENTS_WIDTH).fill(0));
  });

  it('refuse what is out of range, by name and value', () => {
    const place = seen([], 5);
    expect(() => learnAt(place, Number.NaN, { weight: 1, memory: 5 })).toThrow(/x .*NaN/);
    expect(() => learnAt(place, 1, { weight: 0, memory: 5 })).toThrow(/weight .*0/);
    expect(() => learnAt(place, 1, { weight: 1, memory: 0.5 })).toThrow(/memory .*0.5/);
    expect(() => shrunk(place, { ...prior, weight: 0 })).toThrow(/prior.weight .*0/);
  });
});

describe('drawn towards a prior', () => {
  it('they are the prior while nothing was seen', () => {
    expect(shrunk(seen([], 5), prior)).toEqual({ mean: 7, sd: 2 });
  });

  // By hand: mean (4 x 7 + 4 x 13) / 8 = 10; variance (4 x 4 + 4 + 4 x 4 / 8 x 36) / 8 = 11.5.
  it('they are the moments of both together', () => {
    const { mean, sd } = shrunk(seen([12, 14, 12, 14], Infinity), prior);
    expect(mean).toBeCloseTo(10, 12);
    expect(sd ** 2).toBeCloseTo(11.5, 12);
  });

  it('they come to those of what is seen where the prior fades', () => {
    const noise = normals(11);
    const xs = Array.from({ length: 2000 }, () => 30 + 3 * noise());
    const { mean, sd } = shrunk(seen(xs, 50), { ...prior, memory: 50 });
    // Of about 99 observations that count (those of memory 50): sd / sqrt(99) = .3.
    expect(Math.abs(mean - 30)).toBeLessThan(1.2);
    expect(Math.abs(sd - 3)).toBeLessThan(0.9);
  });

  it('the mean lies between the prior and what was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 400, noNaN: true }),
        (xs, given) => {
          const place = seen(xs, 20);
          const own = place.values[place.at + 1] as number;
          const { mean, sd } = shrunk(place, { mean: given, sd: 1, weight: 4, memory: 20 });
          expect(mean).toBeGreaterThanOrEqual(Math.min(own, given) - 1e-9);
          expect(mean).toBeLessThanOrEqual(Math.max(own, given) + 1e-9);
          expect(sd).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

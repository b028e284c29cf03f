// Claims about the concave envelope, against all pairs of points.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concaveEnvelope } from '../../../operators/replenish/concave-envelope.js';

describe('the concave envelope', () => {
  it('leaves out points on or below the line between others', () => {
    expect(concaveEnvelope([0, 1, 2, 3], [0, -1, 4, 5])).toEqual([0, 2, 3]);
    expect(concaveEnvelope([0, 1, 2], [0, 1, 2])).toEqual([0, 2]);
    expect(concaveEnvelope([7], [1])).toEqual([0]);
  });

  it('is at each point the most that lines between any two others reach', () => {
    const points = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(points, (y) => {
        const x = y.map((_, i) => i * i);
        const bends = concaveEnvelope(x, y);
        x.forEach((at, i) => {
          const lines = y.flatMap((_, a) => y.map((__, b) => line(x, y, [a, b], at)));
          const most = Math.max(y[i] as number, ...lines.filter((v) => !Number.isNaN(v)));
          const right = bends.findIndex((bend) => (x[bend] as number) >= at);
          const [a, b] = [bends[Math.max(0, right - 1)], bends[right]] as [number, number];
          const told = a === b ? (y[a] as number) : line(x, y, [a, b], at);
          expect(told).toBeCloseTo(most, 9);
        });
      }),
    );
  });
});

/** NaN: `at` is not between the two. */
function line(x: number[], y: number[], [a, b]: [number, number], at: number): number {
  const [ax, bx] = [x[a] as number, x[b] as number];
  if (!(ax < bx && ax <= at && at <= bx)) return Number.NaN;
  return (y[a] as number) + ((at - ax) / (bx - ax)) * ((y[b] as number) - (y[a] as number));
}

// Claims about the levels that are tracked, their gains, and reading between them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  along,
  gainAt,
  shareBelow,
  TRACKED,
  TRACKED_Z,
} from '../../../operators/forecast/tracked.js';

const level = fc.nat(TRACKED.length - 1);
const count = fc.integer({ min: 1, max: 100_000 });

describe('tracked levels', () => {
  it('lie evenly around the median', () => {
    TRACKED.forEach((p, i) => {
      expect(p + (TRACKED.at(-1 - i) as number)).toBeCloseTo(1, 12);
    });
    expect(TRACKED_Z[4]).toBe(0);
    // Standard normal quantiles of any table.
    expect(TRACKED_Z[8]).toBeCloseTo(2.5758293035489, 12);
    expect(TRACKED_Z[7]).toBeCloseTo(1.9599639845401, 12);
    expect(TRACKED_Z[6]).toBeCloseTo(1.2815515655446, 12);
    expect(TRACKED_Z[5]).toBeCloseTo(0.6744897501961, 12);
  });
});

describe('gainAt', () => {
  it('is the same on both sides of the median', () => {
    fc.assert(
      fc.property(level, count, count, (i, gathered, before) => {
        const learned = before + gathered;
        const other = TRACKED.length - 1 - i;
        expect(gainAt(i, gathered, learned)).toBeCloseTo(gainAt(other, gathered, learned), 12);
      }),
    );
  });

  it('is in (0, .2], no less for a bucket of more rows, no more later', () => {
    fc.assert(
      fc.property(level, count, count, count, (i, gathered, more, learned) => {
        const gain = gainAt(i, gathered, learned + gathered);
        expect(gain).toBeGreaterThan(0);
        expect(gain).toBeLessThanOrEqual(0.2);
        expect(gainAt(i, gathered + more, learned + gathered)).toBeGreaterThanOrEqual(gain);
        expect(gainAt(i, gathered, learned + gathered + more)).toBeLessThanOrEqual(gain);
      }),
    );
  });

  // A start of weight w and n values of mean m: gains v/(w + n) give (w start + n m) / (w + n).
  it('weighs all observations alike at first, the start as 25 in the tail', () => {
    const median = 4;
    let estimate = 0;
    let learned = 0;
    for (const [rows, value] of [
      [10, 1],
      [10, 0],
      [5, 1],
    ] as const) {
      learned += rows;
      estimate += gainAt(median, rows, learned) * (value - estimate);
    }
    expect(estimate).toBeCloseTo(15 / (25 / 0.5 + 25), 12);
  });

  it('never falls below .01 a bucket from .1 to .9, nor below less farther out', () => {
    const least = TRACKED.map((_, i) => gainAt(i, 1, 1e9));
    for (const gain of least.slice(2, 7)) expect(gain).toBeCloseTo(0.01, 12);
    expect(least[1]).toBeCloseTo(0.0025, 12);
    expect(least[0]).toBeCloseTo(0.0005, 12);
  });

  it('is bounded by less, the later its news is: all bounds together move as much as one', () => {
    const median = 4;
    for (const late of [1, 7, 28]) {
      expect(gainAt(median, 100_000, 100_000, late)).toBeCloseTo(0.2 / late, 12);
      expect(gainAt(0, 1, 1e9, late)).toBeCloseTo(Math.max(0.005 / 200, 0.0005 / late), 12);
    }
    // Between the bounds all observations weigh alike, however late they are.
    expect(gainAt(median, 2, 100, 7)).toBe(gainAt(median, 2, 100));
  });

  it('of many rows is one 200th of the tail an observation, however long they have learned', () => {
    expect(gainAt(6, 100, 1e9)).toBeCloseTo((100 * 0.1) / 200, 12);
    expect(gainAt(8, 1000, 1e9)).toBeCloseTo((1000 * 0.005) / 200, 12);
  });
});

describe('shareBelow', () => {
  it.each([
    { at: 0.3, low: 0.4, high: 0.6, share: 0 },
    { at: 0.4, low: 0.4, high: 0.6, share: 0 },
    { at: 0.5, low: 0.4, high: 0.6, share: 0.5 },
    { at: 0.6, low: 0.4, high: 0.6, share: 1 },
    { at: 0.7, low: 0.4, high: 0.6, share: 1 },
    { at: 0.4, low: 0.4, high: 0.4, share: 1 },
    { at: 0.3999, low: 0.4, high: 0.4, share: 0 },
  ])('of [$low, $high] at $at is $share', ({ at, low, high, share }) => {
    expect(shareBelow(at, low, high)).toBeCloseTo(share, 12);
  });
});

const rising = fc
  .array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 2, maxLength: 12 })
  .map((steps) => {
    let at = 0;
    return steps.map((step) => {
      at += step;
      return at;
    });
  });

describe('along', () => {
  it('goes through its points, straight between them and on beyond the ends', () => {
    const x = [0, 1, 3];
    const y = [10, 20, 0];
    expect([0, 1, 3].map((at) => along(x, y, at))).toEqual([10, 20, 0]);
    expect([0.5, 2, -1, 4].map((at) => along(x, y, at))).toEqual([15, 10, 0, -10]);
  });

  it('the other way round leads back', () => {
    fc.assert(
      fc.property(rising, fc.double({ min: -20, max: 150, noNaN: true }), (x, at) => {
        const y = x.map((one, i) => Math.sqrt(one) + i);
        const back = along(y, x, along(x, y, at));
        expect(Math.abs(back - at)).toBeLessThan(1e-6 * (1 + Math.abs(at)));
      }),
    );
  });
});

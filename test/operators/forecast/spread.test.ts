// Claims about the spread: a forecast as a chance of demand and a size.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DemandShape } from '../../../operators/demand/pattern.js';
import { Spread } from '../../../operators/forecast/spread.js';
import { Table } from '../../../operators/stream/table.js';
import { addRows, restore } from './rows-of.js';

/** Rows that have learned a history each, bucket by bucket, with a forecast that never changes. */
class Taught {
  readonly table = new Table();
  readonly spread = new Spread(this.table, 'test');
  known = 0;

  constructor(readonly rows: number) {
    addRows(this.table, rows);
  }

  learn(units: readonly number[], expected = Number.NaN): this {
    for (let row = 0; row < this.rows; row++) {
      const came = units[row] as number;
      if (!Number.isNaN(expected)) {
        this.spread.learnSize(row, came, this.spread.of(row, this.known, expected, 1, 1));
      }
      this.spread.learn(row, came, this.known);
    }
    this.spread.apply();
    this.known++;
    return this;
  }

  hurdle(row: number, expected: number, { buckets = 1, step = 1 } = {}) {
    return { ...this.spread.of(row, this.known, expected, buckets, step) };
  }
}

function always(units: number, buckets = 200): Taught {
  const taught = new Taught(2);
  for (let t = 0; t < buckets; t++) taught.learn([units, units], units);
  return taught;
}

describe('Spread', () => {
  it('of demand in every bucket gives a hurdle whose mean is the forecast', () => {
    const taught = always(10);
    for (const expected of [3, 10, 25, 150]) {
      const { mean, chance } = taught.hurdle(0, expected);
      expect(mean / expected).toBeCloseTo(1, 3);
      // 1 - (1 - p)^.3, p as near to 1 as it is taken.
      expect(chance).toBeGreaterThan(0.93);
    }
  });

  it('bounds a forecast by a fifth and twenty times of what the row sells', () => {
    const taught = always(10);
    expect(taught.hurdle(0, 0).mean).toBeCloseTo(2, 2);
    expect(taught.hurdle(0, 1e9).mean).toBeCloseTo(200, 0);
  });

  it('trusts forecasts off the mean the less, the rarer demand is', () => {
    const taught = new Taught(2);
    for (let t = 0; t < 400; t++) taught.learn([t % 10 === 0 ? 10 : 0, t % 2 === 0 ? 2 : 0]);
    const rare = taught.hurdle(0, 4 * taught.hurdle(0, Number.MIN_VALUE).mean);
    const often = taught.hurdle(1, 4 * taught.hurdle(1, Number.MIN_VALUE).mean);
    expect(rare.mean / taught.hurdle(0, Number.MIN_VALUE).mean).toBeLessThan(
      often.mean / taught.hurdle(1, Number.MIN_VALUE).mean,
    );
    expect(rare.chance).toBeLessThan(often.chance);
  });

  // 1 - (1 - p)^7 for a mean that stays what it is.
  it('has empty weeks more rarely than empty days', () => {
    const taught = new Taught(1);
    for (let t = 0; t < 999; t++) taught.learn([t % 3 === 0 ? 6 : 0]);
    const day = taught.hurdle(0, 2);
    const week = taught.hurdle(0, 14, { buckets: 7 });
    expect(week.chance).toBeCloseTo(1 - (1 - day.chance) ** 7, 2);
    expect(week.mean).toBeCloseTo(7 * day.mean, 6);
  });

  // Sum over j of (1 + (j - 1) .1)^2: 2.21 for two buckets, 12.11 for seven.
  it.each([
    [2, 2.21],
    [7, 12.11],
    [28, 173.53],
  ])('of %d buckets together has %d times the variance of one', (buckets, times) => {
    const taught = new Taught(1);
    for (let t = 0; t < 300; t++) taught.learn([t % 2 === 0 ? 50 : 150], 100);
    const varianceOf = ({ mean, chance, cv2 }: ReturnType<Taught['hurdle']>) =>
      mean * mean * ((1 + cv2) / chance - 1);
    const own = taught.hurdle(0, 100).mean;
    const one = varianceOf(taught.hurdle(0, own));
    const all = varianceOf(taught.hurdle(0, own * buckets, { buckets }));
    expect(all / one / times).toBeCloseTo(1, 2);
  });

  it('of a bucket further ahead is as wide as its level may have drifted by then, around its median', () => {
    const taught = new Taught(1);
    for (let t = 0; t < 300; t++) taught.learn([t % 2 === 0 ? 50 : 150], 100);
    const [next, later] = [taught.hurdle(0, 100), taught.hurdle(0, 100, { step: 28 })];
    expect(later.cv2 / next.cv2).toBeCloseTo(1 + 27 * 0.025, 2);
    // Of lognormal sizes the median is the mean by the root of 1 + cv2.
    const medianOf = ({ mean, cv2 }: typeof next) => mean / Math.sqrt(1 + cv2);
    expect(medianOf(later)).toBeCloseTo(medianOf(next), 9);
    expect(taught.hurdle(0, 100, { step: 400 })).toEqual(later);
  });

  it('knows rows of whole units, even of a row that has not sold yet', () => {
    const taught = new Taught(4);
    for (let t = 0; t < 20; t++) taught.learn([3, t === 5 ? 1.5 : 2, 0, 4]);
    expect([0, 1, 2, 3].map((row) => taught.spread.isWhole(row))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    const kilos = new Taught(2);
    for (let t = 0; t < 20; t++) kilos.learn([0.7, 0]);
    expect(kilos.spread.isWhole(1)).toBe(false);
  });

  const units = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 30 }) },
  );

  it('finds the pattern that the whole history has by definition', () => {
    fc.assert(
      fc.property(fc.array(units, { minLength: 1, maxLength: 80 }), (history) => {
        const shape = new DemandShape();
        const taught = new Taught(1);
        for (const one of history) {
          shape.learn(one);
          taught.learn([one]);
        }
        // Next to the border single precision may fall on the other side.
        fc.pre(!(Math.abs(shape.cv2 - 0.49) < 1e-4));
        expect(taught.spread.pattern(0)).toBe(shape.pattern);
      }),
    );
  });

  it('keeps the pattern of a row through more buckets than it can count', () => {
    const taught = new Taught(2);
    for (let t = 0; t < 140_000; t++) taught.learn([t % 3 === 0 ? 5 : 0, t % 2 === 0 ? 5 : 6]);
    expect([0, 1].map((row) => taught.spread.pattern(row))).toEqual(['intermittent', 'smooth']);
  });

  const wild = fc.oneof(units, fc.constantFrom(1e15, 1e12, 1e-9, 0.5));
  const forecast = fc.oneof(fc.constantFrom(0, 1e15, 1e-9, Number.NaN), fc.nat(50));
  const histories = fc.array(fc.tuple(wild, wild, forecast), { maxLength: 40 });

  it('gives finite means > 0, chances in (0, 1), variation > 0, whatever came', () => {
    const ahead = fc.record({
      buckets: fc.integer({ min: 1, max: 400 }),
      step: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(histories, forecast, ahead, (all, expected, where) => {
        fc.pre(!Number.isNaN(expected));
        const taught = new Taught(3);
        for (const [one, two, about] of all) taught.learn([one, two, 0], about);
        for (let row = 0; row < 3; row++) {
          const { mean, chance, cv2 } = taught.hurdle(row, expected, where);
          for (const one of [mean, chance, cv2]) {
            expect(Number.isFinite(one)).toBe(true);
            expect(one).toBeGreaterThan(0);
          }
          expect(chance).toBeLessThan(1);
        }
      }),
    );
  });

  it('goes on the same behind a snapshot', () => {
    fc.assert(
      fc.property(histories, fc.nat(40), (all, at) => {
        const straight = new Taught(2);
        let restored = new Taught(2);
        all.forEach(([one, two, about], t) => {
          if (t === at) {
            const fresh = new Taught(0);
            restore([restored.table, restored.spread], [fresh.table, fresh.spread]);
            const { known } = restored;
            restored = Object.assign(fresh, { rows: 2, known });
          }
          for (const each of [straight, restored]) each.learn([one, two], about);
        });
        for (const row of [0, 1]) {
          expect(restored.hurdle(row, 3, { buckets: 7 })).toEqual(
            straight.hurdle(row, 3, { buckets: 7 }),
          );
          expect(restored.spread.isWhole(row)).toBe(straight.spread.isWhole(row));
          expect(restored.spread.pattern(row)).toBe(straight.spread.pattern(row));
        }
      }),
    );
  });
});

// Claims about the course: what is counted once for all forecasters.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Course, isKnown } from '../../../operators/forecast/course.js';
import { Table } from '../../../operators/stream/table.js';
import { bucketOf } from './bucket-of.js';

function oneRow(seasons: number) {
  const table = new Table();
  const course = new Course(table, seasons);
  return { course, row: table.row(table.skus.intern('A'), table.locations.intern('shop')) };
}

describe('Course', () => {
  it('counts known buckets, those with sales, and visits of each season', () => {
    const units = fc.constantFrom(0, 1, 2.5, Number.NaN, -3, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(fc.array(units, { maxLength: 60 }), (series) => {
        const { course, row } = oneRow(7);
        series.forEach((value, n) => {
          course.advance(row, bucketOf(n, value));
        });
        const known = series.filter(isKnown);
        expect(course.known(row)).toBe(known.length);
        expect(course.sales(row)).toBe(known.filter((value) => value > 0).length);
        for (let season = 0; season < 7; season++) {
          const visits = series.filter((value, n) => isKnown(value) && n % 7 === season).length;
          expect(course.visits(row, season)).toBe(visits);
        }
        expect(course.nextSeason(row)).toBe(series.length % 7);
      }),
    );
  });

  it('counts no more than 255 visits of a season', () => {
    const { course, row } = oneRow(1);
    for (let n = 0; n < 1000; n++) course.advance(row, bucketOf(n, 1, 1));
    expect(course.visits(row, 0)).toBe(255);
    expect(course.known(row)).toBe(1000);
  });

  it.each([0, -1, 257, 1.5, Number.NaN])('refuses %d seasons', (seasons) => {
    expect(() => oneRow(seasons)).toThrow(
      new RangeError(`seasons must be a whole number from 1 to 256, got ${seasons}`),
    );
  });
});

describe('isKnown', () => {
  it('takes units from nothing to 2^53 - 1, whole or not', () => {
    for (const units of [0, -0, 1e-300, 0.5, 1e12, 2 ** 53 - 1]) expect(isKnown(units)).toBe(true);
  });

  it('takes no negative, infinite or absurd units', () => {
    const wrong = [-1e-9, -1, 2 ** 53, 1e300, Number.POSITIVE_INFINITY, Number.NaN];
    for (const units of wrong) expect(isKnown(units)).toBe(false);
  });
});

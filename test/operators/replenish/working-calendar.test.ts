// Claims about working days: known dates, and what holds between the functions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadTimeOf, momentsOf } from '../../../operators/replenish/lead-time.js';
import {
  addWorkingDays,
  arrivalsOf,
  EVERY_DAY,
  isWorkingDay,
  workingCalendar,
  workingDayFrom,
  workingDaysBetween,
} from '../../../operators/replenish/working-calendar.js';

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const dateOf = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);
const office = workingCalendar('Mon-Fri', null);
/** Bank holidays of England and Wales around Easter and the end of 2026: gov.uk/bank-holidays. */
const england = workingCalendar(
  'Mon-Fri',
  '2026-04-03, 2026-04-06, 2026-12-25, 2026-12-28, 2027-01-01',
);

const calendars = fc
  .record({
    week: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }).filter((w) => w.includes(true)),
    holidays: fc.uniqueArray(fc.integer({ min: 20_000, max: 20_060 })),
  })
  .map(({ week, holidays }) => ({ week, holidays: new Set(holidays) }));
const days = fc.integer({ min: 19_990, max: 20_060 });

describe('a calendar', () => {
  it('by its text: days, ranges, ranges over Sunday', () => {
    const week = (text: string | null) => workingCalendar(text, null).week.map(Number).join('');
    expect(week(null)).toBe('1111111');
    expect(week('Mon-Fri')).toBe('1111100');
    expect(week('Mon,Wed, Fri')).toBe('1010100');
    expect(week('Sat-Wed')).toBe('1110011');
    expect(week('Tue - Thu, Sun')).toBe('0111001');
  });

  it('has the days of the week where they are', () => {
    // 2026-12-25 is a Friday.
    expect(isWorkingDay(workingCalendar('Fri', null), day('2026-12-25'))).toBe(true);
    expect(isWorkingDay(workingCalendar('Sat', null), day('2026-12-25'))).toBe(false);
    // 1969-12-28 was a Sunday.
    expect(isWorkingDay(workingCalendar('Sun', null), day('1969-12-28'))).toBe(true);
  });

  it('refuses what is no day and no date, by value', () => {
    expect(() => workingCalendar('Mon-Fry', null)).toThrow(/'Fry'/);
    expect(() => workingCalendar(null, '2026-02-30')).toThrow(/'2026-02-30'/);
    expect(() => workingCalendar(null, 'Xmas')).toThrow(/'Xmas'/);
  });
});

describe('working days', () => {
  it.each([
    ['a Friday, 2 days: Tuesday', office, '2026-11-27', 2, '2026-12-01'],
    ['a Friday, 0 days: itself', office, '2026-11-27', 0, '2026-11-27'],
    ['a Saturday is a Monday: 0 days', office, '2026-11-28', 0, '2026-11-30'],
    ['a Saturday is a Monday: 2 days', office, '2026-11-28', 2, '2026-12-02'],
    ['a week of work takes 7 days', office, '2026-11-25', 5, '2026-12-02'],
    ['over Good Friday and Easter Monday', england, '2026-04-02', 1, '2026-04-07'],
    ['over Christmas, Boxing Day moved to Monday', england, '2026-12-24', 1, '2026-12-29'],
    ['over New Year', england, '2026-12-31', 1, '2027-01-04'],
    ['ten of them over the end of the year', england, '2026-12-18', 10, '2027-01-06'],
    ['three a week', workingCalendar('Mon,Wed,Fri', null), '2026-11-27', 2, '2026-12-02'],
    ['all days', EVERY_DAY, '2026-02-27', 2, '2026-03-01'],
  ] as const)('%s', (_, calendar, from, count, to) => {
    expect(dateOf(addWorkingDays(calendar, day(from), count))).toBe(to);
  });

  it('counted back are those that were added', () => {
    fc.assert(
      fc.property(calendars, days, fc.integer({ min: 0, max: 40 }), (calendar, from, count) => {
        const to = addWorkingDays(calendar, from, count);
        expect(isWorkingDay(calendar, to)).toBe(true);
        expect(workingDaysBetween(calendar, from, to)).toBe(count);
      }),
    );
  });

  it('come no earlier for an order of a later day', () => {
    fc.assert(
      fc.property(calendars, days, fc.integer({ min: 0, max: 20 }), (calendar, from, count) => {
        const [one, next] = [from, from + 1].map((d) => addWorkingDays(calendar, d, count));
        expect(next).toBeGreaterThanOrEqual(one as number);
      }),
    );
  });

  it('refuse a count that is not whole or below 0', () => {
    expect(() => addWorkingDays(office, 0, 1.5)).toThrow(/count .*1.5/);
    expect(() => addWorkingDays(office, 0, -1)).toThrow(/count .*-1/);
  });
});

describe('arrivals', () => {
  const friday = day('2026-11-27');

  it('of two working days take four days from a Friday, two from a Monday', () => {
    const both = { supplier: office, warehouse: EVERY_DAY };
    const at = (d: number) => [...arrivalsOf(leadTimeOf(2, 0), both, d).buckets];
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => at(friday + n)[0])).toEqual([4, 4, 3, 2, 2, 2, 4]);
  });

  it('wait for a day on which the warehouse receives', () => {
    const both = { supplier: EVERY_DAY, warehouse: workingCalendar('Mon,Thu', null) };
    const arrivals = arrivalsOf(leadTimeOf(2, 0), both, friday);
    expect([...arrivals.buckets]).toEqual([3]);
  });

  it('between two whole numbers of days are at either', () => {
    const both = { supplier: office, warehouse: EVERY_DAY };
    const { buckets, weights } = arrivalsOf(leadTimeOf(0.25, 0), both, friday);
    expect([...buckets]).toEqual([0, 3]);
    expect([...weights]).toEqual([0.75, 0.25]);
  });

  it('keep the mean of a random lead time where all days are alike', () => {
    const both = { supplier: EVERY_DAY, warehouse: EVERY_DAY };
    const drawn = leadTimeOf(9.3, 3);
    const [arrival, before] = [momentsOf(arrivalsOf(drawn, both, friday)), momentsOf(drawn)];
    expect(arrival.mean).toBeCloseTo(before.mean, 9);
    // Whole days on both sides add at most a quarter of a day squared to the variance.
    expect(arrival.sd).toBeGreaterThanOrEqual(before.sd);
    expect(arrival.sd ** 2).toBeLessThanOrEqual(before.sd ** 2 + 0.25 + 1e-9);
  });

  it('rise, add up to 1, and are working days of the warehouse', () => {
    fc.assert(
      fc.property(
        calendars,
        calendars,
        days,
        fc.double({ min: 0, max: 25, noNaN: true }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (supplier, warehouse, from, mean, sd) => {
          const both = { supplier, warehouse };
          const { buckets, weights } = arrivalsOf(leadTimeOf(mean, sd), both, from);
          expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
          buckets.forEach((after, i) => {
            expect(workingDayFrom(warehouse, from + after)).toBe(from + after);
            if (i > 0) expect(after).toBeGreaterThan(buckets[i - 1] as number);
          });
        },
      ),
    );
  });
});

// Numbers and times as the page shows them.
import { describe, expect, test } from 'vitest';
import {
  ago,
  bucketName,
  compactCount,
  count,
  dateTime,
  days,
  duration,
  kindName,
  milliseconds,
  percent,
  place,
  quantity,
} from '../../../dashboards/web/format.js';

test('a place is its name with its id, or the id alone', () => {
  expect(place({ location: 'ber', locationName: 'Berlin' })).toBe('Berlin (ber)');
  expect(place({ location: 'ber', locationName: 'ber' })).toBe('ber');
});

describe('figures', () => {
  test('have thousands separators and a true minus sign', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(count(-1200)).toBe('−1,200');
    expect(quantity(12.25)).toBe('12.3');
    expect(quantity(12)).toBe('12');
    expect(quantity(728_369.8)).toBe('728,370');
    // Newer tables of the language write 12k, older ones 12K.
    const compacted = [950, 12_345, -1_234_567].map((value) => compactCount(value).toUpperCase());
    expect(compacted).toEqual(['950', '12K', '−1.2M']);
  });

  test('show a dash where nothing is known', () => {
    for (const form of [count, quantity, percent, milliseconds, days, dateTime]) {
      expect(form(null)).toBe('–');
    }
  });

  test('name their unit', () => {
    expect(percent(0.7864)).toBe('78.6 %');
    expect(milliseconds(1.44)).toBe('1.4 ms');
    expect(milliseconds(123.4)).toBe('123 ms');
    expect(milliseconds(2500)).toBe('2.5 s');
    expect(days(3.24)).toBe('3.2 d');
    expect(days(1e9)).toBe('> 999 d');
  });
});

describe('times', () => {
  test('lengths are given in their largest unit, never negative', () => {
    expect(['12 s', '5 min', '47 h', '3 d']).toEqual(
      [12_900, 5 * 60_000, 47 * 3_600_000, 3 * 86_400_000].map(duration),
    );
    expect(duration(-5)).toBe('0 s');
    expect(ago(10)).toBe('now');
    expect(ago(61_000)).toBe('1 min ago');
  });

  test('moments are given in UTC, and say so', () => {
    expect(dateTime(Date.UTC(2011, 10, 28, 12, 50))).toBe('2011-11-28 12:50 UTC');
  });

  test('a bucket has the date that its location reads', () => {
    // London's 30 March 2011 began at 23:00 UTC of the day before.
    const startMs = Date.UTC(2011, 2, 29, 23);
    expect(bucketName(startMs, { bucket: 'day', timeZone: 'Europe/London' })).toContain('30 Mar');
    expect(bucketName(startMs, { bucket: 'day', timeZone: 'UTC' })).toContain('29 Mar');
    expect(bucketName(startMs, { bucket: 'hour', timeZone: 'Europe/London' })).toContain('00:00');
  });
});

test('kinds read as words', () => {
  expect(kindName('stockout-risk')).toBe('Stockout risk');
});

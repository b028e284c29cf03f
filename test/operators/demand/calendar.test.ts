// Local hours and days over changes of the clock.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketStart,
  nextBucketStart,
  SHORTEST_MS,
  seasonOf,
} from '../../../operators/demand/calendar.js';
import { endOfLocalDay, localDate } from '../../oracle/local-days.js';

const HOUR = 3_600_000;
const ms = (text: string) => Date.parse(text);
const utc = (time: number) => new Date(time).toISOString();

function startsFrom(text: string, zone: string, length: 'hour' | 'day', count: number): string[] {
  const starts = [bucketStart(ms(text), zone, length)];
  while (starts.length < count) {
    starts.push(nextBucketStart(starts.at(-1) as number, zone, length));
  }
  return starts.map(utc);
}

describe('a local day', () => {
  it('of 23 hours is one day: Europe/London, 27 March 2011', () => {
    expect(startsFrom('2011-03-27T12:00:00+01:00', 'Europe/London', 'day', 2)).toEqual([
      '2011-03-27T00:00:00.000Z',
      '2011-03-27T23:00:00.000Z',
    ]);
  });

  it('of 25 hours is one day: Europe/London, 30 October 2011', () => {
    expect(startsFrom('2011-10-30T12:00:00Z', 'Europe/London', 'day', 2)).toEqual([
      '2011-10-29T23:00:00.000Z',
      '2011-10-31T00:00:00.000Z',
    ]);
  });

  it('starts at half past where the offset has a half: Asia/Kolkata', () => {
    expect(startsFrom('2011-09-01T23:30:00+05:30', 'Asia/Kolkata', 'day', 2)).toEqual([
      '2011-08-31T18:30:00.000Z',
      '2011-09-01T18:30:00.000Z',
    ]);
  });

  it('that has no midnight starts when it starts: America/Sao_Paulo, 16 October 2011', () => {
    expect(startsFrom('2011-10-16T12:00:00-02:00', 'America/Sao_Paulo', 'day', 1)).toEqual([
      '2011-10-16T03:00:00.000Z',
    ]);
  });

  it('that a place skipped is no day: Pacific/Apia, 30 December 2011', () => {
    expect(startsFrom('2011-12-29T12:00:00-10:00', 'Pacific/Apia', 'day', 2)).toEqual([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ]);
  });

  it('is the one on the wall, for any time and zone', () => {
    const zones = fc.constantFrom(
      'Europe/London',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Chatham',
      'Africa/Casablanca',
    );
    const times = fc.integer({ min: ms('1990-01-01T00:00:00Z'), max: ms('2035-01-01T00:00:00Z') });
    fc.assert(
      fc.property(times, zones, (time, zone) => {
        const start = bucketStart(time, zone, 'day');
        expect(localDate(start, zone)).toBe(localDate(time, zone));
        expect(localDate(start - 1, zone)).not.toBe(localDate(time, zone));
        expect(utc(nextBucketStart(start, zone, 'day'))).toBe(utc(endOfLocalDay(time, zone)));
      }),
    );
  });
});

describe('a local hour', () => {
  it('of which half comes twice is one hour: Lord Howe, 3 April 2011', () => {
    // 02:00 at +11 becomes 01:30 at +10:30, at 15:00 UTC.
    expect(startsFrom('2011-04-02T13:30:00Z', 'Australia/Lord_Howe', 'hour', 4)).toEqual([
      '2011-04-02T13:00:00.000Z',
      '2011-04-02T14:00:00.000Z',
      '2011-04-02T15:30:00.000Z',
      '2011-04-02T16:30:00.000Z',
    ]);
  });

  it('that is cut to a half is one hour: Lord Howe, 2 October 2011', () => {
    // 02:00 at +10:30 becomes 02:30 at +11, at 15:30 UTC.
    expect(startsFrom('2011-10-01T14:45:00Z', 'Australia/Lord_Howe', 'hour', 4)).toEqual([
      '2011-10-01T14:30:00.000Z',
      '2011-10-01T15:30:00.000Z',
      '2011-10-01T16:00:00.000Z',
      '2011-10-01T17:00:00.000Z',
    ]);
  });

  it('that comes twice is two hours: Europe/London, 30 October 2011', () => {
    expect(startsFrom('2011-10-30T00:10:00Z', 'Europe/London', 'hour', 3)).toEqual([
      '2011-10-30T00:00:00.000Z',
      '2011-10-30T01:00:00.000Z',
      '2011-10-30T02:00:00.000Z',
    ]);
  });

  it('holds its time, is not shorter than said, and the next one starts where it ends', () => {
    const zones = fc.constantFrom('Australia/Lord_Howe', 'Europe/London', 'Asia/Kathmandu', 'UTC');
    const around = fc.constantFrom(
      '2011-04-02T15:00:00Z',
      '2011-10-01T15:30:00Z',
      '2011-03-27T01:00:00Z',
    );
    const offset = fc.integer({ min: -5 * HOUR, max: 5 * HOUR });
    fc.assert(
      fc.property(zones, around, offset, (zone, when, by) => {
        const time = ms(when) + by;
        const start = bucketStart(time, zone, 'hour');
        const next = nextBucketStart(start, zone, 'hour');
        expect(start).toBeLessThanOrEqual(time);
        expect(next).toBeGreaterThan(time);
        expect(next - start).toBeGreaterThanOrEqual(SHORTEST_MS.hour);
        expect(bucketStart(next - 1, zone, 'hour')).toBe(start);
        expect(bucketStart(next, zone, 'hour')).toBe(next);
      }),
    );
  });
});

describe('a season', () => {
  it('is the local day of the week, Monday 0, or its hour', () => {
    const sunday = bucketStart(ms('2011-10-30T12:00:00Z'), 'Europe/London', 'day');
    expect(seasonOf(sunday, 'Europe/London', 'day')).toBe(6);
    expect(seasonOf(ms('2011-10-31T05:00:00Z'), 'Europe/London', 'hour')).toBe(5);
    expect(seasonOf(ms('2011-10-31T18:30:00Z'), 'Asia/Kolkata', 'hour')).toBe(24);
  });
});

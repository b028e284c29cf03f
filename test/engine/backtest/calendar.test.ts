// Claims about the calendar of backtests: numbers, starts and seasons of buckets on the wall.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUCKETS,
  bucketAt,
  bucketStart,
  bucketText,
  SEASONS,
  seasonAt,
} from '../../../engine/backtest/calendar.js';

const anyBucket = fc.constantFrom(...BUCKETS);
/** 1900 to 2100. */
const wall = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });

describe('buckets', () => {
  it('hold each time in exactly one of them', () => {
    fc.assert(
      fc.property(wall, anyBucket, (ms, bucket) => {
        const number = bucketAt(ms, bucket);
        expect(bucketStart(number, bucket)).toBeLessThanOrEqual(ms);
        expect(bucketStart(number + 1, bucket)).toBeGreaterThan(ms);
        expect(bucketAt(bucketStart(number, bucket), bucket)).toBe(number);
      }),
    );
  });

  it.each([
    { bucket: 'hour', time: '2024-02-29T23:59:59', start: '2024-02-29T23:00' },
    { bucket: 'day', time: '2024-02-29T23:59:59', start: '2024-02-29' },
    { bucket: 'week', time: '2024-03-03T12:00:00', start: '2024-02-26' },
    { bucket: 'week', time: '2024-03-04T00:00:00', start: '2024-03-04' },
    { bucket: 'month', time: '2024-02-29T12:00:00', start: '2024-02-01' },
    { bucket: 'month', time: '1969-12-31T12:00:00', start: '1969-12-01' },
  ] as const)('have the $bucket of $time begin at $start', ({ bucket, time, start }) => {
    expect(bucketText(bucketAt(Date.parse(`${time}Z`), bucket), bucket)).toBe(start);
  });
});

describe('seasons', () => {
  it.each([
    { bucket: 'hour', time: '2026-01-05T00:00', season: 0 },
    { bucket: 'hour', time: '2026-01-11T23:00', season: 167 },
    { bucket: 'day', time: '2026-01-05T00:00', season: 0 },
    { bucket: 'day', time: '2026-01-11T00:00', season: 6 },
    { bucket: 'month', time: '2026-01-05T00:00', season: 0 },
    { bucket: 'month', time: '1969-12-05T00:00', season: 11 },
  ] as const)('of the $bucket of $time is $season', ({ bucket, time, season }) => {
    expect(seasonAt(bucketAt(Date.parse(`${time}:00Z`), bucket), bucket)).toBe(season);
  });

  it('follow each other, and begin again', () => {
    fc.assert(
      fc.property(wall, anyBucket, (ms, bucket) => {
        const number = bucketAt(ms, bucket);
        const season = seasonAt(number, bucket);
        expect(seasonAt(number + 1, bucket)).toBe((season + 1) % SEASONS[bucket]);
      }),
    );
  });
});

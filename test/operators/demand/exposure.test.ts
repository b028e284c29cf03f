// The share of a bucket in which there was some to sell, driven through the whole core.
import { describe, expect, it } from 'vitest';
import { coreWith, runEvents } from '../../oracle/drive.js';
import { counted, placed, tick } from '../events/samples.js';

const HOUR = 3_600_000;
const small = { 'ledger.journal': 4096, 'time.disorder': 0, 'time.allowedLateness': '1h' };
const at = (time: string) => ({ time });

describe('the in-stock share', () => {
  const shares = (events: object[], overrides = {}) =>
    runEvents(coreWith({ ...small, ...overrides }), events).buckets.map((b) => b.inStockShare);

  it('is the part of the known time in which there was some to sell, to the millisecond', () => {
    const events = [
      counted(5, at('2011-09-01T10:00:00Z')),
      placed('1', { A: 5 }, at('2011-09-01T16:00:00.123Z')),
      counted(9, at('2011-09-02T06:00:00Z')),
      tick('2011-09-04T00:00:00Z'),
    ];
    expect(shares(events)).toEqual([(6 * HOUR + 123) / (14 * HOUR), 18 / 24]);
  });

  it('of a 23-hour day is a share of 23 hours', () => {
    const events = [
      counted(5, at('2011-03-26T12:00:00Z')),
      placed('1', { A: 5 }, at('2011-03-27T12:00:00+01:00')),
      tick('2011-03-28T12:00:00Z'),
    ];
    expect(shares(events, { 'locations.x.timeZone': 'Europe/London' })).toEqual([11 / 23]);
  });

  it('is 1 where stock was never told', () => {
    const events = [
      placed('1', { A: 5 }, at('2011-09-01T16:00:00Z')),
      tick('2011-09-02T12:00:00Z'),
    ];
    expect(shares(events)).toEqual([1]);
  });
});

// Times: RFC 3339 to the letter, integer milliseconds, nothing else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../../operators/events/time.js';
import { coreWith, messagesOf, run } from '../../oracle/drive.js';

const utc = (...parts: [number, number, number, number?, number?, number?, number?]) =>
  Date.UTC(...parts);

describe('a time is read', () => {
  // The examples of RFC 3339, section 5.8, then edge cases of its grammar in section 5.6.
  it.each([
    ['1985-04-12T23:20:50.52Z', utc(1985, 3, 12, 23, 20, 50, 520)],
    ['1996-12-19T16:39:57-08:00', utc(1996, 11, 20, 0, 39, 57)],
    ['1990-12-31T23:59:60Z', utc(1991, 0, 1)],
    ['1990-12-31T15:59:60-08:00', utc(1991, 0, 1)],
    ['1937-01-01T12:00:27.87+00:20', utc(1937, 0, 1, 11, 40, 27, 870)],
    ['2011-09-01t10:00:00z', utc(2011, 8, 1, 10)],
    ['2011-09-01 10:00:00Z', utc(2011, 8, 1, 10)],
    ['2011-09-01T10:00:00-00:00', utc(2011, 8, 1, 10)],
    ['2011-09-01T10:00:00+05:30', utc(2011, 8, 1, 4, 30)],
    ['2011-09-01T00:00:00+23:59', utc(2011, 7, 31, 0, 1)],
    ['2011-09-01T10:00:00.1234567890123Z', utc(2011, 8, 1, 10, 0, 0, 123)],
    ['2011-09-01T10:00:00.9999Z', utc(2011, 8, 1, 10, 0, 0, 999)],
    ['2012-02-29T00:00:00Z', utc(2012, 1, 29)],
    ['2000-02-29T00:00:00Z', utc(2000, 1, 29)],
    ['9999-12-31T23:59:59.999Z', 253402300799999],
  ])('%s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([0, -1, 1314871200000, 1e3])('the integer %d, as milliseconds', (ms) => {
    expect(parseTime(ms)).toBe(ms);
  });
});

describe('no time is read from', () => {
  it.each([
    '',
    '2011-09-01',
    '2011-09-01T10:00:00',
    '2011-09-01T10:00Z',
    '2011-09-01T10:00:00.Z',
    '2011-09-01T10:00:00+0530',
    '2011-09-01T10:00:00+05',
    '2011-09-01T10:00:00+24:00',
    '2011-09-01T10:00:00+05:60',
    '2011-09-01T24:00:00Z',
    '2011-09-01T10:60:00Z',
    '2011-09-01T10:00:61Z',
    '2011-13-01T10:00:00Z',
    '2011-00-01T10:00:00Z',
    '2011-09-31T10:00:00Z',
    '2011-09-00T10:00:00Z',
    '2011-02-29T10:00:00Z',
    '1900-02-29T10:00:00Z',
    '11-09-01T10:00:00Z',
    '+2011-09-01T10:00:00Z',
    '12011-09-01T10:00:00Z',
    '2011-9-1T10:00:00Z',
    '2011-09-01T10:00:00Z ',
    ' 2011-09-01T10:00:00Z',
    '2011-09-01T10:00:00ZZ',
    '２０11-09-01T10:00:00Z',
    'Thu, 01 Sep 2011 10:00:00 GMT',
    '1314871200000',
  ])('%j', (text) => {
    expect(parseTime(text)).toBeNaN();
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, -8.64e15 - 1])(
    'the number %d',
    (ms) => {
      expect(parseTime(ms)).toBeNaN();
    },
  );

  it('what RFC 3339 cannot write: years before 0 and after 9999, even by an offset', () => {
    expect(parseTime('9999-12-31T23:59:59-00:01')).toBeNaN();
    expect(parseTime('0000-01-01T00:00:00+00:01')).toBeNaN();
    expect(parseTime(8.64e15)).toBeNaN();
    expect(parseTime(-8.64e15)).toBeNaN();
  });
});

describe('every time that is read', () => {
  it('is written as the same instant', () => {
    const times = fc.integer({ min: -62167219200000, max: 253402300799999 });
    fc.assert(
      fc.property(times, (ms) => {
        expect(parseTime(formatTime(ms))).toBe(ms);
      }),
    );
  });

  it('agrees with the platform where both take it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          const sign = offset < 0 ? '-' : '+';
          const two = (n: number) => String(Math.trunc(Math.abs(n))).padStart(2, '0');
          const text = `${date.toISOString().slice(0, -1)}${sign}${two(offset / 60)}:${two(offset % 60)}`;
          expect(parseTime(text)).toBe(Date.parse(text));
        },
      ),
    );
  });

  it('even the first and the last one, lets the chain go on', () => {
    const order = (id: string, time: string | number) => ({
      id,
      type: 'order.placed',
      time,
      orderId: id,
      location: 'x',
      lines: [{ sku: 'A', quantity: 1 }],
    });
    for (const zone of ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles']) {
      const core = coreWith({ 'time.zone': zone });
      const events = [
        order('a', '0000-01-01T00:00:00Z'),
        order('b', '2011-09-01T10:00:00Z'),
        order('c', '9999-12-31T23:59:59Z'),
        order('d', -8.64e15),
        order('e', 8.64e15),
      ];
      const { refusals } = run(core, messagesOf(events), 1);
      expect([zone, refusals.map(({ reason }) => reason)]).toEqual([
        zone,
        ['wrong-field', 'wrong-field'],
      ]);
    }
  });
});

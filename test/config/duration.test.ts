// Durations and sizes: text to number and back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../config/duration.js';
import { formatSize, parseSize } from '../../config/size.js';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['1m', 60_000],
    ['1h30m', 5_400_000],
    ['48h', 172_800_000],
    ['7d', 604_800_000],
    ['1d2h3m4s5ms', 93_784_005],
    [' 5s ', 5_000],
    ['0', 0],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '5 s', '-5s', '1.5h', '5S', '30m1h', '5s5s', 'ms', '1w', '99999999999999d'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('are read back from what they are shown as', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  });

  it('refuse to be shown where they are no whole milliseconds', () => {
    for (const ms of [-1, 0.5, Number.NaN, 2 ** 60]) {
      expect(() => formatDuration(ms)).toThrow(RangeError);
    }
  });
});

describe('sizes', () => {
  it.each([
    ['4096', 4096],
    ['1_000_000', 1_000_000],
    ['64KiB', 65_536],
    ['4GiB', 4_294_967_296],
    ['1.5 GiB', 1_610_612_736],
    ['500MB', 500_000_000],
    ['1tib', 1_099_511_627_776],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '-1', '0.5', '1.3KiB', '4G', '4 GiB B', 'GiB', '99999999TiB', '1e3', 'constructor'])(
    '%j is none',
    (text) => {
      expect(parseSize(text)).toBeNull();
    },
  );

  it('are read back from what they are shown as', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
    expect([0, 1000, 1536 * 1024, 4 * 2 ** 30].map(formatSize)).toEqual([
      '0B',
      '1000B',
      '1536KiB',
      '4GiB',
    ]);
  });
});

// Claims about cleaning: what a bucket says of demand where stock ran out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandOf, isFullyStocked } from '../../../operators/forecast/cleaning.js';

const units = fc.double({ min: 0, max: 1e12, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const { NaN: unknown, POSITIVE_INFINITY: infinite } = Number;

describe('demandOf', () => {
  it.each([
    { what: 'stock all the time', units: 7, share: 1, expected: 100, demand: 7 },
    { what: 'a minute without it', units: 7, share: 0.9995, expected: 100, demand: 7 },
    {
      what: 'stock for a half, where 10 were expected',
      units: 3,
      share: 0.5,
      expected: 10,
      demand: 8,
    },
    { what: 'none sold in a quarter', units: 0, share: 0.25, expected: 8, demand: 6 },
    {
      what: 'a half, where nothing was expected',
      units: 3,
      share: 0.5,
      expected: unknown,
      demand: 6,
    },
    {
      what: 'less than a quarter, and nothing expected',
      units: 3,
      share: 0.2,
      expected: unknown,
      demand: unknown,
    },
    { what: 'no stock at all', units: 0, share: 0, expected: 10, demand: unknown },
    {
      what: 'sales from no stock, as a count was late',
      units: 4,
      share: 0,
      expected: 10,
      demand: 14,
    },
    { what: 'units that nobody knows', units: unknown, share: 1, expected: 10, demand: unknown },
    { what: 'less than nothing', units: -3, share: 1, expected: 10, demand: unknown },
    { what: 'no end', units: infinite, share: 1, expected: 10, demand: unknown },
    { what: 'more than can be counted', units: 1e300, share: 0.5, expected: 10, demand: unknown },
  ])('is $demand with $what', ({ units, share, expected, demand }) => {
    expect(demandOf(units, share, expected)).toBe(demand);
  });

  // u + (1 - s) f = f where u = s f: sales by the share of time.
  it('agrees with the forecast where sales were those of the time with stock', () => {
    fc.assert(
      fc.property(units, share, (forecast, s) => {
        fc.pre(s > 0.01);
        const demand = demandOf(s * forecast, s, forecast);
        expect(Math.abs(demand - forecast)).toBeLessThanOrEqual(1e-9 + 2e-3 * forecast);
        if (!isFullyStocked(s)) expect(demand).toBeCloseTo(forecast, 3 - Math.log10(1 + forecast));
      }),
    );
  });

  it('is never less than what was sold, nor negative, nor infinite', () => {
    fc.assert(
      fc.property(units, share, fc.option(units, { nil: unknown }), (sold, s, expected) => {
        const demand = demandOf(sold, s, expected);
        if (!Number.isNaN(demand)) expect(demand).toBeGreaterThanOrEqual(sold);
        expect(demand).not.toBe(infinite);
      }),
    );
  });

  it('repeated ends at units / share, where forecast and demand agree', () => {
    let forecast = 1;
    for (let n = 0; n < 200; n++) forecast += 0.2 * (demandOf(3, 0.4, forecast) - forecast);
    expect(forecast).toBeCloseTo(3 / 0.4, 6);
  });
});

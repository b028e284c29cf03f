// Claims about the ring of recent buckets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickWindows } from '../../../operators/forecast/pick-windows.js';
import { Recent } from '../../../operators/forecast/recent.js';
import {
  cartsMark,
  nextScale,
  priceMark,
  priceOf,
  STRIP_LENGTH,
  Strip,
  type Windows,
} from '../../../operators/forecast/strip.js';
import { randomFrom } from '../../../operators/stats/random.js';
import { bucketOf, tableOf, weeklyWindows } from './neural/windows.js';

const unitsOf = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.constantFrom(Number.NaN, 1e12, 1e-9, Number.POSITIVE_INFINITY, -3),
);

describe('the ring of recent buckets', () => {
  it('has the last 28 known in order, and their scales as they were when each came', () => {
    fc.assert(
      fc.property(fc.array(unitsOf, { maxLength: 90 }), (series) => {
        const recent = new Recent(tableOf(2));
        const scales: number[] = [];
        const known: { units: number; season: number }[] = [];
        series.forEach((units, n) => {
          const isKnown = recent.push(1, bucketOf(n, units));
          expect(isKnown).toBe(Number.isFinite(units) && units >= 0);
          expect(recent.lastSeason(1)).toBe(n % 7);
          if (!isKnown) return;
          known.push({ units: Math.fround(units), season: n % 7 });
          scales.push(recent.scale(1));
        });
        const strip = new Strip();
        recent.read(1, strip);
        const from = Math.max(0, known.length - STRIP_LENGTH);
        expect(strip.length).toBe(known.length - from);
        for (let b = 0; b < strip.length; b++) {
          expect(strip.units[b]).toBe(known[from + b]?.units);
          expect(strip.season(b)).toBe(known[from + b]?.season);
          expect(strip.scales[b]).toBe(scales[from + b]);
        }
        expect(recent.length(0)).toBe(0);
        if (strip.length === 0) return;
        const newest = new Strip();
        recent.readNewest(1, newest);
        expect([newest.length, newest.units, newest.marks]).toEqual([
          strip.length,
          strip.units,
          strip.marks,
        ]);
        expect(newest.scales[strip.length - 1]).toBe(strip.scales[strip.length - 1]);
      }),
    );
  });

  it('cuts windows that read as the rows do, also when it goes on', () => {
    const recent = new Recent(tableOf(3));
    for (let n = 0; n < 40; n++) {
      for (let row = 0; row < 3; row++) {
        const more = { price: 10 + row, promotion: 0.5, cartAdds: n, inStockShare: 0.2 };
        recent.push(row, bucketOf(n, n * row, more));
      }
    }
    const [fromRow, fromWindow] = [new Strip(), new Strip()];
    recent.read(2, fromRow);
    const windows = recent.cut([0, 2]);
    recent.push(2, bucketOf(40, 7));
    fromWindow.take(windows, 1);
    expect(fromWindow).toEqual(fromRow);
  });

  it('puts windows of several cuts together, each once, as they were', () => {
    const cuts = [weeklyWindows(5, 30, 1), weeklyWindows(7, 24, 2)];
    const picked = pickWindows(cuts, 100, randomFrom(1));
    const shown = (windows: Windows, w: number): string => {
      const strip = new Strip();
      strip.take(windows, w);
      return JSON.stringify([strip.length, [...strip.units], [...strip.marks], [...strip.scales]]);
    };
    const all = cuts.flatMap((cut) => Array.from({ length: cut.count }, (_, w) => shown(cut, w)));
    const found = Array.from({ length: picked.count }, (_, w) => shown(picked, w));
    expect(found).toHaveLength(12);
    expect(found.sort()).toEqual(all.sort());
    expect(pickWindows(cuts, 4, randomFrom(2)).count).toBe(4);
  });

  it('has a plain mean at first, and then one that forgets', () => {
    let scale = 0;
    [4, 8, 6].forEach((units, n) => {
      scale = nextScale(scale, n, units);
    });
    expect(scale).toBe(6);
    expect(nextScale(6, 1000, 34)).toBe(7);
  });

  it('keeps prices within a hundredth, cut at 3.6 times the mean, and knows of none', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 3, noNaN: true }), (ratio) => {
        expect(Math.abs(priceOf(priceMark(7 * ratio, 7)) - Math.log(ratio))).toBeLessThan(0.00501);
      }),
    );
    expect(priceOf(priceMark(1e9, 1))).toBeCloseTo(1.27, 12);
    for (const price of [Number.NaN, 0, -1]) expect(priceMark(price, 5)).toBe(0);
    expect(priceOf(0)).toBe(0);
  });

  it('keeps units in carts against the scale', () => {
    expect(cartsMark(5, 0)).toBe(0);
    expect(cartsMark(-5, 1)).toBe(0);
    // ln 4 = 1.386 of 6 in 255 steps.
    expect(cartsMark(3, 1)).toBe(59);
    expect(cartsMark(1e12, 1)).toBe(255);
  });
});

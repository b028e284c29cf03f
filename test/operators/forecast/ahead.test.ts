// Claims about experts' forecasts further ahead: kept of a sample of rows until they can be judged.
import { describe, expect, it } from 'vitest';
import { Ahead } from '../../../operators/forecast/ahead.js';
import { restore } from './rows-of.js';

const FORECASTS = Float64Array.of(1, 2.5, Number.NaN);

describe('Ahead', () => {
  it('gives back what each expert had forecast when that bucket has closed', () => {
    const ahead = new Ahead(3, 2);
    expect(ahead.take(5)).toBeNull();
    ahead.put(5, FORECASTS);
    expect(ahead.take(5)).toBeNull();
    expect([...(ahead.take(5) ?? [])]).toEqual([1, 2.5, Number.NaN]);
    expect(ahead.take(5)).toBeNull();
  });

  it('has rows take turns, and the first 1,024 alone', () => {
    const ahead = new Ahead(3, 7);
    const due = Array.from({ length: 3000 }, (_, row) => ahead.isDue(row, 14));
    expect(due.filter(Boolean)).toHaveLength(Math.ceil(1024 / 7));
    expect(due.lastIndexOf(true)).toBeLessThan(1024);
    expect(ahead.take(2000)).toBeNull();
    ahead.put(7, FORECASTS);
    expect(ahead.isDue(7, 14)).toBe(false);
  });

  it('goes on the same behind a snapshot', () => {
    const straight = new Ahead(3, 3);
    straight.put(9, FORECASTS);
    straight.take(9);
    const restored = new Ahead(3, 3);
    restore([straight], [restored]);
    for (const each of [straight, restored]) {
      expect(each.isDue(9, 0)).toBe(false);
      expect(each.take(9)).toBeNull();
      expect([...(each.take(9) ?? [])]).toEqual([1, 2.5, Number.NaN]);
    }
  });

  it.each([1, 2.5, 251])('refuses to judge %d buckets ahead', (buckets) => {
    expect(() => new Ahead(3, buckets)).toThrow(`from 2 to 250, got ${buckets}`);
  });
});

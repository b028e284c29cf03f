// Claims about outstanding forecasts: one a row, judged when over, in turns.
import { describe, expect, it } from 'vitest';
import { Outstanding } from '../../../operators/forecast/outstanding.js';
import type { Hurdle } from '../../../operators/forecast/spread.js';
import { Table } from '../../../operators/stream/table.js';
import { addRows, restore } from './rows-of.js';

const TOTAL = { mean: 21, chance: 0.75, cv2: 0.5 };
const LAST = { mean: 3, chance: 0.25, cv2: 2 };

/** Means as they were; odds of demand and squared variation to 4 %, as they are kept. */
function expectAbout(got: Hurdle | undefined, wanted: Hurdle): void {
  const odds = (chance = Number.NaN) => chance / (1 - chance);
  expect(got?.mean).toBe(wanted.mean);
  expect(Math.abs(Math.log(odds(got?.chance) / odds(wanted.chance)))).toBeLessThan(0.041);
  expect(Math.abs(Math.log((got?.cv2 ?? 0) / wanted.cv2))).toBeLessThan(0.041);
}

function put(made: Outstanding, row: number): void {
  made.putLast(row, LAST);
  made.putTotal(row, TOTAL);
}

function outstanding(rows = 1, seasons = 7) {
  const table = new Table();
  const made = new Outstanding(table, 'test', { buckets: 3, seasons });
  addRows(table, rows);
  return { table, made };
}

describe('Outstanding', () => {
  it('gives back what was put, with the total that came, when its last bucket has closed', () => {
    const { made } = outstanding();
    expect(made.take(0, 5)).toBeNull();
    put(made, 0);
    expect([made.take(0, 1), made.take(0, 2)]).toEqual([null, null]);
    const over = made.take(0, 4);
    expectAbout(over?.total, TOTAL);
    expectAbout(over?.last, LAST);
    expect(over?.units).toBe(7);
    expect(made.take(0, 4)).toBeNull();
    put(made, 0);
    for (const units of [1, 1]) made.take(0, units);
    expect(made.take(0, 1)?.units).toBe(3);
  });

  it('does not know a total of which one bucket is not known', () => {
    const { made } = outstanding();
    put(made, 0);
    made.take(0, 1);
    made.take(0, Number.NaN);
    expect(made.take(0, 4)?.units).toBeNaN();
    put(made, 0);
    for (const units of [1, 2]) made.take(0, units);
    expect(made.take(0, 3)?.units).toBe(6);
  });

  it('is due when nothing is outstanding and it is the turn of the row', () => {
    const { made } = outstanding(4);
    const due = (known: number) => [0, 1, 2, 3].map((row) => made.isDue(row, known, 1));
    expect(due(3)).toEqual([true, false, false, true]);
    expect(due(4)).toEqual([false, false, true, false]);
    expect(due(5)).toEqual([false, true, false, false]);
    put(made, 0);
    expect(due(6)).toEqual([false, false, false, true]);
  });

  it('has many rows wait for more turns, so that each moment has as many', () => {
    const { made } = outstanding(60);
    for (let known = 0; known < 12; known++) {
      const due = Array.from({ length: 60 }, (_, row) => made.isDue(row, known, 4));
      expect(due.filter(Boolean)).toHaveLength(60 / 3 / 4);
    }
  });

  it('comes to a row in each season alike, also where the horizon is a round of them', () => {
    for (const seasons of [1, 2, 3, 6, 9]) {
      const { made } = outstanding(1, seasons);
      const counts = new Array(seasons).fill(0);
      for (let known = 0; known < 10 * seasons * 8; known++) {
        if (made.isDue(0, known, 1)) counts[known % seasons]++;
      }
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('keeps chances and variations of every size, to 4 % or to the ends of what it can keep', () => {
    const { made } = outstanding();
    for (const chance of [1e-4, 0.01, 0.5, 0.99, 0.9999]) {
      for (const cv2 of [0.0025, 0.1, 9, 1000]) {
        const hurdle = { mean: 1, chance, cv2 };
        made.putLast(0, hurdle);
        made.putTotal(0, hurdle);
        const over = [1, 2, 3].map((units) => made.take(0, units)).at(-1);
        expectAbout(over?.total, hurdle);
        expectAbout(over?.last, hurdle);
      }
    }
  });

  it('is saved with the table', () => {
    const { table, made } = outstanding(2);
    put(made, 1);
    made.take(1, 10);
    const other = new Table();
    const restored = new Outstanding(other, 'test', { buckets: 3, seasons: 7 });
    restore([table], [other]);
    for (const each of [made, restored]) {
      expect(each.take(1, 1)).toBeNull();
      const over = each.take(1, 1);
      expectAbout(over?.total, TOTAL);
      expectAbout(over?.last, LAST);
      expect(over?.units).toBe(12);
    }
  });

  it.each([1, 0, 2.5, 251, Number.NaN])('refuses a horizon of %d', (buckets) => {
    const refused = () => new Outstanding(new Table(), 'test', { buckets, seasons: 7 });
    expect(refused).toThrow(`horizon must be a whole number from 2 to 250, got ${buckets}`);
  });
});

// Claims about outstanding forecasts: one a row, judged when over, in turns.
import { describe, expect, it } from 'vitest';
import { Outstanding } from '../../../operators/forecast/outstanding.js';
import { Table } from '../../../operators/stream/table.js';
import { addRows, restore } from './rows-of.js';

const TOTAL = { mean: 21, chance: 0.75, cv2: 0.5 };
const LAST = { mean: 3, chance: 0.25, cv2: 2 };

function outstanding(rows = 1, buckets = 3) {
  const table = new Table();
  const made = new Outstanding(table, 'test', buckets);
  addRows(table, rows);
  return { table, made };
}

describe('Outstanding', () => {
  it('gives back what was put, with the total that came, when its last bucket has closed', () => {
    const { made } = outstanding();
    expect(made.take(0, 5)).toBeNull();
    made.put(0, TOTAL, LAST);
    expect([made.take(0, 1), made.take(0, 2)]).toEqual([null, null]);
    expect(made.take(0, 4)).toEqual({ total: TOTAL, last: LAST, units: 7 });
    expect(made.take(0, 4)).toBeNull();
    made.put(0, TOTAL, LAST);
    for (const units of [1, 1]) made.take(0, units);
    expect(made.take(0, 1)?.units).toBe(3);
  });

  it('does not know a total of which one bucket is not known', () => {
    const { made } = outstanding();
    made.put(0, TOTAL, LAST);
    made.take(0, 1);
    made.take(0, Number.NaN);
    expect(made.take(0, 4)?.units).toBeNaN();
    made.put(0, TOTAL, LAST);
    for (const units of [1, 2]) made.take(0, units);
    expect(made.take(0, 3)?.units).toBe(6);
  });

  it('is due when nothing is outstanding and it is the turn of the row', () => {
    const { made } = outstanding(4);
    const due = (known: number) => [0, 1, 2, 3].map((row) => made.isDue(row, known));
    expect(due(3)).toEqual([true, false, false, true]);
    expect(due(4)).toEqual([false, false, true, false]);
    expect(due(5)).toEqual([false, true, false, false]);
    made.put(0, TOTAL, LAST);
    expect(due(6)).toEqual([false, false, false, true]);
  });

  it('is saved with the table', () => {
    const { table, made } = outstanding(2);
    made.put(1, TOTAL, LAST);
    made.take(1, 10);
    const other = new Table();
    const restored = new Outstanding(other, 'test', 3);
    restore([table], [other]);
    for (const each of [made, restored]) {
      expect(each.take(1, 1)).toBeNull();
      expect(each.take(1, 1)).toEqual({ total: TOTAL, last: LAST, units: 12 });
    }
  });

  it.each([1, 0, 2.5, 251, Number.NaN])('refuses a horizon of %d', (buckets) => {
    const refused = () => new Outstanding(new Table(), 'test', buckets);
    expect(refused).toThrow(`horizon must be a whole number from 2 to 250, got ${buckets}`);
  });
});

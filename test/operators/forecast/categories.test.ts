// Claims about categories: numbers in order of first sight, as the catalog has them now.
import { describe, expect, it } from 'vitest';
import { Categories, MOST_CATEGORIES } from '../../../operators/forecast/categories.js';
import { Table } from '../../../operators/stream/table.js';
import { addRows, restore } from './rows-of.js';

function categories(names: readonly string[]) {
  const table = new Table();
  addRows(table, names.length);
  const said = [...names];
  const facts = { category: (row: number) => said[row] ?? '', name: () => '' };
  return { table, said, facts, made: new Categories(table, facts) };
}

describe('Categories', () => {
  it('have numbers from 1 in order of first sight, 0 where nothing is said', () => {
    const { made } = categories(['tea', '', 'coffee', 'tea']);
    expect([2, 1, 0, 3, 2].map((row) => made.of(row))).toEqual([1, 0, 2, 2, 1]);
  });

  it('are asked for once, until there is news of the SKU', () => {
    const { table, made, said } = categories(['tea', 'coffee']);
    expect([made.of(0), made.of(1)]).toEqual([1, 2]);
    said[0] = 'coffee';
    expect(made.of(0)).toBe(1);
    made.forget(table.skuNumber(0));
    expect(made.of(0)).toBe(2);
    made.forget(table.skuNumber(1));
    expect(made.of(1)).toBe(2);
  });

  it('beyond the most that are told apart are as good as none', () => {
    const names = Array.from({ length: MOST_CATEGORIES + 2 }, (_, n) => `c${n}`);
    const { made } = categories([...names, 'c0']);
    names.forEach((_, row) => {
      expect(made.of(row)).toBe(row < MOST_CATEGORIES ? row + 1 : 0);
    });
    expect(made.of(names.length)).toBe(1);
  });

  it('keep their numbers in a snapshot, in whatever order rows are asked for then', () => {
    const { made, table, facts } = categories(['tea', 'coffee', 'milk']);
    for (const row of [2, 0]) made.of(row);
    const restored = new Categories(table, facts);
    restore([made], [restored]);
    expect([0, 1, 2].map((row) => restored.of(row))).toEqual([2, 3, 1]);
  });

  it('of a state from before there were any begin anew', () => {
    const { made } = categories(['tea']);
    restore([], [made]);
    expect(made.of(0)).toBe(1);
  });
});

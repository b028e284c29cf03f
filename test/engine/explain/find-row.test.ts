// Claims about finding rows: who is mistyped is named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRow, nearest } from '../../../engine/explain/find-row.js';
import { Table } from '../../../operators/stream/table.js';

function tableOf(...pairs: readonly (readonly [string, string])[]): Table {
  const table = new Table();
  for (const [sku, location] of pairs) {
    table.row(table.skus.intern(sku), table.locations.intern(location));
  }
  return table;
}

const MUGS = tableOf(['MUG-RED', 'berlin'], ['MUG-BLUE', 'berlin'], ['MUG-RED', 'paris']);

describe('findRow', () => {
  it('gives the row of a SKU at a location', () => {
    expect(findRow(MUGS, 'MUG-BLUE', 'berlin')).toBe(1);
  });

  it('names what comes near a SKU or a location that is unknown', () => {
    expect(findRow(MUGS, 'MUG-RAD', 'berlin')).toEqual({
      reason: 'no event has named a SKU MUG-RAD; near it: MUG-RED',
    });
    expect(findRow(MUGS, 'MUG-RED', 'Berlin')).toEqual({
      reason: 'no event has named a location Berlin; near it: berlin',
    });
    expect(findRow(MUGS, 'teapot', 'berlin')).toEqual({
      reason: 'no event has named a SKU teapot',
    });
  });

  it('names where the SKU is, when it is elsewhere', () => {
    expect(findRow(MUGS, 'MUG-BLUE', 'paris')).toEqual({
      reason: 'SKU MUG-BLUE is not at paris: it is at berlin',
    });
  });

  it('says that nothing is known yet', () => {
    expect(findRow(new Table(), 'A', 'x')).toEqual({
      reason: 'no SKU A: no event has named any yet',
    });
  });
});

describe('nearest', () => {
  it('finds a name of which one character is missing, first', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 4, maxLength: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(names, fc.nat(), fc.nat(), (all, pick, at) => {
        const name = all[pick % all.length] as string;
        const cut = at % name.length;
        const typed = name.slice(0, cut) + name.slice(cut + 1);
        const found = nearest(typed, all);
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(5);
        if (all.length <= 5) expect(found).toContain(name);
      }),
    );
  });
});

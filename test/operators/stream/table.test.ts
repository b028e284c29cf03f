// Table, columns, batch and state: rows that keep their numbers, columns that grow, bytes that fit.
import { describe, expect, it } from 'vitest';
import { Batch } from '../../../operators/stream/batch.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';
import { Touched } from '../../../operators/stream/touched.js';
import { messageOf } from '../../oracle/drive.js';

function filled(rows: number): Table {
  const table = new Table();
  for (let n = 0; n < rows; n++) {
    table.row(table.skus.intern(`sku-${n % 3000}`), table.locations.intern(`place-${n % 7}`));
  }
  return table;
}

describe('the table', () => {
  it('gives each SKU-location one number, in order of first sight', () => {
    const table = new Table();
    const a = table.skus.intern('A');
    const b = table.skus.intern('B');
    const x = table.locations.intern('x');
    const y = table.locations.intern('y');
    expect([table.row(b, y), table.row(a, x), table.row(b, y), table.row(a, y)]).toEqual([
      0, 1, 0, 2,
    ]);
    expect(table.rowsOf(a)).toEqual([1, 2]);
    expect(table.findRow(b, x)).toBe(-1);
    expect([table.sku(0), table.location(0)]).toEqual(['B', 'y']);
  });

  it('keeps numbers and columns when it grows', () => {
    const table = new Table();
    const column = table.columns('test').float64('units', 2, 7);
    for (let n = 0; n < 5000; n++) {
      const row = table.row(table.skus.intern(`${n}`), table.locations.intern('x'));
      column.values[row * 2] = n;
    }
    expect(table.rows).toBe(5000);
    expect([...column.values.subarray(0, 4), ...column.values.subarray(9998, 10000)]).toEqual([
      0, 7, 1, 7, 4999, 7,
    ]);
  });

  it('comes back from a snapshot with the same rows, and takes none over others', () => {
    const table = filled(20_000);
    const writer = new StateWriter();
    table.save(writer);
    const bytes = encodeState(writer);
    const restored = new Table();
    restored.load(decodeState(bytes));
    const again = new StateWriter();
    restored.save(again);
    expect(Buffer.from(encodeState(again)).equals(Buffer.from(bytes))).toBe(true);
    expect(() => filled(1).load(decodeState(bytes))).toThrow(RangeError);
  });
});

describe('a batch', () => {
  it('keeps every event and line when it grows', () => {
    const table = new Table();
    const batch = new Batch();
    const x = table.locations.intern('x');
    for (let n = 0; n < 1000; n++) {
      const fields = { type: n % 17, id: `${n}`, occurredAtMs: n, reference: '', text: '' };
      batch.addEvent(messageOf('', n), 0, fields);
      for (let k = 0; k < n % 4; k++) batch.addLine(table.skus.intern(`${k}`), x, n);
    }
    for (let n = 0; n < 1000; n++) {
      const [start, end] = [batch.lineStart[n] as number, batch.lineStart[n + 1] as number];
      expect([batch.occurredAtMs[n], end - start]).toEqual([n, n % 4]);
      for (let line = start; line < end; line++) expect(batch.lineQuantity[line]).toBe(n);
    }
  });

  it('gives lines their rows when asked, and makes none for lines without a place', () => {
    const table = new Table();
    const batch = new Batch();
    const fields = { type: 0, id: 'a', occurredAtMs: 0, reference: '', text: '' };
    batch.addEvent(messageOf('', 1), 0, fields);
    batch.addLine(table.skus.intern('A'), -1, 1);
    batch.addLine(table.skus.intern('A'), table.locations.intern('x'), 1);
    expect(table.rows).toBe(0);
    batch.findRows(0, table);
    expect([...batch.lineRow.subarray(0, 2), table.rows]).toEqual([-1, 0, 1]);
  });
});

describe('a state', () => {
  it('that is cut, or asked for what it has not, is a clear error', () => {
    const writer = new StateWriter();
    writer.put('numbers', Float64Array.of(1, 2, 3));
    writer.put('texts', ['a', '\u00e9', '\ud83d\ude00']);
    const bytes = encodeState(writer);
    expect(decodeState(bytes).texts('texts')).toEqual(['a', '\u00e9', '\ud83d\ude00']);
    expect([...decodeState(bytes).float64('numbers')]).toEqual([1, 2, 3]);
    expect(() => decodeState(bytes.subarray(0, bytes.length - 8))).toThrow(/cut in 'texts'/);
    expect(() => decodeState(bytes).float64('none')).toThrow(/'none' should be Float64Array/);
    expect(() => decodeState(bytes).int32('numbers')).toThrow(/found Float64Array/);
    expect(() => writer.put('texts', [])).toThrow(/twice/);
  });
});

describe('touched rows', () => {
  it('are listed once each, in order of first touch, until cleared', () => {
    const touched = new Touched();
    for (const row of [5, 2, 5, 5000, 2]) touched.add(row);
    expect(touched.rows).toEqual([5, 2, 5000]);
    touched.clear();
    touched.add(2);
    expect(touched.rows).toEqual([2]);
  });
});

// In which order positions are shown. Pure.
import type { PositionRow } from '../protocol.js';
import { skuKey } from './route.js';

export type SortColumn = 'name' | 'available' | 'onOrder' | 'cover' | 'reorderPoint';

export interface Sorting {
  readonly column: SortColumn;
  readonly descending: boolean;
}

const values: Readonly<Record<SortColumn, (row: PositionRow) => number | string | null>> = {
  name: (row) => `${row.name || row.sku} ${row.location}`.toLowerCase(),
  available: (row) => row.available,
  onOrder: (row) => row.onOrder,
  cover: (row) => row.daysOfCover,
  reorderPoint: (row) => row.reorderPoint,
};

/** Null sorting: as the server ranks them. What is not known comes last either way. */
export function sortPositions(
  rows: readonly PositionRow[],
  sorting: Sorting | null,
): readonly PositionRow[] {
  if (sorting === null) return rows;
  const value = values[sorting.column];
  const sign = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  });
}

/** Ascending, descending, then back to the server's ranking. */
export function nextSorting(current: Sorting | null, column: SortColumn): Sorting | null {
  if (current?.column !== column) return { column, descending: false };
  return current.descending ? null : { column, descending: true };
}

/** Rows in the order of `keys`, new ones after them: nothing moves under the pointer. */
export function holdOrder(
  rows: readonly PositionRow[],
  keys: readonly string[],
): readonly PositionRow[] {
  const place = new Map(keys.map((key, index) => [key, index]));
  const placeOf = (row: PositionRow) => place.get(skuKey(row)) ?? keys.length;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}

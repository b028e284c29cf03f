// The row of a SKU at a location; and which names come near one that nobody knows.
import type { Table } from '../../operators/stream/table.js';

/** Names that are offered, at most. */
const OFFERED = 5;

/** Why there is no such row, in words that help to name another. */
export interface NotFound {
  readonly reason: string;
}

export function findRow(table: Table, sku: string, location: string): number | NotFound {
  const number = table.skus.find(sku);
  if (number < 0) return { reason: unknown('SKU', sku, table.skus.texts) };
  const row = table.findRow(number, table.locations.find(location));
  if (row >= 0) return row;
  if (table.locations.find(location) < 0) {
    return { reason: unknown('location', location, table.locations.texts) };
  }
  const rows = table.rowsOf(number);
  const places = rows.slice(0, OFFERED).map((one) => table.location(one));
  const more = rows.length > OFFERED ? ` and ${rows.length - OFFERED} more` : '';
  return { reason: `SKU ${sku} is not at ${location}: it is at ${places.join(', ')}${more}` };
}

function unknown(what: string, wanted: string, names: readonly string[]): string {
  if (names.length === 0) return `no ${what} ${wanted}: no event has named any yet`;
  const near = nearest(wanted, names);
  const hint = near.length > 0 ? `; near it: ${near.join(', ')}` : '';
  return `no event has named a ${what} ${wanted}${hint}`;
}

/** Names that hold `wanted`, or differ by a third of its characters at most; nearest first. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const sought = wanted.toLowerCase();
  const most = Math.max(1, Math.floor(sought.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const name of names) {
    const other = name.toLowerCase();
    if (other.includes(sought)) found.push({ name, distance: 0 });
    else if (Math.abs(other.length - sought.length) <= most) {
      const distance = editDistance(sought, other);
      if (distance <= most) found.push({ name, distance });
    }
  }
  found.sort((a, b) => a.distance - b.distance);
  return found.slice(0, OFFERED).map(({ name }) => name);
}

/**
 * Insertions, deletions and replacements that make one text the other.
 * Source: Wagner & Fischer, *The string-to-string correction problem*, JACM 21, 1974.
 */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (before[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (before[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    before = row;
  }
  return before[b.length] as number;
}

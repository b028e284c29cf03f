// Tables with rows for tests, and states that go through a snapshot.
import {
  decodeState,
  encodeState,
  type Stateful,
  StateWriter,
} from '../../../operators/stream/state.js';
import type { Table } from '../../../operators/stream/table.js';

/** Gives the table `rows` SKUs at one location. */
export function addRows(table: Table, rows: number): void {
  const location = table.locations.intern('shop');
  for (let n = 0; n < rows; n++) table.row(table.skus.intern(`sku-${n}`), location);
}

/** Saves what is in `from`, a table first, and loads it into `into`, made alike and empty. */
export function restore(from: readonly Stateful[], into: readonly Stateful[]): void {
  const writer = new StateWriter();
  for (const part of from) part.save(writer);
  const reader = decodeState(encodeState(writer));
  for (const part of into) part.load(reader);
}

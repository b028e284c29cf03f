// What must hold for the state after any messages: the balances of every row.
import type { Core } from '../../engine/core.js';

/** The first thing that does not hold; null: all does. Sums of large fractions may round. */
export function brokenBalance(core: Core): string | null {
  const { positions } = core.ledger;
  for (let row = 0; row < core.table.rows; row++) {
    const q = positions.read(row);
    const size = 1 + Math.abs(q.onHand) + q.allocated + q.backordered + q.onOrder + q.inTransit;
    const isNear = (a: number, b: number) => Math.abs(a - b) <= size * 1e-12;
    const position = q.onHand + q.onOrder + q.inTransit - q.allocated - q.backordered;
    const holds =
      Object.values(q).every(Number.isFinite) &&
      isNear(q.allocated + q.backordered, positions.open(row)) &&
      q.allocated <= Math.max(q.onHand, 0) &&
      isNear(q.available, q.onHand - q.allocated) &&
      isNear(q.inventoryPosition, position) &&
      q.allocated >= 0 &&
      q.backordered >= 0 &&
      q.onOrder >= 0 &&
      q.inTransit >= 0;
    if (holds) continue;
    const name = `${JSON.stringify(core.table.sku(row))} at ${core.table.location(row)}`;
    return `the balance of ${name} does not hold: ${JSON.stringify(q)}`;
  }
  return null;
}

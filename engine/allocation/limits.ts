// The limits of an allocation: what the settings allow, less what is taken already.
import { type AllocationNeed, type Limit, usage } from '../../operators/replenish/allocate.js';
import type { Core } from '../core.js';

/**
 * Limits that some need takes of. Room at a location: its volume less that of all that is on hand,
 * on order and in transit. Capacity of a supplier: less what is on order there and due within its
 * period, or at a time nobody said.
 */
export function limitsOf(core: Core, needs: readonly AllocationNeed[]): Limit[] {
  const { allocation, locations, suppliers } = core.settings;
  const limits: Limit[] = [];
  if (allocation.budget !== null) limits.push({ kind: 'budget', amount: allocation.budget });
  for (const [location, { storageVolume }] of Object.entries(locations)) {
    if (storageVolume === null) continue;
    const amount = Math.max(0, storageVolume - volumeAt(core, location));
    limits.push({ kind: 'storage', location, amount });
  }
  for (const [supplier, { capacity, period, minimumOrderValue }] of Object.entries(suppliers)) {
    if (capacity !== null) {
      const amount = Math.max(0, capacity - unitsDue(core, supplier, period));
      limits.push({ kind: 'capacity', supplier, amount });
    }
    if (minimumOrderValue !== null && minimumOrderValue > 0) {
      limits.push({ kind: 'minimum', supplier, amount: minimumOrderValue });
    }
  }
  return limits.filter((limit) => needs.some((need) => usage(limit, need) > 0));
}

/** Cubic metres that are there or on their way. */
function volumeAt({ table, catalog, ledger }: Core, location: string): number {
  const { positions } = ledger;
  let sum = 0;
  for (let row = 0; row < table.rows; row++) {
    if (table.location(row) !== location) continue;
    const volume = catalog.volumeOf(row);
    const units = positions.onHand(row) + positions.onOrder(row) + positions.inTransit(row);
    if (volume > 0 && units > 0) sum += volume * units;
  }
  return sum;
}

function unitsDue({ table, catalog, ledger, clock }: Core, supplier: string, periodMs: number) {
  const endMs = clock.streamTimeMs + periodMs;
  let sum = 0;
  for (let row = 0; row < table.rows; row++) {
    if (catalog.of(row).supplier !== supplier) continue;
    ledger.purchases.forOpenLines(row, (units, dueAtMs) => {
      if (!(dueAtMs > endMs)) sum += units;
    });
  }
  return sum;
}

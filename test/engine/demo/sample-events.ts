// Small catalogs, orders and arbitrary recordings for the tests of the simulated warehouse.
import fc from 'fast-check';
import type { Demand } from '../../../engine/demo/counting.js';
import type { CatalogItem, InventoryEvent } from '../../../operators/events/event.js';
import { formatTime } from '../../../operators/events/time.js';

export const LOCATION = 'london';
/** Monday, 3 October 2011. */
export const START_MS = Date.parse('2011-10-03T00:00:00Z');
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const SKUS = ['A', 'B', 'C'] as const;

export function itemOf(sku: string, meanDays = 4, sdDays = 2): CatalogItem {
  return {
    id: `ci-${sku}`,
    type: 'catalog.item',
    time: formatTime(START_MS),
    sku,
    status: 'active',
    supplier: 'supplier-01',
    leadTime: { meanDays, sdDays },
    packSize: 6,
    serviceLevel: { cycle: 0.95 },
    policy: { kind: 'sS' } as CatalogItem['policy'],
  };
}

export const CATALOG = SKUS.map((sku) => itemOf(sku));

export const DEMAND: Demand = {
  perDay: new Map([
    ['A', 10],
    ['B', 3],
  ]),
  prefill: new Map(),
};

export function placed(
  orderId: string,
  atMs: number,
  lines: readonly (readonly [sku: string, quantity: number])[],
): Extract<InventoryEvent, { type: 'order.placed' }> {
  return {
    id: `op-${orderId}`,
    type: 'order.placed',
    time: formatTime(atMs),
    orderId,
    location: LOCATION,
    lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
  };
}

export function adjusted(id: string, atMs: number, sku: string, quantity: number): InventoryEvent {
  const time = formatTime(atMs);
  return { id, type: 'stock.adjusted', time, location: LOCATION, sku, quantity, reason: 'count' };
}

export async function* streamOf(events: Iterable<InventoryEvent>): AsyncGenerator<InventoryEvent> {
  yield* events;
}

const sku = fc.constantFrom(...SKUS);
const minute = fc.integer({ min: 1, max: 20 * 24 * 60 });
const line = fc.tuple(sku, fc.integer({ min: 1, max: 400 }));

const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      addsTo: fc.option(fc.nat(20)),
      lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      whole: fc.boolean(),
      line,
      of: fc.nat(20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('return' as const), line, restock: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      sku,
      units: fc.integer({ min: -500, max: 500 }),
    }),
  },
);

/** Arbitrary recordings of three weeks, in order of time, on whole minutes as real ones are. */
export const recording: fc.Arbitrary<InventoryEvent[]> = fc
  .array(fc.tuple(minute, happening), { maxLength: 60 })
  .map((happenings) => {
    happenings.sort(([a], [b]) => a - b);
    return happenings.map(([atMinute, what], i) => {
      return toEvent(what, i, START_MS + atMinute * MINUTE_MS);
    });
  });

function toEvent(
  what: typeof happening extends fc.Arbitrary<infer T> ? T : never,
  i: number,
  atMs: number,
): InventoryEvent {
  const time = formatTime(atMs);
  switch (what.kind) {
    case 'place': {
      // Now and then more lines of an earlier order.
      const orderId = String(Math.max(0, i - (what.addsTo ?? 0)));
      return { ...placed(orderId, atMs, what.lines), id: `op-${i}` };
    }
    case 'cancel': {
      const orderId = String(Math.max(0, i - what.of));
      const lines = [{ sku: what.line[0], quantity: what.line[1] }];
      const partly = what.whole ? {} : { lines };
      return { id: `oc-${i}`, type: 'order.cancelled', time, orderId, ...partly };
    }
    case 'return': {
      const [returnedSku, quantity] = what.line;
      const lines = [{ sku: returnedSku, quantity, restock: what.restock }];
      const orderId = `${i}`;
      return { id: `or-${i}`, type: 'order.returned', time, orderId, location: LOCATION, lines };
    }
    case 'adjust':
      return adjusted(`sa-${i}`, atMs, what.sku, what.units);
  }
}

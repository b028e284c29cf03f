// A small made-up shop: a day's events, each different, with signals and alerts that follow from it.
import type { InventoryEvent } from '../../../operators/events/event.js';

const START_MS = Date.parse('2025-03-03T08:00:00Z');
const MINUTE_MS = 60_000;
const LOCATIONS = ['berlin', 'São Paulo'];

export interface ShopOptions {
  readonly skus: number;
  readonly orders: number;
}

export function timeOf(minute: number): string {
  return new Date(START_MS + minute * MINUTE_MS).toISOString();
}

/** A catalog, a count of each SKU at each location, then orders that empty the shelves. */
export function* shopEvents({ skus, orders }: ShopOptions): Generator<InventoryEvent> {
  for (let s = 0; s < skus; s++) {
    yield {
      id: `item-${s}`,
      type: 'catalog.item',
      time: timeOf(0),
      sku: `sku-${s}`,
      status: 'active',
      leadTime: { meanDays: 3, sdDays: 1 },
      serviceLevel: { cycle: 0.95 },
      policy: { kind: 'sS', reorderPoint: 20, orderUpToLevel: 60 },
    };
    for (const location of LOCATIONS) {
      const place = { sku: `sku-${s}`, location, quantity: 40 };
      yield { id: `count-${s}-${location}`, type: 'stock.counted', time: timeOf(1), ...place };
    }
  }
  for (let i = 0; i < orders; i++) yield* orderAndWhatFollows(i, skus);
}

function* orderAndWhatFollows(i: number, skus: number): Generator<InventoryEvent> {
  const orderId = `order-${i}`;
  const location = LOCATIONS[i % LOCATIONS.length] as string;
  const sku = `sku-${Math.floor(i / 2) % skus}`;
  const lines = [{ sku, quantity: 1 + (i % 3) }];
  const at = 2 + i / 4;
  yield { id: `placed-${i}`, type: 'order.placed', time: timeOf(at), orderId, location, lines };
  if (i % 7 === 3) {
    yield { id: `cancelled-${i}`, type: 'order.cancelled', time: timeOf(at), orderId };
  } else {
    yield { id: `shipped-${i}`, type: 'order.shipped', time: timeOf(at), orderId, location };
  }
}

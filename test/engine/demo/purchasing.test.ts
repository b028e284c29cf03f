// Reorder signals in the simulated warehouse: one purchase order each, corrected, not doubled.
import { describe, expect, it } from 'vitest';
import { Warehouse, type WarehouseOptions } from '../../../engine/demo/warehouse.js';
import type { EventOf, EventType, InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import { CATALOG, DAY_MS, DEMAND, HOUR_MS, itemOf, LOCATION, START_MS } from './sample-events.js';

const SIGNAL = {
  id: 's1',
  kind: 'reorder',
  state: 'approved' as const,
  sku: 'A',
  location: LOCATION,
  quantity: 48,
};
const MORNING_MS = START_MS + 8 * HOUR_MS;
const LATER_MS = START_MS + 90 * DAY_MS;

function openWarehouse(options: Partial<WarehouseOptions> = {}): Warehouse {
  const settings = { seed: 'test', location: LOCATION, catalog: CATALOG, demand: DEMAND };
  const warehouse = new Warehouse({ ...settings, calledOffShare: 0, partShare: 0, ...options });
  warehouse.opening(START_MS);
  warehouse.advance(MORNING_MS);
  return warehouse;
}

function only<T extends EventType>(events: readonly InventoryEvent[], type: T): EventOf<T>[] {
  return events.filter((event) => event.type === type) as unknown as EventOf<T>[];
}

describe('a reorder signal', () => {
  it('becomes a purchase order that names it, and goods within the lead time', () => {
    const warehouse = openWarehouse();
    expect(warehouse.onSignal(SIGNAL)).toBe(true);
    const events = warehouse.advance(LATER_MS);
    const [order] = only(events, 'purchase.ordered');
    expect(order).toMatchObject({
      signalId: 's1',
      sku: 'A',
      quantity: 48,
      supplier: 'supplier-01',
      location: LOCATION,
    });
    const leadMs = parseTime(order?.expectedAt ?? '') - parseTime(order?.time ?? '');
    // Lead time 4 days, standard deviation 2: promised for the sixth day.
    expect(leadMs).toBe(6 * DAY_MS);
    const received = only(events, 'stock.received');
    expect(received).toMatchObject([{ purchaseOrderId: order?.purchaseOrderId, quantity: 48 }]);
    expect(warehouse.book().get('A')?.onOrder).toBe(0);
  });

  it('makes one purchase order however often it is delivered, also long after', () => {
    const warehouse = openWarehouse();
    warehouse.onSignal(SIGNAL);
    expect(warehouse.onSignal(SIGNAL)).toBe(false);
    const events = warehouse.advance(LATER_MS);
    expect(warehouse.onSignal(SIGNAL)).toBe(false);
    events.push(...warehouse.advance(LATER_MS + 90 * DAY_MS));
    expect(only(events, 'purchase.ordered')).toHaveLength(1);
    expect(only(events, 'stock.received')).toHaveLength(1);
  });

  it('is ignored for another location, another kind, or a SKU without terms', () => {
    const warehouse = openWarehouse();
    expect(warehouse.onSignal({ ...SIGNAL, location: 'leeds' })).toBe(false);
    expect(warehouse.onSignal({ ...SIGNAL, kind: 'transfer' })).toBe(false);
    expect(warehouse.onSignal({ ...SIGNAL, sku: 'unknown' })).toBe(false);
    expect(only(warehouse.advance(LATER_MS), 'purchase.ordered')).toEqual([]);
  });

  it('is not acted on while it waits for approval, nor once it is withdrawn before it was ordered', () => {
    const warehouse = openWarehouse();
    expect(warehouse.onSignal({ ...SIGNAL, state: 'proposed' })).toBe(false);
    warehouse.onSignal({ ...SIGNAL, id: 's2' });
    const withdrawal = { ...SIGNAL, id: 's2/withdrawn', quantity: 0, replaces: 's2' };
    expect(warehouse.onSignal({ ...withdrawal, state: 'withdrawn' })).toBe(false);
    expect(only(warehouse.advance(LATER_MS), 'purchase.ordered')).toEqual([]);
  });

  it('waits for the buyer over night and over Saturday', () => {
    const warehouse = openWarehouse();
    warehouse.advance(START_MS + 4 * DAY_MS + 20 * HOUR_MS); // Friday evening
    warehouse.onSignal(SIGNAL);
    const [order] = only(warehouse.advance(LATER_MS), 'purchase.ordered');
    const sundayMorningMs = START_MS + 6 * DAY_MS + 7 * HOUR_MS;
    expect(parseTime(order?.time ?? '')).toBeGreaterThanOrEqual(sundayMorningMs);
    expect(parseTime(order?.time ?? '')).toBeLessThan(sundayMorningMs + 11 * HOUR_MS);
  });
});

describe('a signal that replaces another', () => {
  const replacement = { ...SIGNAL, id: 's2', quantity: 72, replaces: 's1' };

  it('changes the quantity of an order that is not placed yet', () => {
    const warehouse = openWarehouse();
    warehouse.onSignal(SIGNAL);
    warehouse.onSignal(replacement);
    const orders = only(warehouse.advance(LATER_MS), 'purchase.ordered');
    expect(orders).toMatchObject([{ quantity: 72, signalId: 's2' }]);
  });

  it('tops up the order that was placed, under the same number', () => {
    const warehouse = openWarehouse({ catalog: [itemOf('A', 10, 1)] });
    warehouse.onSignal(SIGNAL);
    const events = warehouse.advance(MORNING_MS + DAY_MS);
    warehouse.onSignal(replacement);
    warehouse.onSignal(replacement);
    events.push(...warehouse.advance(LATER_MS));
    const orders = only(events, 'purchase.ordered');
    expect(orders.map(({ quantity }) => quantity)).toEqual([48, 72]);
    expect(orders[1]).toMatchObject({
      purchaseOrderId: orders[0]?.purchaseOrderId,
      signalId: 's2',
    });
    expect(only(events, 'stock.received')).toMatchObject([{ quantity: 72 }]);
  });

  it('orders only what is missing when the first order has arrived', () => {
    const warehouse = openWarehouse();
    warehouse.onSignal(SIGNAL);
    warehouse.advance(LATER_MS);
    warehouse.onSignal(replacement);
    const orders = only(warehouse.advance(LATER_MS + 90 * DAY_MS), 'purchase.ordered');
    expect(orders).toMatchObject([{ purchaseOrderId: 'po-A-2', quantity: 24 }]);
  });
});

describe('suppliers', () => {
  it('deliver in two parts that add up', () => {
    const warehouse = openWarehouse({ partShare: 1 });
    warehouse.onSignal(SIGNAL);
    const received = only(warehouse.advance(LATER_MS), 'stock.received');
    expect(received).toHaveLength(2);
    expect(received.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(48);
  });

  it('announce what comes late before it is late', () => {
    const late = openWarehouse({ announcedShare: 1, catalog: [itemOf('A', 4, 6)] });
    for (let i = 0; i < 200; i++) late.onSignal({ ...SIGNAL, id: `s${i}` });
    const events = late.advance(LATER_MS);
    const expected = new Map(
      only(events, 'purchase.ordered').map((order) => [order.purchaseOrderId, order.expectedAt]),
    );
    const postponed = only(events, 'purchase.postponed');
    expect(postponed.length).toBeGreaterThan(5);
    for (const { purchaseOrderId, expectedAt, time } of postponed) {
      expect(parseTime(time)).toBeLessThan(parseTime(expected.get(purchaseOrderId) ?? ''));
      const received = only(events, 'stock.received').find(
        (event) => event.purchaseOrderId === purchaseOrderId,
      );
      expect(parseTime(received?.time ?? '')).toBeLessThan(parseTime(expectedAt) + HOUR_MS);
    }
  });

  it('call an order off: nothing stays on order, and a new signal orders again', () => {
    const warehouse = openWarehouse({ calledOffShare: 1 });
    warehouse.onSignal(SIGNAL);
    const events = warehouse.advance(LATER_MS);
    expect(only(events, 'purchase.cancelled')).toMatchObject([{ purchaseOrderId: 'po-A-1' }]);
    expect(only(events, 'stock.received')).toEqual([]);
    expect(warehouse.book().get('A')?.onOrder).toBe(0);
    expect(warehouse.onSignal({ ...SIGNAL, id: 's9' })).toBe(true);
  });
});

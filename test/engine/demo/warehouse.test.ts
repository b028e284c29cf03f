// The simulated warehouse: its book balances, its orders and purchases add up, it is repeatable.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../engine/demo/timeline.js';
import { Warehouse, type WarehouseOptions } from '../../../engine/demo/warehouse.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import { NaiveBook } from './naive-book.js';
import {
  adjusted,
  CATALOG,
  DAY_MS,
  DEMAND,
  HOUR_MS,
  LOCATION,
  MINUTE_MS,
  placed,
  recording,
  START_MS,
  streamOf,
} from './sample-events.js';

function warehouseOf(options: Partial<WarehouseOptions> = {}): Warehouse {
  return new Warehouse({
    seed: 'test',
    location: LOCATION,
    catalog: CATALOG,
    demand: DEMAND,
    ...options,
  });
}

interface Run {
  readonly warehouse: Warehouse;
  readonly events: InventoryEvent[];
}

/** Plays a recording for four months; what is short by the evening is asked for, twice. */
async function run(recorded: readonly InventoryEvent[], seed = 'test'): Promise<Run> {
  const warehouse = warehouseOf({ seed });
  const timeline = new Timeline({
    recorded: streamOf(recorded),
    warehouse,
    carts: null,
    startMs: START_MS,
    tickEveryMs: DAY_MS,
  });
  const events: InventoryEvent[] = [];
  for (let day = 1; day <= 120; day++) {
    events.push(...(await timeline.next(START_MS + day * DAY_MS)));
    for (const [sku, { onHand, open, onOrder }] of warehouse.book()) {
      const short = open - onHand - onOrder;
      if (short <= 0 || day > 60) continue;
      const signal = {
        id: `s-${sku}-${day}`,
        kind: 'reorder',
        state: 'approved' as const,
        sku,
        location: LOCATION,
      };
      timeline.signal({ ...signal, quantity: short + 20 });
      timeline.signal({ ...signal, quantity: short + 20 });
    }
  }
  return { warehouse, events };
}

describe('the simulated warehouse', { timeout: 120_000 }, () => {
  it('keeps a book that equals a naive fold over all events, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(recording, fc.string(), async (recorded, seed) => {
        const { warehouse, events } = await run(recorded, seed);
        const naive = new NaiveBook();
        for (const event of events) naive.apply(event);
        expect(sorted(warehouse.book())).toEqual(sorted(naive.book()));
      }),
      { numRuns: 60 },
    );
  });

  it('ships, cancels or keeps open every unit of every order, and never ships more', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (recorded) => {
        const { warehouse, events } = await run(recorded);
        const naive = new NaiveBook();
        for (const event of events) naive.apply(event);
        for (const [key, { ordered, shipped, cancelled }] of naive.orders) {
          const [orderId, sku] = key.split('/') as [string, string];
          const units = warehouse.order(orderId)?.get(sku);
          if (units === undefined) expect({ key, ordered }).toEqual({ key, ordered: 0 });
          else expect(units).toMatchObject({ ordered, shipped, cancelled });
          expect(ordered - shipped - cancelled).toBe(units?.open ?? 0);
          expect(ordered - shipped - cancelled).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('receives every purchase order in full in the end, or the supplier calls it off', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (recorded) => {
        const { warehouse, events } = await run(recorded);
        const naive = new NaiveBook();
        for (const event of events) naive.apply(event);
        expect(naive.purchases.size).toBe(warehouse.purchases().length);
        for (const { id, state, quantity, received } of warehouse.purchases()) {
          expect(['received', 'cancelled']).toContain(state);
          if (state === 'received') expect(received).toBe(quantity);
          expect(naive.purchases.get(id)).toMatchObject({ ordered: quantity, received });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves nothing on the shelf that somebody waits for', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (recorded) => {
        const { warehouse } = await run(recorded);
        for (const { open, onHand } of warehouse.book().values()) {
          expect(Math.min(open, Math.max(0, onHand))).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes for the same seed, and unique ids', async () => {
    await fc.assert(
      fc.asyncProperty(recording, fc.string(), async (recorded, seed) => {
        const once = await run(recorded, seed);
        const again = await run(recorded, seed);
        expect(JSON.stringify(once.events)).toBe(JSON.stringify(again.events));
        const ids = once.events.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 30 },
    );
  });

  it('never speaks of the past and never on a whole minute', () => {
    const warehouse = warehouseOf();
    warehouse.opening(START_MS);
    warehouse.onEvent(placed('1', START_MS + 9 * HOUR_MS, [['A', 4]]));
    warehouse.onEvent(placed('2', START_MS + 9 * HOUR_MS, [['A', 4]]));
    let last = START_MS;
    for (const { time } of warehouse.advance(START_MS + 30 * DAY_MS)) {
      const atMs = parseTime(time);
      expect(atMs).toBeGreaterThanOrEqual(last);
      expect(atMs % MINUTE_MS).not.toBe(0);
      last = atMs;
    }
  });

  it('ships what it has and the rest when goods come in, first come first served', () => {
    const warehouse = warehouseOf({ pickingHours: { mean: 1, sd: 0 }, calledOffShare: 0 });
    warehouse.opening(START_MS);
    const onHand = warehouse.book().get('C')?.onHand ?? 0;
    warehouse.onEvent(placed('1', START_MS + 8 * HOUR_MS, [['C', onHand + 10]]));
    warehouse.onEvent(placed('2', START_MS + 9 * HOUR_MS, [['C', 5]]));
    const day = warehouse.advance(START_MS + 16 * HOUR_MS);
    expect(day).toMatchObject([{ type: 'order.shipped', lines: [{ sku: 'C', quantity: onHand }] }]);
    warehouse.onSignal(reorder('s', 'C', 12));
    const later = warehouse.advance(START_MS + 60 * DAY_MS).filter(isShipment);
    const units = new Map<string, number>();
    for (const { orderId, lines } of later) {
      units.set(orderId, (units.get(orderId) ?? 0) + (lines?.[0]?.quantity ?? 0));
    }
    expect([...units]).toEqual([
      ['1', 10],
      ['2', 2],
    ]);
    expect(warehouse.order('2')?.get('C')?.open).toBe(3);
  });

  it('gives goods that came in to who waits for them, not to who is picked next', () => {
    const warehouse = warehouseOf({ pickingHours: { mean: 1, sd: 0 } });
    warehouse.opening(START_MS);
    const onHand = warehouse.book().get('C')?.onHand ?? 0;
    warehouse.onEvent(placed('1', START_MS + 8 * HOUR_MS, [['C', onHand + 10]]));
    warehouse.onEvent(placed('2', START_MS + 8.5 * HOUR_MS, [['C', 5]]));
    warehouse.advance(START_MS + 9.4 * HOUR_MS);
    // Found just before order 2 is picked, half an hour or more before order 1 gets its rest.
    warehouse.onEvent(adjusted('sa', START_MS + 9.4 * HOUR_MS, 'C', 10));
    warehouse.advance(START_MS + 2 * DAY_MS);
    expect(warehouse.order('1')?.get('C')?.open).toBe(0);
    expect(warehouse.order('2')?.get('C')?.open).toBe(5);
  });

  it('does not ship what was cancelled before it was picked', () => {
    const warehouse = warehouseOf({ pickingHours: { mean: 4, sd: 0 } });
    warehouse.opening(START_MS);
    warehouse.onEvent(placed('1', START_MS + 8 * HOUR_MS, [['A', 80_995]]));
    const time = new Date(START_MS + 8.2 * HOUR_MS).toISOString();
    warehouse.onEvent({ id: 'oc', type: 'order.cancelled', time, orderId: '1' });
    expect(warehouse.advance(START_MS + 5 * DAY_MS).filter(isShipment)).toEqual([]);
    expect(warehouse.order('1')?.get('A')).toMatchObject({ cancelled: 80_995, open: 0 });
  });

  it('takes back what had left already when the cancellation came', () => {
    const warehouse = warehouseOf({ pickingHours: { mean: 1, sd: 0 } });
    warehouse.opening(START_MS);
    warehouse.onEvent(placed('1', START_MS + 8 * HOUR_MS, [['A', 4]]));
    expect(warehouse.advance(START_MS + 12 * HOUR_MS).filter(isShipment)).toHaveLength(1);
    const time = new Date(START_MS + 12 * HOUR_MS).toISOString();
    const lines = [{ sku: 'A', quantity: 3 }];
    warehouse.onEvent({ id: 'oc', type: 'order.cancelled', time, orderId: '1', lines });
    const returns = warehouse
      .advance(START_MS + 15 * DAY_MS)
      .filter(({ type }) => type === 'order.returned');
    expect(returns).toMatchObject([{ orderId: '1', lines: [{ quantity: 3, restock: true }] }]);
  });

  it('recounts within a working day a book that fell below zero', () => {
    const warehouse = warehouseOf();
    warehouse.opening(START_MS);
    const { onHand } = warehouse.book().get('A') ?? { onHand: 0 };
    warehouse.onEvent(adjusted('sa', START_MS + 8 * HOUR_MS, 'A', -onHand - 9600));
    const counts = warehouse
      .advance(START_MS + 12 * HOUR_MS)
      .filter((event) => event.type === 'stock.counted');
    expect(counts).toMatchObject([{ sku: 'A', quantity: 0 }]);
    expect(warehouse.book().get('A')?.onHand).toBe(0);
  });

  it('starts some SKUs low, and counts each one again within its cycle', () => {
    const catalog = Array.from({ length: 200 }, (_, i) => ({ ...CATALOG[0]!, sku: `K${i}` }));
    const perDay = new Map(catalog.map(({ sku }) => [sku, 10]));
    const warehouse = warehouseOf({ catalog, demand: { perDay, prefill: new Map() } });
    warehouse.opening(START_MS);
    const low = [...warehouse.book().values()].filter(({ onHand }) => onHand < 100).length;
    expect(low).toBeGreaterThan(10);
    expect(low).toBeLessThan(50);
    // 25 days, and one more round for those whose day was a Saturday.
    const counted = new Set<string>();
    for (const event of warehouse.advance(START_MS + 51 * DAY_MS)) {
      if (event.type === 'stock.counted') counted.add(event.sku);
    }
    expect(counted.size).toBe(200);
  });

  it('refuses a count cycle that would never meet some SKUs', () => {
    expect(() => warehouseOf({ countEveryDays: 28 })).toThrow('countEveryDays must be no multiple');
  });
});

function reorder(id: string, sku: string, quantity: number) {
  return { id, kind: 'reorder', state: 'approved' as const, sku, location: LOCATION, quantity };
}

function isShipment(event: InventoryEvent): event is InventoryEvent & { type: 'order.shipped' } {
  return event.type === 'order.shipped';
}

function sorted(book: ReadonlyMap<string, object>): [string, object][] {
  return [...book].map(([sku, row]): [string, object] => [sku, { ...row }]).sort();
}

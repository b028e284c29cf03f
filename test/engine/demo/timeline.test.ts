// The timeline: one stream in order of time, however it is asked for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Carts } from '../../../engine/demo/carts.js';
import { Timeline } from '../../../engine/demo/timeline.js';
import { Warehouse } from '../../../engine/demo/warehouse.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import {
  CATALOG,
  DAY_MS,
  DEMAND,
  HOUR_MS,
  LOCATION,
  MINUTE_MS,
  placed,
  recording,
  SKUS,
  START_MS,
  streamOf,
} from './sample-events.js';

const END_MS = START_MS + 30 * DAY_MS;
const TICK_MS = 15 * MINUTE_MS;

function timelineOf(recorded: readonly InventoryEvent[], seed = 'test'): Timeline {
  const warehouse = new Warehouse({ seed, location: LOCATION, catalog: CATALOG, demand: DEMAND });
  const carts = new Carts({ seed, location: LOCATION, skus: SKUS });
  return new Timeline({ recorded: streamOf(recorded), warehouse, carts, startMs: START_MS });
}

async function playIn(timeline: Timeline, stops: readonly number[]): Promise<InventoryEvent[]> {
  const events: InventoryEvent[] = [];
  for (const untilMs of [...stops, END_MS]) events.push(...(await timeline.next(untilMs)));
  return events;
}

const stopsArbitrary = fc
  .array(fc.integer({ min: START_MS, max: END_MS }), { maxLength: 12 })
  .map((stops) => stops.sort((a, b) => a - b));

describe('the timeline', { timeout: 120_000 }, () => {
  it('emits in order of time, with at most a tick step between two events', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (recorded) => {
        const events = await playIn(timelineOf(recorded), []);
        const times = [START_MS, ...events.map(({ time }) => parseTime(time)), END_MS];
        const steps = times.slice(1).map((atMs, i) => atMs - (times[i] as number));
        expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...steps)).toBeLessThanOrEqual(TICK_MS);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same events in whatever steps it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(recording, stopsArbitrary, async (recorded, stops) => {
        const whole = await playIn(timelineOf(recorded), []);
        const inSteps = await playIn(timelineOf(recorded), stops);
        expect(JSON.stringify(inSteps)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 25 },
    );
  });

  it('fills carts in time for a burst of orders, also when asked minute by minute', async () => {
    const burst = Array.from({ length: 20 }, (_, i) => {
      return placed(`${i}`, START_MS + 9 * HOUR_MS + i * MINUTE_MS, [['A', 1]]);
    });
    const minutes = Array.from({ length: 11 * 60 }, (_, i) => START_MS + i * MINUTE_MS);
    const whole = await playIn(timelineOf(burst), []);
    const inSteps = await playIn(timelineOf(burst), minutes);
    expect(JSON.stringify(inSteps)).toBe(JSON.stringify(whole));
  });

  it('passes every recorded event on, as it is, once', async () => {
    await fc.assert(
      fc.asyncProperty(recording, async (recorded) => {
        const events = await playIn(timelineOf(recorded), []);
        const ids = new Set(recorded.map(({ id }) => id));
        expect(events.filter(({ id }) => ids.has(id))).toEqual(recorded);
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      }),
      { numRuns: 25 },
    );
  });

  it('answers a signal at the present time of the stream, not at its own', async () => {
    const timeline = timelineOf([placed('1', START_MS + 9 * HOUR_MS, [['A', 1]])]);
    await timeline.next(START_MS + 10 * DAY_MS);
    const signal = {
      id: 's',
      kind: 'reorder',
      state: 'approved' as const,
      sku: 'A',
      location: LOCATION,
      quantity: 12,
    };
    expect(timeline.signal(signal)).toBe(true);
    const events = await timeline.next(START_MS + 13 * DAY_MS);
    const order = events.find(({ type }) => type === 'purchase.ordered');
    expect(parseTime(order?.time ?? '')).toBeGreaterThan(START_MS + 10 * DAY_MS);
  });

  it('ends when the recording has ended and all of it has left', async () => {
    const timeline = timelineOf([placed('1', START_MS + 9 * HOUR_MS, [['A', 1]])]);
    await timeline.next(START_MS + 8 * HOUR_MS);
    expect(timeline.ended).toBe(false);
    await timeline.next(START_MS + 11 * HOUR_MS);
    expect(timeline.ended).toBe(true);
    expect(timeline.nowMs).toBe(START_MS + 11 * HOUR_MS);
  });

  it('says which recorded event is out of order', async () => {
    const timeline = timelineOf([
      placed('2', START_MS + 9 * HOUR_MS, [['A', 1]]),
      placed('1', START_MS + 8 * HOUR_MS, [['A', 1]]),
    ]);
    await expect(timeline.next(END_MS)).rejects.toThrow(
      'recorded event op-1 of 2011-10-03T08:00:00.000Z comes after 2011-10-03T09:00:00.000Z',
    );
  });
});

describe('simulated carts', () => {
  const order = placed('1', START_MS + 9 * HOUR_MS, [
    ['A', 5],
    ['B', 2],
  ]);
  const cartsOf = (options: Partial<ConstructorParameters<typeof Carts>[0]>) =>
    new Carts({ seed: 's', location: LOCATION, skus: SKUS, orderShare: 1, ...options });

  it('hold what is ordered, and are checked out before the order, at most an hour', () => {
    const events = cartsOf({ abandonedShare: 0, viewShare: 1, removalShare: 1 }).around(order);
    const inCart = new Map<string, number>();
    for (const event of events) {
      if (event.type !== 'cart.added' && event.type !== 'cart.removed') continue;
      const sign = event.type === 'cart.added' ? 1 : -1;
      inCart.set(event.sku, (inCart.get(event.sku) ?? 0) + sign * event.quantity);
    }
    expect(Object.fromEntries(inCart)).toMatchObject({ A: 5, B: 2 });
    expect([...inCart.values()].reduce((sum, units) => sum + units, 0)).toBe(7);
    expect(events.at(-1)).toMatchObject({ type: 'cart.checkedOut', orderId: '1' });
    for (const { time } of events) {
      expect(parseTime(time)).toBeLessThan(parseTime(order.time));
      expect(parseTime(time)).toBeGreaterThanOrEqual(parseTime(order.time) - HOUR_MS);
    }
  });

  it('are abandoned where nobody checks out', () => {
    const events = cartsOf({ orderShare: 0, abandonedShare: 1 }).around(order);
    expect(events.map(({ type }) => type)).toContain('cart.added');
    expect(events.map(({ type }) => type)).not.toContain('cart.checkedOut');
  });

  it('are left out before their first day and for orders by file', () => {
    expect(cartsOf({ fromMs: START_MS + DAY_MS }).around(order)).toEqual([]);
    expect(cartsOf({ maxLines: 1 }).around(order)).toEqual([]);
  });
});

// The whole loop on the real recording, with a plain buyer in the engine's place.
import { describe, expect, it } from 'vitest';
import { DEMO_LOCATION, DEMO_START_MS } from '../../../engine/demo/data.js';
import { demoScene } from '../../../engine/demo/scene.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import { NaiveBook } from './naive-book.js';
import { refusals } from './refusals.js';

const DAY_MS = 86_400_000;
const WEEKS = 3;

/** Every evening: what would not last two weeks is ordered for four. */
async function playWeeks(): Promise<{
  events: InventoryEvent[];
  scene: Awaited<ReturnType<typeof demoScene>>;
}> {
  const scene = await demoScene({ seed: 'demo' });
  const { timeline, warehouse } = scene;
  const events = await timeline.next(DEMO_START_MS - 1);
  const perDay = unitsADay(events);
  for (let day = 1; day <= 7 * WEEKS; day++) {
    events.push(...(await timeline.next(DEMO_START_MS + day * DAY_MS)));
    for (const [sku, { onHand, open, onOrder }] of warehouse.book()) {
      const position = onHand - open + onOrder;
      const daily = perDay.get(sku) ?? 0;
      if (position > 14 * daily) continue;
      const quantity = Math.ceil(28 * daily - position) + 1;
      const id = `s-${sku}-${day}`;
      timeline.signal({ id, kind: 'reorder', sku, location: DEMO_LOCATION, quantity });
    }
  }
  return { events, scene };
}

function unitsADay(events: readonly InventoryEvent[]): Map<string, number> {
  const perDay = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'order.placed') continue;
    for (const { sku, quantity } of event.lines) {
      perDay.set(sku, (perDay.get(sku) ?? 0) + quantity / 70);
    }
  }
  return perDay;
}

describe('the demo played for three weeks with a plain buyer', () => {
  it('keeps an exact book, in order, and nothing of it is refused', async () => {
    const { events, scene } = await playWeeks();
    const naive = new NaiveBook();
    for (const event of events) naive.apply(event);
    const book = naive.book();
    const wrong = [...scene.warehouse.book()].filter(([sku, row]) => {
      const { onHand, open, onOrder } = book.get(sku) ?? { onHand: 0, open: 0, onOrder: 0 };
      return row.onHand !== onHand || row.open !== open || row.onOrder !== onOrder;
    });
    expect(wrong).toEqual([]);
    expect(refusals(events)).toEqual({ refused: [], unknownFields: 0 });
    const times = events.map(({ time }) => parseTime(time));
    expect(times.findIndex((atMs, i) => atMs < (times[i - 1] ?? 0))).toBe(-1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('has stock for the warm-up, then ships, buys, receives, and is late now and then', async () => {
    const { events, scene } = await playWeeks();
    const count = (type: string) => events.filter((event) => event.type === type).length;
    const bought = events.find(({ type }) => type === 'purchase.ordered');
    expect(parseTime(bought?.time ?? '')).toBeGreaterThan(DEMO_START_MS);
    expect(count('purchase.ordered')).toBeGreaterThan(1000);
    expect(count('stock.received')).toBeGreaterThan(500);
    expect(count('purchase.postponed')).toBeGreaterThan(50);
    expect(count('cart.checkedOut')).toBeGreaterThan(500);
    const rows = [...scene.warehouse.book().values()];
    // Most of what was ordered has left: the shelf is neither bare nor endless.
    const backordered = rows.filter(({ open, onHand }) => open > Math.max(0, onHand)).length;
    expect(backordered).toBeGreaterThan(10);
    expect(backordered).toBeLessThan(0.25 * rows.length);
  });

  it('has no backorders when the warm-up ends', async () => {
    const { timeline, warehouse } = await demoScene({ seed: 'demo' });
    await timeline.next(DEMO_START_MS);
    const rows = [...warehouse.book().values()];
    const short = rows.filter(({ open, onHand }) => open > Math.max(0, onHand));
    expect(short.length).toBeLessThan(0.01 * rows.length);
  });
});

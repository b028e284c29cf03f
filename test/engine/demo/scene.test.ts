// The whole loop on the real recording, with a plain buyer in the engine's place.
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_LOCATION, DEMO_START_MS } from '../../../engine/demo/data.js';
import { demoScene, type Scene } from '../../../engine/demo/scene.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import { NaiveBook } from './naive-book.js';

const DAY_MS = 86_400_000;
const WEEKS = 2;

interface Played {
  readonly events: InventoryEvent[];
  readonly scene: Scene;
  readonly shortAfterWarmup: number;
}

/** Every evening: what would not last two weeks is ordered for four. */
async function playWeeks(): Promise<Played> {
  const scene = await demoScene({ seed: 'demo' });
  const { timeline, warehouse } = scene;
  const events = await timeline.next(DEMO_START_MS - 1);
  const shortAfterWarmup = shortSkus(warehouse);
  const perDay = unitsADay(events);
  for (let day = 1; day <= 7 * WEEKS; day++) {
    events.push(...(await timeline.next(DEMO_START_MS + day * DAY_MS)));
    for (const [sku, { onHand, open, onOrder }] of warehouse.book()) {
      const position = onHand - open + onOrder;
      const daily = perDay.get(sku) ?? 0;
      if (position > 14 * daily) continue;
      const quantity = Math.ceil(28 * daily - position) + 1;
      const id = `s-${sku}-${day}`;
      timeline.signal({
        id,
        kind: 'reorder',
        state: 'approved' as const,
        sku,
        location: DEMO_LOCATION,
        quantity,
      });
    }
  }
  return { events, scene, shortAfterWarmup };
}

function shortSkus(warehouse: Scene['warehouse']): number {
  const rows = [...warehouse.book().values()];
  return rows.filter(({ open, onHand }) => open > Math.max(0, onHand)).length;
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

describe('the demo played for two weeks with a plain buyer', () => {
  let played: Played;

  beforeAll(async () => {
    played = await playWeeks();
  });

  it('keeps an exact book, in order', () => {
    const { events, scene } = played;
    const naive = new NaiveBook();
    for (const event of events) naive.apply(event);
    const book = naive.book();
    const wrong = [...scene.warehouse.book()].filter(([sku, row]) => {
      const { onHand, open, onOrder } = book.get(sku) ?? { onHand: 0, open: 0, onOrder: 0 };
      return row.onHand !== onHand || row.open !== open || row.onOrder !== onOrder;
    });
    expect(wrong).toEqual([]);
    const times = events.map(({ time }) => parseTime(time));
    expect(times.findIndex((atMs, i) => atMs < (times[i - 1] ?? 0))).toBe(-1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('has stock for the warm-up, then ships, buys, receives, and is late now and then', () => {
    const { events, scene } = played;
    const count = (type: string) => events.filter((event) => event.type === type).length;
    const bought = events.find(({ type }) => type === 'purchase.ordered');
    expect(parseTime(bought?.time ?? '')).toBeGreaterThan(DEMO_START_MS);
    expect(count('purchase.ordered')).toBeGreaterThan(1000);
    expect(count('stock.received')).toBeGreaterThan(200);
    expect(count('purchase.postponed')).toBeGreaterThan(10);
    expect(count('cart.checkedOut')).toBeGreaterThan(500);
    expect(played.shortAfterWarmup).toBeLessThan(0.01 * scene.skus);
    // Most of what was ordered has left: the shelf is neither bare nor endless.
    const backordered = shortSkus(scene.warehouse);
    expect(backordered).toBeGreaterThan(10);
    expect(backordered).toBeLessThan(0.25 * scene.skus);
  });
});

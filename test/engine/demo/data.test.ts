// The demo's data as it lies in the repository: what it holds, and that the engine takes it.
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import {
  DEMO_END_MS,
  DEMO_LOCATION,
  DEMO_START_MS,
  demandOf,
  demoFiles,
  readCatalog,
  readEvents,
  WARMUP_START_MS,
} from '../../../engine/demo/data.js';
import { expandToLines } from '../../../engine/demo/expand-lines.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import { refusals } from './refusals.js';
import { placed, START_MS, streamOf } from './sample-events.js';

const files = demoFiles();

async function all(events: AsyncIterable<InventoryEvent>): Promise<InventoryEvent[]> {
  const found: InventoryEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

function countTypes(events: readonly InventoryEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function orderedUnits(events: readonly InventoryEvent[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'order.placed') continue;
    for (const { sku, quantity } of event.lines) {
      units.set(sku, (units.get(sku) ?? 0) + quantity);
    }
  }
  return units;
}

describe('the recorded data', { timeout: 120_000 }, () => {
  it('holds what its attribution says', async () => {
    expect(countTypes(await all(readEvents(files.warmup)))).toEqual({
      'order.placed': 3449,
      'order.returned': 717,
      'stock.adjusted': 376,
      'order.cancelled': 37,
    });
    expect(countTypes(await all(readEvents(files.autumn)))).toEqual({
      'order.placed': 5978,
      'order.returned': 1164,
      'stock.adjusted': 567,
      'order.cancelled': 70,
    });
    expect(await readCatalog(files.catalog)).toHaveLength(3372);
  });

  it('is in order of time, inside its range, with unique ids, and nothing of it is refused', async () => {
    const events = await all(readEvents(files.catalog, files.warmup, files.autumn));
    const times = events.map(({ time }) => parseTime(time));
    expect(times[0]).toBe(WARMUP_START_MS);
    expect(times.findIndex((atMs, i) => atMs < (times[i - 1] ?? 0))).toBe(-1);
    expect(times.at(-1)).toBeLessThan(DEMO_END_MS);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(refusals(events)).toEqual({ refused: [], unknownFields: 0 });
  });

  it('changes from British summer time to winter time on 30 October', async () => {
    const orders = await all(readEvents(files.autumn));
    const offsets = new Map<boolean, Set<string>>();
    for (const { time } of orders) {
      const isSummer = String(time).slice(0, 10) < '2011-10-30';
      offsets.set(isSummer, (offsets.get(isSummer) ?? new Set()).add(String(time).slice(19)));
    }
    expect(offsets.get(true)).toEqual(new Set(['+01:00']));
    expect(offsets.get(false)).toEqual(new Set(['+00:00']));
  });

  it('knows the famous order of 80,995 units and its cancellation 12 minutes later', async () => {
    const events = await all(readEvents(files.autumn));
    const order = events.find(
      (event) => event.type === 'order.placed' && event.lines[0]?.quantity === 80_995,
    );
    const cancelled = events.find(
      (event) => event.type === 'order.cancelled' && event.lines?.[0]?.quantity === 80_995,
    );
    expect(order).toMatchObject({ time: '2011-12-09T09:15:00+00:00', lines: [{ sku: '23843' }] });
    expect(cancelled).toMatchObject({ time: '2011-12-09T09:27:00+00:00' });
    expect(cancelled).toMatchObject({ orderId: order && 'orderId' in order ? order.orderId : '' });
  });

  it('has a catalog item for every SKU', async () => {
    const known = new Set((await readCatalog(files.catalog)).map(({ sku }) => sku));
    const events = await all(readEvents(files.warmup, files.autumn));
    expect([...orderedUnits(events).keys()].filter((sku) => !known.has(sku))).toEqual([]);
  });

  it('comes with settings that load', () => {
    const settings = loadSettings({ file: files.settings, env: {} });
    expect(settings.locations[DEMO_LOCATION]?.timeZone).toBe('Europe/London');
  });
});

describe('one event for each order line', { timeout: 120_000 }, () => {
  it('makes more than 100,000 events of the same units, ids unique', async () => {
    const orders = await all(readEvents(files.autumn));
    const lines = await all(expandToLines(readEvents(files.autumn)));
    expect(countTypes(lines)['order.placed']).toBe(177_649);
    expect(orderedUnits(lines)).toEqual(orderedUnits(orders));
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    expect(refusals(lines)).toEqual({ refused: [], unknownFields: 0 });
  });

  it('cancels the line of the same SKU and quantity, each one once', async () => {
    const time = new Date(START_MS).toISOString();
    const cancelled: InventoryEvent = {
      id: 'oc',
      type: 'order.cancelled',
      time,
      orderId: '1',
      lines: [
        { sku: 'A', quantity: 2 },
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1 },
      ],
    };
    const order = placed('1', START_MS, [
      ['A', 1],
      ['A', 2],
      ['A', 1],
    ]);
    const events = await all(expandToLines(streamOf([order, cancelled])));
    const orderIds = events.slice(3).map((event) => 'orderId' in event && event.orderId);
    expect(orderIds).toEqual(['1-2', '1-1', '1-3']);
  });
});

describe('demand in total', () => {
  it('is the mean a day, and the most that the warm-up ever takes off the shelf', async () => {
    const DAY_MS = 86_400_000;
    const { perDay, prefill } = await demandOf(
      streamOf([
        placed('1', START_MS, [['A', 10]]),
        {
          id: 'sa',
          type: 'stock.adjusted',
          time: new Date(START_MS + 1).toISOString(),
          location: DEMO_LOCATION,
          sku: 'A',
          quantity: 8,
          reason: 'found',
        },
        placed('2', START_MS + DAY_MS, [['A', 30]]),
      ]),
      { fromMs: START_MS, demoStartMs: START_MS + DAY_MS, toMs: START_MS + 4 * DAY_MS },
    );
    expect(perDay.get('A')).toBe(10);
    expect(prefill.get('A')).toBe(10);
  });

  it('stays the same when the whole demo is read', async () => {
    const range = { fromMs: WARMUP_START_MS, demoStartMs: DEMO_START_MS, toMs: DEMO_END_MS };
    const { perDay } = await demandOf(readEvents(files.warmup, files.autumn), range);
    const total = [...perDay.values()].reduce((sum, units) => sum + units, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(30_000);
  });
});

// A recording for the tests: real orders a line each, with a simulated warehouse that closes the loop.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  DEMO_END_MS,
  DEMO_LOCATION,
  DEMO_START_MS,
  type DemoFiles,
  demandOf,
  demoFiles,
  readCatalog,
  readEvents,
  WARMUP_START_MS,
} from '../../../engine/demo/data.js';
import { expandToLines } from '../../../engine/demo/expand-lines.js';
import { Timeline } from '../../../engine/demo/timeline.js';
import { Warehouse } from '../../../engine/demo/warehouse.js';
import type { CatalogItem, InventoryEvent } from '../../../operators/events/event.js';
import { formatTime } from '../../../operators/events/time.js';

const DAY_MS = 86_400_000;
const SEED = 'recording';

/** Orders, cancellations, returns, shipments, counts, purchases: the first `limit` events. */
export async function recordedEvents(limit: number): Promise<InventoryEvent[]> {
  const files = demoFiles();
  const catalog = await readCatalog(files.catalog);
  const demand = await demandOf(readEvents(files.warmup, files.autumn), {
    fromMs: WARMUP_START_MS,
    demoStartMs: DEMO_START_MS,
    toMs: DEMO_END_MS,
  });
  const warehouse = new Warehouse({ seed: SEED, location: DEMO_LOCATION, catalog, demand });
  const recorded = expandToLines(realEvents(catalog, files));
  const timeline = new Timeline({ recorded, warehouse, carts: null, startMs: WARMUP_START_MS });
  const events: InventoryEvent[] = [];
  for (let dayMs = WARMUP_START_MS; events.length < limit && !timeline.ended; dayMs += DAY_MS) {
    for (const event of await timeline.next(dayMs)) events.push(event);
    buy(timeline, warehouse, demand.perDay, dayMs);
  }
  return events.slice(0, limit);
}

/** The catalog counts from the start, unlike in the demo: this recording has no warm-up. */
async function* realEvents(
  catalog: readonly CatalogItem[],
  { warmup, autumn }: DemoFiles,
): AsyncGenerator<InventoryEvent> {
  for (const item of catalog) yield { ...item, time: formatTime(WARMUP_START_MS) };
  yield* readEvents(warmup, autumn);
}

/** Every evening: what would not last a fortnight is ordered for four. */
function buy(
  timeline: Timeline,
  warehouse: Warehouse,
  perDay: ReadonlyMap<string, number>,
  dayMs: number,
): void {
  for (const [sku, { onHand, open, onOrder }] of warehouse.book()) {
    const position = onHand - open + onOrder;
    const daily = perDay.get(sku) ?? 0;
    if (daily === 0 || position > 14 * daily) continue;
    const quantity = Math.ceil(28 * daily - position);
    const id = `s-${sku}-${dayMs}`;
    timeline.signal({
      id,
      kind: 'reorder',
      state: 'approved',
      sku,
      location: DEMO_LOCATION,
      quantity,
    });
  }
}

/**
 * The events as lines, with what goes wrong in the world among them: repeats, orders too late for
 * their day, counts and corrections that arrive out of order, lines that are no events.
 */
export function linesWithMishaps(events: readonly InventoryEvent[]): string[] {
  const lines: string[] = [];
  events.forEach((event, i) => {
    lines.push(JSON.stringify(event));
    if (i % 401 === 400) lines.push(JSON.stringify(events[i - 250]));
    if (i % 997 === 996) lines.push(...mishaps(event, i));
  });
  return lines;
}

function mishaps(event: InventoryEvent, i: number): string[] {
  const nowMs = Date.parse(String(event.time));
  const earlier = (ms: number): string => formatTime(nowMs - ms);
  const at = { sku: 'sku' in event ? event.sku : '22423', location: DEMO_LOCATION };
  const lines = [{ sku: at.sku, quantity: 2 }];
  const order = { type: 'order.placed', orderId: `late-${i}`, location: DEMO_LOCATION, lines };
  return [
    { ...order, id: `late-${i}`, time: earlier(3 * DAY_MS) },
    { ...at, id: `back-${i}`, type: 'stock.counted', quantity: 7, time: earlier(DAY_MS / 2) },
    {
      ...at,
      id: `fix-${i}`,
      type: 'stock.adjusted',
      quantity: -1,
      reason: 'found',
      time: earlier(DAY_MS),
    },
    { ...order, id: `none-${i}`, time: earlier(0), lines: [{ sku: at.sku, quantity: 0 }] },
    { id: `ship-${i}`, type: 'order.shipped', time: earlier(0), orderId: `never-${i}` },
  ]
    .map((mishap) => JSON.stringify(mishap))
    .concat('{"id":"torn');
}

/** Gzip when the name says so. */
export async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  function* pieces(): Generator<string> {
    for (let at = 0; at < lines.length; at += 1_000) {
      yield `${lines.slice(at, at + 1_000).join('\n')}\n`;
    }
  }
  const out = createWriteStream(path);
  if (path.endsWith('.gz')) await pipeline(Readable.from(pieces()), createGzip(), out);
  else await pipeline(Readable.from(pieces()), out);
}

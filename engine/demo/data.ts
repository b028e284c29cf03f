// The demo's recorded data: where the files are, how they are streamed, what they say in total.
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import type { CatalogItem, InventoryEvent } from '../../operators/events/event.js';
import { formatTime, parseTime } from '../../operators/events/time.js';
import type { Demand } from './counting.js';
import { DAY_MS } from './working-hours.js';

export const DEMO_LOCATION = 'london';
/** First moment of the warm-up: 18 July 2011, midnight in London. */
export const WARMUP_START_MS = Date.parse('2011-07-18T00:00:00+01:00');
/** First moment of the demo proper: 26 September 2011. */
export const DEMO_START_MS = Date.parse('2011-09-26T00:00:00+01:00');
/** After the last recorded event: 10 December 2011. */
export const DEMO_END_MS = Date.parse('2011-12-10T00:00:00+00:00');

/** What is real and what is simulated, in plain words. */
export const DEMO_PROVENANCE =
  'Real: orders, cancellations, returns and stock corrections of a UK web shop, July to December ' +
  '2011, with their times, quantities and prices (UCI "Online Retail", CC BY 4.0). Simulated: ' +
  'stock levels, shipments, suppliers, lead times, purchase orders, counts and carts.';

export interface DemoFiles {
  readonly catalog: string;
  readonly warmup: string;
  readonly autumn: string;
  readonly settings: string;
}

/** Files of the demo in config/demo, whether this runs from source or from dist. */
export function demoFiles(): DemoFiles {
  const folder = configFolder();
  return {
    catalog: join(folder, 'catalog.ndjson.gz'),
    warmup: join(folder, 'warmup.ndjson.gz'),
    autumn: join(folder, 'online-retail-autumn.ndjson.gz'),
    settings: join(folder, 'demo.yaml'),
  };
}

function configFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const up of ['../..', '../../..']) {
    const folder = join(here, up, 'config/demo');
    if (existsSync(join(folder, 'catalog.ndjson.gz'))) return folder;
  }
  throw new Error(`the demo's data is missing: no config/demo/catalog.ndjson.gz above ${here}`);
}

/** Events of gzip NDJSON files, one file after the other. */
export async function* readEvents(...paths: string[]): AsyncGenerator<InventoryEvent> {
  for (const path of paths) {
    const input = createReadStream(path);
    const text = createGunzip();
    input.on('error', (error) => text.destroy(error));
    input.pipe(text);
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
      if (line !== '') yield JSON.parse(line) as InventoryEvent;
    }
  }
}

export async function readCatalog(path: string): Promise<CatalogItem[]> {
  const items: CatalogItem[] = [];
  for await (const event of readEvents(path)) {
    if (event.type === 'catalog.item') items.push(event);
  }
  return items;
}

/**
 * The recording as the demo plays it. The catalog comes twice: at the start with policy `none`,
 * so that the warm-up teaches the forecasts and orders nothing, and in earnest at `demoStartMs`.
 */
export async function* demoRecording(
  files: DemoFiles,
  catalog: readonly CatalogItem[],
): AsyncGenerator<InventoryEvent> {
  const time = formatTime(WARMUP_START_MS);
  for (const item of catalog) {
    yield { ...item, id: `${item.id}-warmup`, time, policy: { kind: 'none' } } as CatalogItem;
  }
  yield* readEvents(files.warmup);
  for (const item of catalog) yield { ...item, time: formatTime(DEMO_START_MS) };
  yield* readEvents(files.autumn);
}

/** A line counts at most this many units in a SKU's mean demand: single huge orders pass by. */
const LARGEST_COUNTED_LINE = 1000;

/**
 * Mean demand a day by SKU over the whole recording, and the units that the warm-up takes off the
 * shelf at its height: what must lie there if nothing is reordered before `demoStartMs`.
 */
export async function demandOf(
  recorded: AsyncIterable<InventoryEvent>,
  { fromMs, demoStartMs, toMs }: { fromMs: number; demoStartMs: number; toMs: number },
): Promise<Demand> {
  const days = (toMs - fromMs) / DAY_MS;
  const perDay = new Map<string, number>();
  const taken = new Map<string, number>();
  const prefill = new Map<string, number>();
  for await (const event of recorded) {
    const isWarmup = parseTime(event.time) < demoStartMs;
    for (const [sku, units] of takenBy(event)) {
      if (event.type === 'order.placed') {
        const counted = Math.min(units, LARGEST_COUNTED_LINE);
        perDay.set(sku, (perDay.get(sku) ?? 0) + counted / days);
      }
      if (!isWarmup) continue;
      const total = (taken.get(sku) ?? 0) + units;
      taken.set(sku, total);
      prefill.set(sku, Math.max(prefill.get(sku) ?? 0, total));
    }
  }
  return { perDay, prefill };
}

/** Units by SKU that an event takes off the shelf, now or later; below 0: puts back. */
function takenBy(event: InventoryEvent): [string, number][] {
  switch (event.type) {
    case 'order.placed':
      return event.lines.map(({ sku, quantity }) => [sku, quantity]);
    case 'order.cancelled':
      return (event.lines ?? []).map(({ sku, quantity }) => [sku, -quantity]);
    case 'order.returned':
      return event.lines.map(({ sku, quantity, restock }) => [sku, restock ? -quantity : 0]);
    case 'stock.adjusted':
      return [[event.sku, -event.quantity]];
    default:
      return [];
  }
}

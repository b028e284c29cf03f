// Developer's tool: makes the demo's files from the Online Retail data set. Same input, same bytes.
//
//   npx tsx engine/demo/convert-orders.ts FOLDER [OUT]
//
// FOLDER holds online-retail/{order_lines,products}.csv.gz and lead-times/deliveries.csv.gz,
// OUT is config/demo. Prints what was converted and what was left out, as JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Temporal } from 'temporal-polyfill';
import type { InventoryEvent } from '../../operators/events/event.js';
import { catalogEvents, supplierLeadTimes } from './catalog-events.js';
import { type CsvRecord, readCsvGz } from './csv.js';
import { type Conversion, orderEvents } from './order-events.js';

const TIME_ZONE = 'Europe/London';
const LOCATION = 'london';
const WARMUP_FROM = '2011-07-18';
const DEMO_FROM = '2011-09-26';
const DEMO_TO = '2011-12-10';

function main(folder: string, out: string): void {
  const lines = readCsvGz(join(folder, 'online-retail/order_lines.csv.gz'));
  const products = readCsvGz(join(folder, 'online-retail/products.csv.gz'));
  const deliveries = readCsvGz(join(folder, 'lead-times/deliveries.csv.gz'));
  const converted = orderEvents(lines, {
    location: LOCATION,
    from: WARMUP_FROM,
    to: DEMO_TO,
    withOffset: rememberLast(withOffset),
  });
  const demoFromMs = Date.parse(withOffset(`${DEMO_FROM}T00:00:00`));
  const isWarmup = (event: InventoryEvent) => Date.parse(event.time as string) < demoFromMs;
  const catalog = catalogEvents(products, {
    time: withOffset(`${WARMUP_FROM}T00:00:00`),
    skus: skusOf(converted.events),
    revenue: revenueBefore(lines, DEMO_FROM),
    leadTimes: supplierLeadTimes(deliveries),
  });
  mkdirSync(out, { recursive: true });
  const written = {
    'catalog.ndjson.gz': catalog,
    'warmup.ndjson.gz': converted.events.filter(isWarmup),
    'online-retail-autumn.ndjson.gz': converted.events.filter((event) => !isWarmup(event)),
  };
  const files = Object.entries(written).map(([name, events]) => write(join(out, name), events));
  process.stdout.write(`${JSON.stringify({ lines: sorted(converted), files }, null, 2)}\n`);
}

/** Shop time is UK local time; the offset is that of its day (+01:00 until 30 October 2011). */
function withOffset(local: string): string {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(TIME_ZONE);
  return zoned.toString({ timeZoneName: 'never' });
}

/** Lines come in time order, mostly many of one minute. */
function rememberLast(convert: (text: string) => string): (text: string) => string {
  let last = { text: '', result: '' };
  return (text) => {
    if (text !== last.text) last = { text, result: convert(text) };
    return last.result;
  };
}

function skusOf(events: readonly InventoryEvent[]): Set<string> {
  const skus = new Set<string>();
  for (const event of events) {
    if ('lines' in event) for (const line of event.lines ?? []) skus.add(line.sku);
    else if ('sku' in event && event.sku !== undefined) skus.add(event.sku);
  }
  return skus;
}

function revenueBefore(lines: readonly CsvRecord[], day: string): Map<string, number> {
  const revenue = new Map<string, number>();
  for (const line of lines) {
    if (line.kind !== 'sale' || (line.ts as string) >= day) continue;
    const sku = (line.sku as string).trim().toUpperCase();
    const amount = Number(line.qty) * Number(line.unit_price);
    revenue.set(sku, (revenue.get(sku) ?? 0) + amount);
  }
  return revenue;
}

function sorted({ counts }: Conversion): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function write(path: string, events: readonly InventoryEvent[]): Record<string, unknown> {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const bytes = gzipSync(text, { level: 9 });
  bytes[9] = 255; // Operating system "unknown": the same bytes wherever they are made.
  writeFileSync(path, bytes);
  const types: Record<string, number> = {};
  for (const { type } of events) types[type] = (types[type] ?? 0) + 1;
  const [first, last] = [events[0]?.time, events.at(-1)?.time];
  return { path, bytes: bytes.length, events: events.length, types, first, last };
}

const [folder, out = 'config/demo'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: tsx engine/demo/convert-orders.ts FOLDER [OUT]\n');
  process.exitCode = 2;
} else main(folder, out);

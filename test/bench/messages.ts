// Events to measure with: made-up single-line orders, what prepares for them, the demo's orders.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Delivery } from '../../connectors/source.js';
import { demoFiles } from '../../engine/demo/data.js';

export const LOCATION = 'berlin';
/** SKU numbers from here on stand one unit above their reorder point: an order raises a signal. */
export const FIRST_TRIGGER = 1_000_000;

const START_MS = Date.UTC(2026, 0, 5, 8);
const LARGE_STOCK = 100_000_000;
const REORDER_POINT = 10;

export interface OrderFields {
  readonly id: string;
  readonly sku: number;
  readonly timeMs: number;
}

export function skuName(sku: number): string {
  return `SKU-${String(sku).padStart(6, '0')}`;
}

/** A single-line order of about 160 bytes. */
export function orderJson({ id, sku, timeMs }: OrderFields): string {
  const line = `{"sku":"${skuName(sku)}","quantity":2,"unitPrice":9.95}`;
  return (
    `{"id":"${id}","type":"order.placed","time":${timeMs},"orderId":"${id}",` +
    `"location":"${LOCATION}","lines":[${line}]}`
  );
}

/** Catalog and count of each SKU: given levels, so signals need no forecast that has learnt. */
export function preparationJson(skus: Iterable<number>, timeMs = START_MS): string[] {
  const events: string[] = [];
  for (const sku of skus) {
    const name = skuName(sku);
    const quantity = sku >= FIRST_TRIGGER ? REORDER_POINT + 1 : LARGE_STOCK;
    events.push(
      `{"id":"ci-${name}","type":"catalog.item","time":${timeMs},"sku":"${name}",` +
        `"status":"active","leadTime":{"meanDays":7,"sdDays":1},"serviceLevel":{"cycle":0.95},` +
        `"policy":{"kind":"sQ","reorderPoint":${REORDER_POINT},"orderQuantity":50}}`,
      `{"id":"sc-${name}","type":"stock.counted","time":${timeMs},"location":"${LOCATION}",` +
        `"sku":"${name}","quantity":${quantity}}`,
    );
  }
  return events;
}

/** `count` orders, SKUs in a scattered order, `stepMs` of stream time apart. */
export function orders(count: number, skus: number, stepMs: number, first = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    return orderJson({ id: `o-${n}`, sku: scattered(n, skus), timeMs: START_MS + n * stepMs });
  });
}

export function scattered(n: number, skus: number): number {
  return (n * 7919) % skus;
}

export interface DemoLines {
  readonly catalog: readonly string[];
  readonly orders: readonly string[];
}

/** The demo's recorded events as text: catalog, then warm-up and autumn. */
export function demoLines(): DemoLines {
  const files = demoFiles();
  const linesOf = (path: string): string[] =>
    gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  return {
    catalog: linesOf(files.catalog),
    orders: [...linesOf(files.warmup), ...linesOf(files.autumn)],
  };
}

/** As the log would hand them over, a message each, stored when they happened. */
export function deliveries(events: readonly string[], firstPosition = 1): Delivery[] {
  const encoder = new TextEncoder();
  return events.map((json, i) => ({
    position: firstPosition + i,
    subject: 'events.order',
    storedAtMs: null,
    data: encoder.encode(json),
  }));
}

export function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}

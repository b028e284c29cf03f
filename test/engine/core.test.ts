// The core on real orders: any batches, a restart on the way, and on-hand by an independent fold.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { InventoryEvent } from '../../operators/events/event.js';
import {
  coreWith,
  linesOf,
  messageOf,
  messagesOf,
  positionLines,
  run,
  savedSections,
} from '../oracle/drive.js';
import { Oracle } from '../oracle/oracle.js';

const LINES = 3000;
const overrides = {
  'locations.london.timeZone': 'Europe/London',
  'time.zone': 'Europe/London',
  'ledger.journal': 100_000,
};

function read(name: string): string[] {
  const file = new URL(`../../config/demo/${name}.ndjson.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString().trim().split('\n');
}

/** The demo's catalog, then weeks of orders; each SKU is counted before its first order. */
function realEvents(): string[] {
  const orders = read('warmup').slice(0, LINES);
  const counts = new Map<string, string>();
  for (const text of orders) {
    const order = JSON.parse(text) as InventoryEvent;
    if (order.type !== 'order.placed') continue;
    for (const { sku } of order.lines) {
      const { time, location } = order;
      const count = {
        id: `count-${sku}`,
        type: 'stock.counted',
        time,
        location,
        sku,
        quantity: 40,
      };
      if (!counts.has(sku))
        counts.set(sku, JSON.stringify({ ...count, time: '2011-07-01T00:00:00Z' }));
    }
  }
  return [...counts.values(), ...read('catalog'), ...orders];
}

const texts = realEvents();
const messages = texts.map((text, i) => messageOf(text, i + 1));

function resultOf(size: number) {
  const core = coreWith(overrides);
  const brought = run(core, messages, size);
  return { lines: linesOf(brought), positions: positionLines(core), saved: savedSections(core) };
}

describe('real orders', { timeout: 240_000 }, () => {
  const straight = resultOf(4096);

  it('are taken without a refusal, and bring signals, alerts and closed buckets', () => {
    expect(straight.lines.refusals).toEqual([]);
    for (const kind of ['signals', 'alerts', 'buckets'] as const) {
      expect(straight.lines[kind]?.length).toBeGreaterThan(100);
    }
  });

  it.each([1, 7])('in batches of %d give the same results, to the byte', (size) => {
    expect(resultOf(size)).toEqual(straight);
  });

  it('give the same results after a restart on the way', () => {
    const half = Math.floor(messages.length / 2);
    const first = coreWith(overrides);
    const before = run(first, messages.slice(0, half), 500);
    const second = coreWith(overrides);
    second.load(first.save());
    const behind = run(second, messages.slice(half), 500);
    const all = {
      signals: before.signals.concat(behind.signals),
      closings: before.closings.concat(behind.closings),
      told: before.told.concat(behind.told),
      progress: before.progress.concat(behind.progress),
      alerts: before.alerts.concat(behind.alerts),
      refusals: before.refusals.concat(behind.refusals),
      buckets: before.buckets.concat(behind.buckets),
    };
    const found = {
      lines: linesOf(all),
      positions: positionLines(second),
      saved: savedSections(second),
    };
    expect(found).toEqual(straight);
  });

  it('leave quantities that an independent fold gives too', () => {
    const oracle = new Oracle({
      disorderMs: 5000,
      allowedLatenessMs: 3_600_000,
      dedupeWindowMs: 7 * 86_400_000,
      decrementOn: 'shipped',
      timeZoneOf: () => 'Europe/London',
    });
    const core = coreWith(overrides);
    const events = texts.map((text) => JSON.parse(text) as InventoryEvent);
    run(core, messagesOf(events), 1000);
    for (const event of events) oracle.take(event);
    // The oracle goes through all orders for each row: some rows are enough here.
    for (let row = 0; row < core.table.rows; row += 40) {
      const [sku, location] = [core.table.sku(row), core.table.location(row)];
      expect({ sku, ...core.ledger.positions.read(row) }).toEqual({
        sku,
        ...oracle.quantities(sku, location),
      });
    }
  });
});

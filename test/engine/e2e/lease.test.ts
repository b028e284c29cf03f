// Two real engines on the same streams: one writes, the other stands by and takes over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { StockpulseProcess } from './stockpulse-process.js';
import { resultIds, straightRun } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 400_000;
const TERMS = {
  status: 'active',
  leadTime: { meanDays: 3, sdDays: 1 },
  serviceLevel: { cycle: 0.95 },
  policy: { kind: 'sS', reorderPoint: 20, orderUpToLevel: 60 },
};

let nats: TestNats;
let streams: Streams;
let dir: string;
const engines: StockpulseProcess[] = [];
let published = 0;

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-lease-'));
}, TIMEOUT_MS);

afterAll(async () => {
  for (const engine of engines) {
    engine.signal('SIGCONT');
    engine.signal('SIGKILL');
    await engine.allGone();
  }
  await streams.close();
  await nats.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}, TIMEOUT_MS);

function settingsOf(name: string): string {
  return [
    `data: { dir: ${join(dir, name)} }`,
    `nats: { url: '${nats.url}', lease: { duration: 3s } }`,
    'http: { port: 0 }',
    'log: { level: debug, pretty: never }',
    'clickhouse: { enabled: false }',
    'snapshot: { interval: 1s }',
    'batch: { max: 50 }',
  ].join('\n');
}

async function start(name: string): Promise<StockpulseProcess> {
  const engine = await StockpulseProcess.run({ dir, name, settings: settingsOf(name) });
  engines.push(engine);
  return engine;
}

async function readiness(url: string): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await fetch(new URL('readyz', url));
  return { status: answer.status, body: await answer.text() };
}

const STANDS_BY = 'the page of the stand-by is up';

/** As many signals as there are SKUs, and as many alerts. */
async function publishEmptyShelves(name: string): Promise<void> {
  const time = new Date(Date.UTC(2025, 2, 3, 8, published)).toISOString();
  const events = Array.from({ length: 20 }, (_, n) => `${name}-${n}`).flatMap((sku) => [
    { id: `item-${sku}`, type: 'catalog.item', time, sku, ...TERMS },
    { id: `count-${sku}`, type: 'stock.counted', time, sku, location: 'berlin', quantity: 0 },
  ]);
  await streams.publish(events);
  published += events.length;
}

async function areDecided(url: string): Promise<boolean> {
  const overview: unknown = await (await fetch(new URL('api/overview', url))).json();
  return (overview as { eventsTotal: number }).eventsTotal === published;
}

describe('of two engines on the same streams', () => {
  it(
    'one writes; the other takes over when that one is paused, and is not disturbed by its return',
    async () => {
      const first = await start('first');
      await first.up();
      const second = await start('second');
      const standsBy = await second.logged(STANDS_BY);
      const waiting = await readiness(standsBy.url ?? '');
      expect(waiting.status).toBe(503);
      expect(waiting.body).toMatch(/standing by: \S+\/[0-9a-f]{8} writes/);

      await publishEmptyShelves('before');
      await until('signals are out', async () => (await streams.count('SIGNALS')) > 0);
      first.signal('SIGSTOP');
      // It finds them when it comes back, beside what it may have left half done.
      await publishEmptyShelves('paused');
      const url = await second.up();
      expect((await readiness(url)).status).toBe(200);
      await until('the second has decided all', () => areDecided(url));

      first.signal('SIGCONT');
      await publishEmptyShelves('resumed');
      const again = await first.logged(STANDS_BY);
      expect((await readiness(again.url ?? '')).status).toBe(503);
      await until('the second has decided all', () => areDecided(url));

      second.signal('SIGTERM');
      expect(await second.ended).toBe(0);
      // The lease was given back, so the first has it at once and ends in order.
      await until('the first writes again', () => first.isReady());
      await until('the first has decided all', async () => areDecided(await first.up()));
      first.signal('SIGTERM');
      expect(await first.ended).toBe(0);

      const settings = loadSettings({ file: 'a', env: {}, readFile: () => settingsOf('first') });
      const expected = straightRun(settings, await streams.read('EVENTS'));
      const { signals, alerts } = resultIds(await streams.read('SIGNALS'));
      expect({ signals, alerts }).toEqual({ signals: expected.signals, alerts: expected.alerts });
      const numbers = await streams.fences();
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(new Set(numbers).size).toBe(2);
      expect(signals.length).toBeGreaterThanOrEqual(60);
    },
    TIMEOUT_MS,
  );
});

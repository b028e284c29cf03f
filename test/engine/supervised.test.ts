// Claims about an engine whose operator throws at an event, on a real nats-server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings, type Settings } from '../../config/settings.js';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import { createCore, STATE_SCHEMA } from '../../engine/core.js';
import { createLogger } from '../../engine/log.js';
import { Supervised } from '../../engine/supervised.js';
import { Demand } from '../../operators/demand/demand.js';
import type { Batch } from '../../operators/stream/batch.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { finalPositions, resultIds, straightRun } from './e2e/straight-run.js';
import { Streams } from './e2e/stream.js';
import { until } from './e2e/until.js';

let nats: TestNats;
let streams: Streams;
let dir = '';
let settings: Settings;
let log: string[] = [];
beforeEach(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-poison-'));
  log = [];
  settings = loadSettings({
    env: {},
    overrides: {
      'nats.url': nats.url,
      'data.dir': dir,
      'http.port': 0,
      'clickhouse.enabled': false,
    },
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await streams.close();
  await nats.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

const start = (): Promise<Supervised> =>
  Supervised.start({
    settings,
    log: createLogger(
      { level: 'debug', pretty: 'never' },
      { write: (text: string) => log.push(text) },
    ),
  });

const count = (sku: string) => ({
  ...{ id: `count-${sku}`, type: 'stock.counted', time: '2026-03-02T09:00:00Z' },
  ...{ location: 'london', sku, quantity: 5 },
});
const order = (n: number) => ({
  ...{ id: `o${n}`, type: 'order.placed', orderId: `o${n}`, location: 'london' },
  time: new Date(Date.UTC(2026, 2, 2, 10, n)).toISOString(),
  lines: [{ sku: n % 2 === 0 ? 'tea' : 'jam', quantity: 1 }],
});
const orders = (from: number, through: number) =>
  Array.from({ length: through - from + 1 }, (_, i) => order(from + i));

/** After the ledger and demand have changed their columns; the first `times` times. */
function throwAt(id: string, times = Number.POSITIVE_INFINITY): { count: number } {
  const thrown = { count: 0 };
  const original = Demand.prototype.onEvent;
  vi.spyOn(Demand.prototype, 'onEvent').mockImplementation(function (
    this: Demand,
    batch: Batch,
    ...rest
  ) {
    const result = original.call(this, batch, ...rest);
    if (batch.id[rest[0]] !== id || thrown.count >= times) return result;
    thrown.count++;
    throw new TypeError('no such column');
  });
  return thrown;
}

/** State and ids of results are those of the log without what was left out. */
async function expectStraight(supervised: Supervised, leftOut: string | null): Promise<void> {
  const messages = await streams.read('EVENTS');
  vi.restoreAllMocks();
  const rest = messages.filter(({ data }) => (JSON.parse(data) as { id: string }).id !== leftOut);
  const expected = straightRun(settings, rest);
  expect(finalPositions(supervised.engine.core)).toEqual(expected.positions);
  const ids = resultIds(await streams.read('SIGNALS'));
  expect([...ids.alerts].sort()).toEqual([...expected.alerts].sort());
  expect([...ids.signals].sort()).toEqual([...expected.signals].sort());
  expect(expected.alerts.length).toBeGreaterThan(0);
}

describe('an event at which an operator throws', { timeout: 60_000 }, () => {
  it('is set aside after two tries, the rest goes on, from a snapshot and after a restart', async () => {
    const thrown = throwAt('o6');
    const first = await start();
    await streams.publish([count('tea'), count('jam'), ...orders(1, 3)]);
    await until('position 5', () => first.engine.position === 5);
    await first.stop();

    const second = await start();
    await streams.publish(orders(4, 14));
    await until('position 16', () => second.engine.position === 16);
    expect(thrown.count).toBe(2);
    const refused = await streams.read('REFUSED');
    expect(refused.map(({ subject, id }) => [subject, id])).toEqual([
      ['refused.order', expect.stringMatching(/^refused\/8\/0\//)],
    ]);
    expect(JSON.parse(refused[0]?.data ?? '')).toMatchObject({
      reason: 'failed',
      position: 8,
      detail: expect.stringContaining('no such column') as string,
    });
    const metrics = await (await fetch(new URL('/metrics', second.engine.url))).text();
    expect(metrics).toMatch(/stockpulse_refused_total\{reason="failed"\} 1/);
    expect(log.some((line) => line.includes('the event is set aside'))).toBe(true);
    // Before the event was reached again: a crash from here on leaves it out too.
    const store = new FileSnapshotStore({ dir: join(dir, 'snapshots'), keep: 3 });
    const { snapshot } = await store.newest(STATE_SCHEMA);
    const saved = createCore(settings);
    saved.load(snapshot?.bytes as Uint8Array);
    expect(snapshot?.position).toBe(5);
    expect(saved.setAside.find(8, 0)).toBeDefined();
    await expectStraight(second, 'o6');
    await second.stop();

    const third = await start();
    expect(third.engine.core.setAside.find(8, 0)).toBeDefined();
    await third.stop();
  });

  it('is applied when the second try succeeds, also without any snapshot', async () => {
    const thrown = throwAt('o6', 1);
    const supervised = await start();
    await streams.publish([count('tea'), count('jam'), ...orders(1, 14)]);
    await until('position 16', () => supervised.engine.position === 16);
    expect(thrown.count).toBe(1);
    await expectStraight(supervised, null);
    expect(await streams.count('REFUSED')).toBe(0);
    await supervised.stop();
  });

  it('ends the engine when the time step fails without the event too', async () => {
    vi.spyOn(Demand.prototype, 'onTime').mockImplementation(() => {
      throw new RangeError('no bucket');
    });
    const supervised = await start();
    await streams.publish([count('tea'), count('jam'), ...orders(1, 4)]);
    await expect(supervised.ended).rejects.toThrow(/same time step fails .*RangeError: no bucket/);
    await supervised.stop();
  });
});

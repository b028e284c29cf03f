// Claims about an engine that trains its network, on a real nats-server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from '../../../engine/core.js';
import { createCore } from '../../../engine/core.js';
import { ModelCopies } from '../../../engine/neural/model-copies.js';
import type { ModelEvent } from '../../../engine/neural/model-event.js';
import { Batch } from '../../../operators/stream/batch.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { type RunningEngine, startEngine } from '../e2e/running-engine.js';
import { type StoredMessage, Streams } from '../e2e/stream.js';
import { until } from '../e2e/until.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);
const SKUS = 40;

/** An order a day with a line a SKU; weekends sell three times as much, and all grows. */
const orders = (days: number, from = 0) =>
  Array.from({ length: days }, (_, n) => {
    const day = from + n;
    const units = (sku: number) =>
      Math.round((2 + (sku % 9)) * (day % 7 >= 5 ? 3 : 1) * (1 + day / 7)) + ((day * sku) % 3);
    return {
      id: `o${day}`,
      type: 'order.placed',
      time: START_MS + day * DAY_MS,
      orderId: `o${day}`,
      location: 'shop',
      lines: Array.from({ length: SKUS }, (_, sku) => ({
        sku: `sku-${sku}`,
        quantity: units(sku),
      })),
    };
  });

let nats: TestNats;
let streams: Streams;
let dir = '';
let running: RunningEngine;

const start = (): Promise<RunningEngine> =>
  startEngine({
    'nats.url': nats.url,
    'data.dir': dir,
    'clickhouse.enabled': false,
    'neural.windows': 64,
    'neural.steps': 150,
    'neural.cpuShare': 1,
    'neural.copyTo': 'MODELS',
  });

const version = (): string => running.engine.core.neural?.version ?? '';

async function modelMessages(): Promise<StoredMessage[]> {
  const messages = await streams.read('EVENTS');
  return messages.filter(({ subject }) => subject === 'events.control');
}

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-training-'));
  running = await start();
  await streams.publish(orders(36));
  await until('a trained model is in force', () => version() !== '');
}, 240_000);

afterAll(async () => {
  await running?.stop();
  await streams?.close();
  await nats?.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

function replayed(core: Core, messages: readonly StoredMessage[]): Core {
  for (const { position, subject, storedAtMs, data } of messages) {
    const batch = new Batch();
    const bytes = new TextEncoder().encode(data);
    core.decoder.decode([{ position, subject, storedAtMs, data: bytes }], batch);
    core.chain.run(batch);
    core.outbox.take();
  }
  return core;
}

function forecasts(core: Core): number[] {
  const out = new Float64Array(7);
  return Array.from({ length: core.table.rows }, (_, row) => {
    return core.neural?.predict(row, 7, out) ? [...out] : [];
  }).flat();
}

describe('an engine with enough buckets', { timeout: 240_000 }, () => {
  it('trains, and puts the model into the log, under an id made of its bytes', async () => {
    const [message, ...others] = await modelMessages();
    expect(others).toEqual([]);
    const event = JSON.parse(message?.data ?? '') as ModelEvent;
    expect(event).toMatchObject({ type: 'control.model', version: version(), object: version() });
    expect(message?.id).toBe(event.id);
    expect(event.id).toMatch(/^model-[0-9a-f]{32}$/);
    expect(event.score?.targets).toBeGreaterThan(100);
  });

  it('takes its rows over with the events that follow', async () => {
    const { neural } = running.engine.core;
    expect(neural?.stale).toBeGreaterThan(0);
    const time = START_MS + 35 * DAY_MS;
    const ticks = Array.from({ length: 32 }, (_, n) => ({
      id: `t${n}`,
      type: 'control.tick',
      time,
    }));
    await streams.publish(ticks);
    await until('all rows are taken over', () => neural?.stale === 0);
  });

  it('has the same state as a replay of the log, which trains nothing', async () => {
    const messages = await streams.read('EVENTS');
    await until('all is decided', () => running.engine.position === messages.at(-1)?.position);
    const core = replayed(createCore(running.settings), messages);
    expect(core.neural?.version).toBe(version());
    expect(forecasts(core)).toEqual(forecasts(running.engine.core));
  });

  it('counts its trainings, and says how good they were', async () => {
    const { body } = await running.get('/metrics');
    expect(body).toMatch(/stockpulse_neural_trainings_total\{result="promoted"\} 1/);
    expect(body).toMatch(/stockpulse_neural_deviance\{of="seasonal-mean"\} [\d.]+/);
    expect(running.log.join('')).toMatch(/a network was trained and goes into the log/);
  });

  it('keeps a copy of the model in the object store', async () => {
    const copies = await ModelCopies.open(streams.connection, running.settings, 'MODELS');
    const listed = await copies.list();
    expect(listed).toMatchObject([{ version: version(), score: { targets: expect.any(Number) } }]);
    const [message] = await modelMessages();
    const { weights } = JSON.parse(message?.data ?? '') as ModelEvent;
    const bytes = (await copies.get(version())) as Uint8Array;
    expect(Buffer.from(bytes).toString('base64')).toBe(weights);
    expect(await copies.get('none')).toBeNull();
  });

  it('goes on with its model after a restart, and trains again when it is time', async () => {
    const before = version();
    await running.stop();
    running = await start();
    expect(version()).toBe(before);
    await streams.publish(orders(2, 36));
    await until('its rows forecast, as buckets close, or those of a newer one will', () => {
      return forecasts(running.engine.core).length === 7 * SKUS || version() !== before;
    });
    await until('another training has ended', async () => {
      const { body } = await running.get('/metrics');
      return /neural_trainings_total\{result="(promoted|kept)"\} 1/.test(body);
    });
  });
});

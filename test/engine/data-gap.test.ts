// Claims about an engine whose stream lost messages between two runs, on a real nats-server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PositionGapError, StreamRewoundError } from '../../connectors/nats/position-gap.js';
import type { Core } from '../../engine/core.js';
import type { Alert } from '../../operators/events/result.js';
import { coreWith, messageOf, positionLines, run, savedSections } from '../oracle/drive.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { type RunningEngine, startEngine } from './e2e/running-engine.js';
import { Streams } from './e2e/stream.js';
import { until } from './e2e/until.js';

let nats: TestNats;
let streams: Streams;
let dir = '';
beforeEach(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-gap-'));
});
afterEach(async () => {
  await streams.close();
  await nats.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

const events = (from: number, through: number) =>
  Array.from({ length: through - from + 1 }, (_, i) => ({
    id: `e${from + i}`,
    type: 'stock.adjusted',
    time: `2026-03-02T10:00:${String(from + i).padStart(2, '0')}Z`,
    location: 'london',
    sku: 'tea',
    quantity: from + i,
    reason: 'found',
  }));

const start = (overrides: Readonly<Record<string, unknown>> = {}): Promise<RunningEngine> =>
  startEngine({
    'nats.url': nats.url,
    'data.dir': dir,
    'clickhouse.enabled': false,
    ...overrides,
  });

/** Runs until `through` is decided, and stops, which saves the state. */
async function runThrough(through: number): Promise<void> {
  const running = await start();
  await until(`position ${through}`, () => running.engine.position === through);
  await running.stop();
}

async function dataGaps(): Promise<Alert[]> {
  const messages = await streams.read('SIGNALS');
  return messages
    .filter(({ subject }) => subject === 'alerts.data-gap.%')
    .map(({ data }) => JSON.parse(data) as Alert);
}

/** All state but the live page's, which only an engine with a page has, and the broker's times. */
const operatorState = (core: Core): Record<string, string> =>
  Object.fromEntries(
    Object.entries(savedSections(core)).filter(([name]) => !/^screen-|^last-message$/.test(name)),
  );

const missing = async (running: RunningEngine): Promise<string | undefined> =>
  /^stockpulse_missing_messages_total (\d+)$/m.exec((await running.get('/metrics')).body)?.[1];

describe('an engine whose unread messages are gone', { timeout: 60_000 }, () => {
  beforeEach(async () => {
    await runThroughFirst();
    await streams.publish(events(6, 10));
  });

  async function runThroughFirst(): Promise<void> {
    const running = await start();
    await streams.publish(events(1, 5));
    await until('position 5', () => running.engine.position === 5);
    await running.stop();
  }

  const purge = async (): Promise<void> => {
    const manager = await jetstreamManager(streams.connection);
    await manager.streams.purge('EVENTS', { seq: 9 });
  };

  it('tells it with count and positions, goes on, and decides what the rest of the log says', async () => {
    await purge();
    const running = await start();
    await until('position 10', () => running.engine.position === 10);
    const [alert, ...others] = await until('an alert', async () => {
      const found = await dataGaps();
      return found.length > 0 ? found : null;
    });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      id: 'data-gap/EVENTS/6-8',
      severity: 'critical',
      state: 'raised',
      time: '2026-03-02T10:00:05.000Z',
      score: 3,
      evidence: { missing: 3, from: 6, through: 8 },
    });
    expect(await missing(running)).toBe('3');
    expect(running.log.some((line) => line.includes('data gap'))).toBe(true);

    const left = [...events(1, 5), ...events(9, 10)];
    const core = coreWith({});
    const position = (id: string): number => Number(id.slice(1));
    run(
      core,
      left.map((e) => messageOf(JSON.stringify(e), position(e.id))),
      1,
    );
    expect(positionLines(running.engine.core)).toEqual(positionLines(core));
    expect(operatorState(running.engine.core)).toEqual(operatorState(core));
    await running.stop();
  });

  it('tells it when all was purged, though nothing else ever comes', async () => {
    const manager = await jetstreamManager(streams.connection);
    await manager.streams.purge('EVENTS');
    const running = await start();
    const [alert] = await until('an alert', async () => {
      const found = await dataGaps();
      return found.length > 0 ? found : null;
    });
    expect(alert?.evidence).toEqual({ missing: 5, from: 6, through: 10 });
    expect(running.engine.failure).toBeNull();
    await running.stop();
  });

  it('tells what max_msgs has discarded once, however often the engine is started', async () => {
    const manager = await jetstreamManager(streams.connection);
    await manager.streams.update('EVENTS', { max_msgs: 2 });
    const strict = { 'recovery.onGap': 'stop' };
    await expect(start(strict)).rejects.toThrow(PositionGapError);
    await expect(start(strict)).rejects.toThrow(/recovery\.onGap/);
    await runThrough(10);
    await runThrough(10);
    expect((await dataGaps()).map(({ id }) => id)).toEqual(['data-gap/EVENTS/6-8']);
  });

  it('does not start on a stream restored from an older backup, and tells it once', async () => {
    await runThrough(10);
    const manager = await jetstreamManager(streams.connection);
    const { config } = await manager.streams.info('EVENTS');
    await manager.streams.delete('EVENTS');
    await manager.streams.add(config);
    await streams.publish(events(1, 4));
    await expect(start()).rejects.toThrow(StreamRewoundError);
    await expect(start()).rejects.toThrow(/set the snapshots aside/);
    const alerts = await dataGaps();
    expect(alerts.map(({ evidence }) => evidence)).toEqual([
      { missing: 10, read: 10, first: 1, last: 4 },
    ]);
  });

  it('does not start on a stream that was set back and has grown past what was read', async () => {
    await runThrough(10);
    const manager = await jetstreamManager(streams.connection);
    const { config } = await manager.streams.info('EVENTS');
    await manager.streams.delete('EVENTS');
    await manager.streams.add(config);
    await streams.publish(events(21, 35));
    await expect(start()).rejects.toThrow(StreamRewoundError);
    await expect(start()).rejects.toThrow(/is not as it was.*set the snapshots aside/);
    const alerts = await dataGaps();
    expect(alerts.map(({ id, evidence }) => ({ id, evidence }))).toEqual([
      {
        id: 'data-gap/EVENTS/10/other/1-15',
        evidence: { missing: 10, read: 10, first: 1, last: 15 },
      },
    ]);
  });
});

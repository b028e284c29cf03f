// The real process, killed under load and started again: nothing is lost, nothing is doubled.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings, type Settings } from '../../../config/settings.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import type { Overview } from '../../../dashboards/protocol.js';
import { createCore, STATE_SCHEMA } from '../../../engine/core.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { startGivenClickHouse } from './given-clickhouse.js';
import { Load } from './load.js';
import { historyCounts } from './running-engine.js';
import { StockpulseProcess } from './stockpulse-process.js';
import { finalPositions, resultIds, straightRun } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 400_000;
const KILLS = 3;

let nats: TestNats;
let streams: Streams;
let dir: string;
let text: string;
let settings: Settings;
let running: StockpulseProcess | null = null;
let published = 0;

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-crash-'));
  text = [
    `data: { dir: ${join(dir, 'data')} }`,
    `nats: { url: '${nats.url}' }`,
    'http: { port: 0 }',
    'log: { level: debug, pretty: never }',
    'clickhouse: { batchWait: 100ms }',
    'snapshot: { interval: 1s }',
    // The broker's batches are small, so that a kill falls between many of them.
    'batch: { max: 50 }',
  ].join('\n');
  settings = loadSettings({ file: 'crash.yaml', env: {}, readFile: () => text });
}, TIMEOUT_MS);

afterAll(async () => {
  running?.signal('SIGKILL');
  await running?.allGone();
  await streams.close();
  await nats.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}, TIMEOUT_MS);

async function start(): Promise<StockpulseProcess> {
  running = await StockpulseProcess.run({ dir, settings: text });
  await running.up();
  await running.noteStarted();
  return running;
}

async function decided(engine: StockpulseProcess): Promise<number> {
  return (JSON.parse(await engine.get('/api/overview')) as Overview).eventsTotal;
}

/** The state in the newest snapshot. */
async function saved() {
  const store = new FileSnapshotStore({ dir: join(dir, 'data', 'snapshots'), keep: 3 });
  const { snapshot } = await store.newest(STATE_SCHEMA);
  if (snapshot === null) throw new Error('there is no snapshot');
  const core = createCore(settings);
  core.load(snapshot.bytes);
  return { position: snapshot.position, positions: finalPositions(core) };
}

describe('the engine as a process', () => {
  it(
    'is killed under load, goes on each time, and ends in order when told to',
    async () => {
      let engine = await start();
      const load = new Load(streams);
      for (let kill = 1; kill <= KILLS; kill++) {
        const before = await decided(engine);
        await until('it has decided more', async () => (await decided(engine)) > before + 500);
        engine.signal('SIGKILL');
        expect(await engine.ended).toBe('SIGKILL');
        // At once, while its ClickHouse may still be on its way out.
        const killed = engine;
        engine = await start();
        await killed.allGone();
      }
      published = await load.stop();
      await until('all events are decided', async () => (await decided(engine)) === published);
      engine.signal('SIGTERM');
      expect(await engine.ended).toBe(0);
      await engine.allGone();
    },
    TIMEOUT_MS,
  );

  it(
    'has then decided all of the stream once, and published each result once',
    async () => {
      const events = await streams.read('EVENTS');
      expect(events).toHaveLength(published);
      const expected = straightRun(settings, events);
      const results = resultIds(await streams.read('SIGNALS'));
      expect(expected.signals.length).toBeGreaterThan(5);
      expect(results).toEqual({ signals: expected.signals, alerts: expected.alerts });
      expect(await saved()).toEqual({ position: published, positions: expected.positions });
    },
    TIMEOUT_MS,
  );

  it(
    'has as much in ClickHouse as is in the streams',
    async () => {
      const results = resultIds(await streams.read('SIGNALS'));
      const clickhouse = await startGivenClickHouse(join(dir, 'data', 'clickhouse'));
      try {
        expect(await historyCounts(clickhouse.client)).toEqual({
          events: published,
          signals: results.signals.length,
          alerts: results.alerts.length,
        });
      } finally {
        await clickhouse.stop();
      }
    },
    TIMEOUT_MS,
  );

  it(
    'goes on from where it ended, and decides and publishes nothing again',
    async () => {
      const engine = await start();
      const loaded = engine.log.find(({ msg }) => msg === 'state loaded from a snapshot');
      expect(loaded?.position).toBe(published);
      const late = { id: 'after', type: 'control.tick', time: '2025-01-01T00:00:00Z' };
      await streams.publish([late]);
      await until('the next event is decided', async () => (await decided(engine)) > published);
      const metrics = await engine.get('/metrics');
      const counted = /^stockpulse_(?:events|signals|alerts)_total\{.*\} (?!0$).*$/gm;
      expect(metrics.match(counted)).toEqual(['stockpulse_events_total{kind="control.tick"} 1']);
      engine.signal('SIGTERM');
      expect(await engine.ended).toBe(0);
      await engine.allGone();
    },
    TIMEOUT_MS,
  );
});

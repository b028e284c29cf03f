// Another machine takes over: real processes with folders of their own, the first killed under load.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings, type Settings } from '../../../config/settings.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import type { SnapshotCopies } from '../../../connectors/nats/snapshot-copies.js';
import type { SnapshotStore } from '../../../connectors/snapshot-store.js';
import type { Overview } from '../../../dashboards/protocol.js';
import { createCore, STATE_SCHEMA } from '../../../engine/core.js';
import { openCopies } from '../../../engine/snapshot-bucket.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { Load } from './load.js';
import { StockpulseProcess } from './stockpulse-process.js';
import { finalPositions, resultIds, straightRun } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 400_000;
const BUCKET = 'take-over';

let nats: TestNats;
let streams: Streams;
let dir: string;
let copies: SnapshotCopies;
const engines: StockpulseProcess[] = [];
let published = 0;

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-take-over-'));
  copies = await openCopies(streams.connection, settingsOf('first'), BUCKET);
}, TIMEOUT_MS);

afterAll(async () => {
  for (const engine of engines) {
    engine.signal('SIGKILL');
    await engine.allGone();
  }
  await streams.close();
  await nats.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}, TIMEOUT_MS);

function textOf(name: string): string {
  return [
    `data: { dir: ${join(dir, name)} }`,
    `nats: { url: '${nats.url}', lease: { duration: 2s } }`,
    'http: { port: 0 }',
    'log: { level: debug, pretty: never }',
    'clickhouse: { enabled: false }',
    `snapshot: { interval: 1s, copyTo: ${BUCKET} }`,
    'batch: { max: 50 }',
  ].join('\n');
}

function settingsOf(name: string): Settings {
  return loadSettings({ file: 'x.yaml', env: {}, readFile: () => textOf(name) });
}

async function start(name: string): Promise<StockpulseProcess> {
  const engine = await StockpulseProcess.run({ dir, name, settings: textOf(name) });
  engines.push(engine);
  await engine.up();
  return engine;
}

async function decided(engine: StockpulseProcess): Promise<number> {
  return (JSON.parse(await engine.get('/api/overview')) as Overview).eventsTotal;
}

function loadedBy(engine: StockpulseProcess) {
  return engine.log.find(({ msg }) => msg === 'state loaded from a snapshot');
}

async function stateIn(store: SnapshotStore) {
  const { snapshot } = await store.newest(STATE_SCHEMA);
  if (snapshot === null) throw new Error('there is no snapshot');
  const core = createCore(settingsOf('first'));
  core.load(snapshot.bytes);
  const { position, fence } = snapshot;
  return { position, fence, positions: finalPositions(core) };
}

describe('an engine with an empty folder', () => {
  it(
    'goes on from the copy of the one that was killed, and ends in order',
    async () => {
      const first = await start('first');
      const load = new Load(streams);
      await until(
        'it has copied some',
        async () => ((await copies.list())[0]?.position ?? 0) > 500,
      );
      const before = (await copies.list())[0]?.position ?? 0;
      await until('it is beyond that', async () => (await decided(first)) > before + 200);
      first.signal('SIGKILL');
      expect(await first.ended).toBe('SIGKILL');

      const left = (await copies.list())[0];
      const second = await start('second');
      expect(loadedBy(second)).toMatchObject({
        position: left?.position,
        fence: left?.fence,
        from: `copy ${BUCKET}/EVENTS.SIGNALS/${left?.name}`,
      });
      published = await load.stop();
      await until('all is decided', async () => (await decided(second)) === published);
      second.signal('SIGTERM');
      expect(await second.ended).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'has then published each result once, the earlier ones by the first, and the right state',
    async () => {
      const events = await streams.read('EVENTS');
      expect(events).toHaveLength(published);
      const expected = straightRun(settingsOf('first'), events);
      expect(expected.signals.length).toBeGreaterThan(5);
      expect(resultIds(await streams.read('SIGNALS'))).toEqual({
        signals: expected.signals,
        alerts: expected.alerts,
      });
      const numbers = await streams.fences();
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(new Set(numbers).size).toBe(2);
      const state = { position: published, fence: numbers.at(-1), positions: expected.positions };
      const folder = join(dir, 'second', 'snapshots');
      expect(await stateIn(new FileSnapshotStore({ dir: folder }))).toEqual(state);
      // An orderly end waits for the last copy.
      expect(await stateIn(copies)).toEqual(state);
    },
    TIMEOUT_MS,
  );

  it(
    'has its own copy taken by the first, back on its old folder',
    async () => {
      expect(await readdir(join(dir, 'first', 'snapshots'))).not.toEqual([]);
      const first = await start('first');
      expect(loadedBy(first)).toMatchObject({
        position: published,
        from: expect.stringMatching(/^copy /),
      });
      await streams.publish([{ id: 'after', type: 'control.tick', time: '2025-01-01T00:00:00Z' }]);
      await until('the next event is decided', async () => (await decided(first)) > published);
      const metrics = await first.get('/metrics');
      const counted = /^stockpulse_(?:events|signals|alerts)_total\{.*\} (?!0$).*$/gm;
      expect(metrics.match(counted)).toEqual(['stockpulse_events_total{kind="control.tick"} 1']);
      first.signal('SIGTERM');
      expect(await first.ended).toBe(0);
    },
    TIMEOUT_MS,
  );
});

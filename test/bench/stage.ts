// A stage to measure on: a nats-server of its own, the real engine, a folder that goes away.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { loadSettings, type Settings } from '../../config/settings.js';
import { connectNats } from '../../connectors/nats/connect.js';
import { EventPublisher } from '../../connectors/nats/event-publisher.js';
import { findNatsServer } from '../../connectors/nats/find-server.js';
import { startLocalNats } from '../../connectors/nats/local-server.js';
import { ensureStreams } from '../../connectors/nats/streams.js';
import { Engine } from '../../engine/engine.js';
import { createLogger } from '../../engine/log.js';
import { streamPlans } from '../../engine/nats-options.js';

export const EVENTS_STREAM = 'EVENTS';

export interface Stage {
  readonly url: string;
  /** An engine without state of its own, reading the stream from its first message. */
  engine(withHistory: boolean): Promise<Engine>;
  /** Publishes in large messages; resolves when all are stored. */
  publish(events: readonly string[]): Promise<void>;
  lastPosition(): Promise<number>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const server = await findNatsServer(process.env);
  if (server === null) throw new Error('no nats-server; install it or set STOCKPULSE_NATS_SERVER');
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-bench-'));
  const sweep = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', sweep);
  const nats = await startLocalNats({ server, dir: join(dir, 'nats') });
  const connection = await connectNats({ url: nats.url, name: 'bench' });
  await ensureStreams(connection, streamPlans(settingsFor(nats.url, dir, false).nats));
  const manager = await jetstreamManager(connection);
  let engines = 0;
  return {
    url: nats.url,
    engine: async (withHistory) => {
      const settings = settingsFor(nats.url, join(dir, `engine-${++engines}`), withHistory);
      return await Engine.start({ settings, log: createLogger(settings.log) });
    },
    publish: async (events) => {
      const publisher = new EventPublisher(connection, { pack: 200 });
      for (const json of events) {
        await publisher.publish({ id: json.slice(7, json.indexOf('"', 7)), kind: 'mixed', json });
      }
      await publisher.close();
    },
    lastPosition: async () => (await manager.streams.info(EVENTS_STREAM)).state.last_seq,
    close: async () => {
      await connection.close();
      await nats.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
      process.removeListener('exit', sweep);
    },
  };
}

function settingsFor(url: string, dir: string, withHistory: boolean): Settings {
  return loadSettings({
    env: {},
    overrides: {
      'nats.url': url,
      'data.dir': dir,
      'http.port': 0,
      'log.level': 'error',
      'clickhouse.enabled': withHistory,
    },
  });
}

/** Resolves when it has become true. @throws Error at the limit */
export async function until(
  what: string,
  limitMs: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await wait(10);
  }
}

/**
 * `listen` is called after each batch with the ages of its events (ms, the first `count`) when
 * they were decided. Gives what ends it.
 */
export function onDecided(
  engine: Engine,
  listen: (count: number, latencies: Float64Array) => void,
): () => void {
  const { traffic } = engine;
  const decided = traffic.decided.bind(traffic);
  traffic.decided = (count, latencies, lastStoredAtMs) => {
    listen(count, latencies);
    decided(count, latencies, lastStoredAtMs);
  };
  return () => {
    traffic.decided = decided;
  };
}

// A whole engine in this process, on a real NATS and a real ClickHouse, in a folder of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { loadSettings, type Settings } from '../../../config/settings.js';
import { Engine } from '../../../engine/engine.js';
import { createLogger } from '../../../engine/log.js';

export const HISTORY_TABLES = { events: 'position', signals: 'id', alerts: 'id' } as const;

export interface RunningEngine {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly dir: string;
  /** Lines of the log, newest last. */
  readonly log: string[];
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Stops it and deletes its folder. */
  stop(): Promise<void>;
}

/** `overrides` are settings by path; `nats.url` must be among them. */
export async function startEngine(
  overrides: Readonly<Record<string, unknown>>,
): Promise<RunningEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-engine-'));
  const settings = loadSettings({
    env: {},
    overrides: { 'data.dir': dir, 'http.port': 0, 'clickhouse.batchWait': '50ms', ...overrides },
  });
  const log: string[] = [];
  const target = { write: (text: string) => log.push(text) };
  const logger = createLogger({ level: 'debug', pretty: 'never' }, target);
  let engine: Engine;
  try {
    engine = await Engine.start({ settings, log: logger });
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  return {
    ...{ engine, settings, dir, log },
    get: async (path) => {
      const answer = await fetch(new URL(path, engine.url));
      return { status: answer.status, body: await answer.text() };
    },
    stop: async () => {
      await engine.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export interface HistoryCounts {
  /** Rows under FINAL, and how many different messages or ids are among them. */
  readonly events: number;
  readonly signals: number;
  readonly alerts: number;
}

/** Different messages, signals and alerts in history; rows that FINAL leaves are all counted. */
export async function historyCounts(client: ClickHouseClient): Promise<HistoryCounts> {
  const of = async (table: keyof typeof HISTORY_TABLES): Promise<number> => {
    const key = HISTORY_TABLES[table];
    const query = `SELECT count() AS rows, uniqExact(${key}) AS different FROM ${table} FINAL`;
    const result = await client.query({ query, format: 'JSONEachRow' });
    const [row] = await result.json<{ rows: number | string; different: number | string }>();
    const [rows, different] = [Number(row?.rows), Number(row?.different)];
    // One row an id; an event has a row a line, and a message may hold several events.
    if (table !== 'events' && rows !== different) {
      throw new Error(`${table}: ${rows} rows of ${different} ids under FINAL`);
    }
    return different;
  };
  return { events: await of('events'), signals: await of('signals'), alerts: await of('alerts') };
}

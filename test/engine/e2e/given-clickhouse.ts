// A ClickHouse as somebody else's server: at one address, stopped and started as the test likes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { type ClickHouseOptions, createClickHouse } from '../../../connectors/clickhouse/client.js';
import { type EmbeddedChild, startChild } from '../../../connectors/clickhouse/embedded-child.js';
import { findChdb } from '../../../connectors/clickhouse/embedded-package.js';

export interface GivenClickHouse {
  /** For the settings of an engine, by path. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly client: ClickHouseClient;
  halt(): Promise<void>;
  /** Again, at the same address and with the same folder. */
  start(): Promise<void>;
  /** Ends it; deletes its folder unless that was given. May be called twice. */
  stop(): Promise<void>;
}

const DATABASE = 'stockpulse';
const PATIENCE_MS = 30_000;

/** `folder`: one that an embedded ClickHouse has left; default: a new one. */
export async function startGivenClickHouse(folder?: string): Promise<GivenClickHouse> {
  const chdb = findChdb(process.env);
  if (chdb === null) throw new Error('these tests need chdb: npm run setup installs it');
  const dir = folder ?? (await mkdtemp(join(tmpdir(), 'stockpulse-clickhouse-')));
  const [username, password] = ['shop', 'a-test-password'];
  const limits = { memoryBytes: 1024 ** 3, maxBodyBytes: 256 * 1024 ** 2 };
  const parallel = { maxRunning: 4, maxWaiting: 64 };
  const launch = (port: number): Promise<EmbeddedChild> =>
    startChild(
      { chdb, dir, port, username, password, ...limits, ...parallel },
      { startTimeoutMs: 120_000, log: () => undefined },
    );
  let child = await launch(0);
  const { port } = child;
  const url = `http://127.0.0.1:${port}`;
  const options: ClickHouseOptions = { url, username, password, database: DATABASE };
  const client = createClickHouse(options);
  const settings = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`clickhouse.${name}`, value]),
  );
  return {
    settings,
    client,
    halt: () => child.stop(PATIENCE_MS),
    start: async () => {
      child = await launch(port);
    },
    stop: async () => {
      await client.close();
      await child.stop(PATIENCE_MS);
      if (folder === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

// A real ClickHouse for tests: the embedded engine in a temporary folder, or a server's new database.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import {
  type ClickHouseOptions,
  createClickHouse,
  ensureDatabase,
} from '../../connectors/clickhouse/client.js';
import {
  type EmbeddedClickHouse,
  type EmbeddedClickHouseOptions,
  startEmbeddedClickHouse,
} from '../../connectors/clickhouse/embedded-server.js';

export interface TestClickHouse {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** A new database, made. */
  readonly database: string;
  /** The same as one object, for what takes options. */
  readonly options: ClickHouseOptions;
  /** The embedded engine; null when the tests run against a server. */
  readonly embedded: EmbeddedClickHouse | null;
  /** A client of that database; all are closed by `stop`. */
  client(more?: Partial<ClickHouseOptions>): ClickHouseClient;
  /** kill -9 of the embedded engine, which is then started again on its own. */
  kill(): void;
  /** Closes the clients, ends it and deletes what it made. May be called twice. */
  stop(): Promise<void>;
}

export async function startTestClickHouse(
  more: Partial<EmbeddedClickHouseOptions> = {},
): Promise<TestClickHouse> {
  const named = process.env.STOCKPULSE_TEST_CLICKHOUSE_URL;
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-clickhouse-'));
  const embedded = named ? null : await startEmbeddedClickHouse({ dir, ...more });
  const database = `test_${randomBytes(6).toString('hex')}`;
  const options: ClickHouseOptions = {
    url: named || (embedded?.url ?? ''),
    username: embedded?.username ?? process.env.STOCKPULSE_TEST_CLICKHOUSE_USERNAME ?? 'default',
    password: embedded?.password ?? process.env.STOCKPULSE_TEST_CLICKHOUSE_PASSWORD ?? '',
    database,
  };
  await ensureDatabase(options);
  const clients: ClickHouseClient[] = [];
  const client = (changed: Partial<ClickHouseOptions> = {}): ClickHouseClient => {
    const made = createClickHouse({ ...options, ...changed });
    clients.push(made);
    return made;
  };
  let stopped = false;
  return {
    url: options.url,
    username: options.username,
    password: options.password,
    database,
    options,
    embedded,
    client,
    kill: () => {
      if (embedded === null) throw new Error('only the embedded ClickHouse can be killed');
      process.kill(embedded.pid, 'SIGKILL');
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      if (embedded === null) await client().command({ query: `DROP DATABASE ${database}` });
      await Promise.all(clients.map((each) => each.close()));
      await embedded?.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

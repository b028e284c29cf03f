// History: the embedded or a given ClickHouse, its tables, and a sink for each of them.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { ensureChdb } from '#setup/chdb.mjs';
import type { Settings } from '../config/settings.js';
import {
  type ClickHouseOptions,
  createClickHouse,
  ensureDatabase,
} from '../connectors/clickhouse/client.js';
import {
  type EmbeddedClickHouse,
  startEmbeddedClickHouse,
} from '../connectors/clickhouse/embedded-server.js';
import type { HistoryStats } from '../connectors/clickhouse/history-options.js';
import { migrate, readMigrations } from '../connectors/clickhouse/migrations.js';
import { openHistory, type History as Sinks } from '../connectors/clickhouse/open-history.js';
import type { Sink } from '../connectors/sink.js';
import type { PartStatus } from '../dashboards/protocol.js';
import type { HistoryRows } from './history-rows.js';
import type { Logger } from './log.js';
import { inParts, pauses, SLICE_MS } from './pauses.js';

const RETRY_MS = 500;
/** Unknown user, wrong or missing password, authentication failed: waiting mends none of them. */
const LASTING = new Set(['192', '193', '194', '516']);

export class History {
  /** Over tables and sinks that are there; `open` makes them. */
  constructor(
    readonly client: ClickHouseClient,
    private readonly sinks: Sinks,
    private readonly embedded: EmbeddedClickHouse | null,
  ) {}

  /**
   * Starts or finds ClickHouse, makes the tables; an abort of `signal` ends that.
   * @throws Error that says what to do
   */
  static async open(settings: Settings, log: Logger, signal?: AbortSignal): Promise<History> {
    const { url } = settings.clickhouse;
    const embedded = url === null ? await startEmbedded(settings, log, signal) : null;
    const options: ClickHouseOptions = {
      url: embedded?.url ?? (url as string),
      username: embedded?.username ?? settings.clickhouse.username,
      password: embedded?.password ?? settings.clickhouse.password ?? '',
      database: settings.clickhouse.database,
    };
    try {
      signal?.throwIfAborted();
      await firstConnection(options, settings.clickhouse.startWait, log, signal);
      const client = createClickHouse(options);
      const ran = await migrate(client, await readMigrations());
      if (ran.length > 0) log.info({ migrations: ran }, 'history tables are up to date now');
      const sinks = await openHistory({
        client,
        dir: join(settings.data.dir, 'history'),
        batchRows: settings.clickhouse.batchRows,
        batchWaitMs: settings.clickhouse.batchWait,
        maxQueuedRows: settings.clickhouse.maxQueuedRows,
        spoolBytes: settings.clickhouse.spoolBytes,
        log: (line) => log.warn({ part: 'history' }, line),
      });
      return new History(client, sinks, embedded);
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
  }

  /** Takes rows into memory; waits while memory and disk are full. */
  async write(rows: HistoryRows, signal: AbortSignal): Promise<void> {
    const { events, positions, buckets, signals, alerts } = this.sinks;
    const pause = pauses(SLICE_MS);
    await writeInParts(events, rows.events, signal, pause);
    await writeInParts(positions, rows.positions, signal, pause);
    await writeInParts(buckets, rows.buckets, signal, pause);
    await writeInParts(signals, rows.signals, signal, pause);
    await writeInParts(alerts, rows.alerts, signal, pause);
  }

  /** Resolves when all that was written is in ClickHouse or on disk. */
  async flush(): Promise<void> {
    await this.sinks.flush();
  }

  /** Messages, signals and alerts, each counted once. */
  async counts(): Promise<{ events: number; signals: number; alerts: number }> {
    const result = await this.client.query({
      query:
        'SELECT (SELECT uniqExact(position) FROM events) AS events, ' +
        '(SELECT uniqExact(id) FROM signals) AS signals, (SELECT uniqExact(id) FROM alerts) AS alerts',
      format: 'JSONEachRow',
    });
    const [row] = await result.json<Record<'events' | 'signals' | 'alerts', number | string>>();
    const count = (name: 'events' | 'signals' | 'alerts'): number => Number(row?.[name] ?? 0);
    return { events: count('events'), signals: count('signals'), alerts: count('alerts') };
  }

  async close(): Promise<void> {
    try {
      await this.sinks.close();
    } finally {
      await this.client.close();
      await this.embedded?.stop();
    }
  }

  stats(): Readonly<Record<string, HistoryStats>> {
    return this.sinks.stats();
  }

  status(): PartStatus {
    const stats = Object.entries(this.stats());
    const worst = stats.find(([, s]) => s.state !== 'up');
    const spooled = stats.reduce((bytes, [, s]) => bytes + s.spooledBytes, 0);
    const waiting = `${spooled} bytes wait on disk`;
    if (worst === undefined) {
      const detail = spooled === 0 ? this.#where() : `${this.#where()}; ${waiting}`;
      return { name: 'clickhouse', state: 'up', detail };
    }
    const [table, { lastError }] = worst;
    const detail = `${table}: ${lastError ?? 'cannot insert'}; ${waiting}`;
    return { name: 'clickhouse', state: 'down', detail };
  }

  #where(): string {
    return this.embedded === null ? 'server' : `embedded ${this.embedded.version}`;
  }
}

/** Rows made and encoded between two looks at the time. */
const PART_ROWS = 256;

async function writeInParts<Row>(
  sink: Sink<Row>,
  rows: Iterable<Row>,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<void> {
  for (const part of inParts(rows, PART_ROWS)) {
    await sink.write(part, signal);
    await pause();
  }
}

async function startEmbedded(
  settings: Settings,
  log: Logger,
  signal?: AbortSignal,
): Promise<EmbeddedClickHouse> {
  const chdb = await ensureChdb({ say: (line) => log.info(line), signal });
  const embedded = await startEmbeddedClickHouse({
    dir: join(settings.data.dir, 'clickhouse'),
    chdb,
    log: (line) => log.debug({ part: 'clickhouse' }, line),
    onRestart: (restarts) => log.warn({ restarts }, 'the embedded ClickHouse was started again'),
  });
  log.info({ version: embedded.version, url: embedded.url }, 'embedded ClickHouse is up');
  return embedded;
}

async function firstConnection(
  options: ClickHouseOptions,
  waitMs: number,
  log: Logger,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await ensureDatabase(options, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (performance.now() > deadline || isLasting(error)) {
        const what = `ClickHouse at ${options.url} cannot be used: ${(error as Error).message}`;
        const todo = 'start it, correct clickhouse.url and its user, or leave clickhouse.url out';
        throw new Error(`${what}; ${todo}`, { cause: error });
      }
      log.debug({ err: error }, 'ClickHouse does not answer yet');
      await wait(RETRY_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function isLasting(error: unknown): boolean {
  return error instanceof ClickHouseError && LASTING.has(error.code);
}

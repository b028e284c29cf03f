// History into ClickHouse: rows per second of the sink over the embedded engine, and of its parts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRows } from '../../connectors/clickhouse/encode.js';
import { HistorySink } from '../../connectors/clickhouse/history.js';
import { migrate, readMigrations } from '../../connectors/clickhouse/migrations.js';
import type { EventRow } from '../../connectors/clickhouse/rows.js';
import { EVENTS } from '../../connectors/clickhouse/tables.js';
import { startTestClickHouse } from '../servers/clickhouse.js';

export interface ClickHouseFigures {
  readonly rows: number;
  /** Rows to bytes on the engine's own thread: what history costs the hot path. */
  readonly encodedRowsPerSecond: number;
  /** From the first write to the last row inserted. */
  readonly insertedRowsPerSecond: number;
  /** Longest time that one write of 4,096 rows held the thread or waited. */
  readonly longestWriteMs: number;
  readonly queryMs: number;
}

const ROWS = 200_000;
const BATCH = 4_096;

export async function benchClickHouse(): Promise<ClickHouseFigures> {
  const server = await startTestClickHouse();
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-bench-'));
  try {
    const client = server.client();
    await migrate(client, await readMigrations());
    const rows = Array.from({ length: ROWS }, (_, n) => benchRow(n));
    encodeRows(EVENTS, rows.slice(0, 20_000));
    const encoding = secondsOf(() => encodeRows(EVENTS, rows));
    const sink = await HistorySink.open(EVENTS, { client, dir });
    let longestWriteMs = 0;
    const startMs = performance.now();
    for (let at = 0; at < ROWS; at += BATCH) {
      const writeMs = performance.now();
      await sink.write(rows.slice(at, at + BATCH));
      longestWriteMs = Math.max(longestWriteMs, performance.now() - writeMs);
    }
    await sink.flush();
    const seconds = (performance.now() - startMs) / 1000;
    const queryStartMs = performance.now();
    const query = 'SELECT count() AS n FROM events FINAL';
    const found = await (await client.query({ query, format: 'JSONEachRow' })).json<{
      n: number;
    }>();
    const queryMs = performance.now() - queryStartMs;
    if (found[0]?.n !== ROWS) throw new Error(`${found[0]?.n} of ${ROWS} rows are in the table`);
    await sink.close();
    const figures = {
      rows: ROWS,
      encodedRowsPerSecond: Math.round(ROWS / encoding),
      insertedRowsPerSecond: Math.round(ROWS / seconds),
      longestWriteMs: Math.round(longestWriteMs * 10) / 10,
      queryMs: Math.round(queryMs * 10) / 10,
    };
    process.stdout.write(`clickhouse ${JSON.stringify(figures)}\n`);
    return figures;
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function benchRow(n: number): EventRow {
  return {
    position: n + 1,
    entry: 0,
    id: `order-${n}-placed`,
    kind: 'order.placed',
    timeMs: Date.UTC(2024, 0, 1) + n * 500,
    storedAtMs: Date.UTC(2024, 0, 1) + n * 500 + 3,
    sku: `SKU-${(n * 7919) % 20_000}`,
    location: `warehouse-${n % 5}`,
    quantity: 1 + (n % 9),
    reference: `order-${n >> 1}`,
  };
}

function secondsOf(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1000;
}

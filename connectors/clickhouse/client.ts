// The one way to make a ClickHouse client, for a server and for the embedded engine alike.
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { quoteName } from './sql-text.js';

export interface ClickHouseOptions {
  /** HTTP interface, e.g. http://127.0.0.1:8123. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Compresses what is sent and received: worth it over a network, not over loopback. */
  readonly compression?: boolean;
  /** A request that takes longer has failed. Default 60 s. */
  readonly requestTimeoutMs?: number;
  /** Connections at once, at most. Default 10. */
  readonly maxConnections?: number;
}

/** Does not connect yet. Errors are thrown to the caller and not logged by the client. */
export function createClickHouse(options: ClickHouseOptions): ClickHouseClient {
  const compression = options.compression ?? !isLoopback(options.url);
  return createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    database: options.database,
    application: 'stockpulse',
    request_timeout: options.requestTimeoutMs ?? 60_000,
    max_open_connections: options.maxConnections ?? 10,
    compression: { request: compression, response: compression },
    // Shorter than any server's own limit (3 s before 23.11), and checked against the clock, so
    // that a busy process does not write to a socket that the server has closed.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000, eagerly_destroy_stale_sockets: true },
    clickhouse_settings: {
      // An acknowledged insert is in the table: we batch ourselves.
      async_insert: 0,
      // Their defaults differ between versions; ours must not.
      output_format_json_quote_64bit_integers: 0,
      date_time_input_format: 'best_effort',
    },
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** Makes the database where it is missing; over a connection that does not need it to exist. */
export async function ensureDatabase(
  options: ClickHouseOptions,
  signal?: AbortSignal,
): Promise<void> {
  const client = createClickHouse({ ...options, database: 'default' });
  try {
    await client.command({
      query: `CREATE DATABASE IF NOT EXISTS ${quoteName(options.database)}`,
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
  } finally {
    await client.close();
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

// The settings of a history sink, with their defaults, and the figures it gives.
import { randomBytes } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { type Disk, REAL_DISK } from '../files/disk.js';

export interface HistoryOptions {
  readonly client: ClickHouseClient;
  /** Folder of this table's spool and of its rejected batches. */
  readonly dir: string;
  /** Rows of one insert, at most. Default 50,000. */
  readonly batchRows?: number;
  /** Bytes of one insert, at most (and one write more). Default 32 MiB. */
  readonly batchBytes?: number;
  /** A row waits this long for others, at most. Default 1 s. */
  readonly batchWaitMs?: number;
  /** Rows in memory, at most (and one write more); further ones go to disk. Default 500,000. */
  readonly maxQueuedRows?: number;
  /** Disk space while ClickHouse is away; full: `write` waits. Default 1 GiB. */
  readonly spoolBytes?: number;
  /** Disk space for batches that ClickHouse refuses as wrong; full: the sink stands. 256 MiB. */
  readonly rejectedBytes?: number;
  /** Between two tries: at first, and at most. Defaults 100 ms and 5 s. */
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** `close` waits this long for ClickHouse before it leaves the rest on disk. Default 10 s. */
  readonly closeTimeoutMs?: number;
  /** Names this run of the process in the tokens of its batches. Default: a random one. */
  readonly run?: string;
  readonly disk?: Disk;
  readonly log?: (line: string) => void;
}

export interface HistoryStats {
  /** In memory: neither inserted nor on disk. */
  readonly queuedRows: number;
  readonly spooledBatches: number;
  readonly spooledBytes: number;
  readonly insertedRows: number;
  readonly rejectedRows: number;
  /** Tries that failed. */
  readonly failures: number;
  /** Times that the limit of rows in memory took hold: rows had to wait or go to disk. */
  readonly queueFull: number;
  /** Times that the spool's disk space was used up. */
  readonly spoolFull: number;
  readonly lastError: string | null;
  /** down: ClickHouse is away, rows go to disk. degraded: the disk takes none either. */
  readonly state: 'up' | 'down' | 'degraded';
}

export const HISTORY_DEFAULTS = {
  batchRows: 50_000,
  batchBytes: 32 * 1024 ** 2,
  batchWaitMs: 1_000,
  maxQueuedRows: 500_000,
  spoolBytes: 1024 ** 3,
  rejectedBytes: 256 * 1024 ** 2,
  minBackoffMs: 100,
  maxBackoffMs: 5_000,
  closeTimeoutMs: 10_000,
  run: randomBytes(6).toString('hex'),
  disk: REAL_DISK,
  log: (_line: string): void => undefined,
};

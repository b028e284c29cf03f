// All tables of history together: one sink each, one limit for all of them.
import { join } from 'node:path';
import { HistorySink } from './history.js';
import { HISTORY_DEFAULTS, type HistoryOptions, type HistoryStats } from './history-options.js';
import type { AlertRow, BucketRow, EventRow, PositionRow, SignalRow } from './rows.js';
import { ALERTS, BUCKETS, EVENTS, type HistoryTable, POSITIONS, SIGNALS } from './tables.js';

export interface History {
  readonly events: HistorySink<EventRow>;
  readonly positions: HistorySink<PositionRow>;
  readonly buckets: HistorySink<BucketRow>;
  readonly signals: HistorySink<SignalRow>;
  readonly alerts: HistorySink<AlertRow>;
  /** Before a snapshot is saved: all rows written so far are inserted or on disk. */
  flush(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** By table. */
  stats(): Readonly<Record<string, HistoryStats>>;
}

/** What each table may take of the memory and the disk: nearly all rows are events and positions. */
const SHARES = { events: 0.4, positions: 0.4, buckets: 0.1, signals: 0.05, alerts: 0.05 };

/** `dir` gets a folder per table; `maxQueuedRows` and `spoolBytes` are for all tables together. */
export async function openHistory(options: HistoryOptions): Promise<History> {
  const all = { ...HISTORY_DEFAULTS, ...options };
  const open = <Row>(table: HistoryTable<Row>, share: number): Promise<HistorySink<Row>> => {
    const maxQueuedRows = Math.max(1, Math.floor(all.maxQueuedRows * share));
    return HistorySink.open(table, {
      ...options,
      dir: join(options.dir, table.name),
      maxQueuedRows,
      batchRows: Math.min(all.batchRows, maxQueuedRows),
      spoolBytes: Math.max(1, Math.floor(all.spoolBytes * share)),
    });
  };
  const [events, positions, buckets, signals, alerts] = await Promise.all([
    open(EVENTS, SHARES.events),
    open(POSITIONS, SHARES.positions),
    open(BUCKETS, SHARES.buckets),
    open(SIGNALS, SHARES.signals),
    open(ALERTS, SHARES.alerts),
  ]);
  const sinks = [events, positions, buckets, signals, alerts];
  return {
    ...{ events, positions, buckets, signals, alerts },
    flush: async (signal) => {
      await Promise.all(sinks.map((sink) => sink.flush(signal)));
    },
    close: async () => {
      const closed = await Promise.allSettled(sinks.map((sink) => sink.close()));
      const failed = closed.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
    stats: () => Object.fromEntries(sinks.map((sink) => [sink.name, sink.stats()])),
  };
}

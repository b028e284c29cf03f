// History as one would write it at first: what failed goes back to the rest and is tried again.
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { encodeRows } from '../../connectors/clickhouse/encode.js';
import type { HistoryStats } from '../../connectors/clickhouse/history-options.js';
import { Notifier } from '../../connectors/clickhouse/notifier.js';
import type { History as Sinks } from '../../connectors/clickhouse/open-history.js';
import {
  ALERTS,
  BUCKETS,
  EVENTS,
  type HistoryTable,
  POSITIONS,
  SIGNALS,
} from '../../connectors/clickhouse/tables.js';
import { History } from '../../engine/history.js';

export interface UnfrozenOptions {
  readonly client: ClickHouseClient;
  readonly run: string;
}

/** The planted bug: the token of the first try, and the rows of the moment. No spool either. */
class UnfrozenSink<Row> {
  readonly #changed = new Notifier();
  readonly #rows: Row[] = [];
  #token: string | null = null;
  #batches = 0;

  constructor(
    private readonly table: HistoryTable<Row>,
    private readonly options: UnfrozenOptions,
  ) {
    void this.#loop();
  }

  write(rows: readonly Row[]): Promise<void> {
    this.#rows.push(...rows);
    this.#changed.notify();
    return Promise.resolve();
  }

  async flush(): Promise<void> {
    while (this.#rows.length > 0) await this.#changed.changeAfter(this.#changed.version);
  }

  stats(): HistoryStats {
    return {
      ...{ queuedRows: this.#rows.length, spooledBatches: 0, spooledBytes: 0, insertedRows: 0 },
      ...{ rejectedRows: 0, failures: 0, queueFull: 0, spoolFull: 0, lastError: null, state: 'up' },
    };
  }

  async #loop(): Promise<void> {
    for (;;) {
      if (this.#rows.length === 0) await this.#changed.changeAfter(this.#changed.version);
      else await this.#try();
    }
  }

  async #try(): Promise<void> {
    const { table, options } = this;
    const count = this.#rows.length;
    this.#token ??= `${table.name}-${++this.#batches}-${options.run}`;
    const columns = table.columns.map(({ name }) => name).join(', ');
    try {
      await options.client.exec({
        query: `INSERT INTO ${table.name} (${columns}) FORMAT JSONCompactEachRow`,
        values: Readable.from([encodeRows(table, this.#rows)], { objectMode: false }),
        abort_signal: new AbortController().signal,
        clickhouse_settings: { insert_deduplication_token: this.#token },
      });
    } catch {
      await new Promise((done) => setTimeout(done, 100));
      return;
    }
    this.#token = null;
    this.#rows.splice(0, count);
    this.#changed.notify();
  }
}

export function unfrozenHistory(options: UnfrozenOptions): History {
  const made = [
    new UnfrozenSink(EVENTS, options),
    new UnfrozenSink(POSITIONS, options),
    new UnfrozenSink(BUCKETS, options),
    new UnfrozenSink(SIGNALS, options),
    new UnfrozenSink(ALERTS, options),
  ] as const;
  const [events, positions, buckets, signals, alerts] = made;
  const flush = async (): Promise<void> => {
    await Promise.all(made.map((sink) => sink.flush()));
  };
  const stats = () => ({ events: events.stats(), positions: positions.stats() });
  const sinks = { events, positions, buckets, signals, alerts, flush, close: flush, stats };
  return new History(options.client, sinks as unknown as Sinks, null);
}

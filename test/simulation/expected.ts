// What should have come of a log: each message alone through a new core, without any trouble.
import type { Settings } from '../../config/settings.js';
import { encodeRows } from '../../connectors/clickhouse/encode.js';
import {
  ALERTS,
  BUCKETS,
  EVENTS,
  type HistoryTable,
  SIGNALS,
} from '../../connectors/clickhouse/tables.js';
import { type Core, createCore } from '../../engine/core.js';
import { type HistoryRows, historyRows } from '../../engine/history-rows.js';
import { publishedMessages } from '../../engine/published.js';
import { Batch } from '../../operators/stream/batch.js';
import { OperatorError } from '../../operators/stream/operator-error.js';
import type { SetAsideEvent } from '../../operators/stream/set-aside.js';
import { type Row, rowsOf } from './clickhouse.js';
import type { FaultyEvents } from './faulty-events.js';
import type { Stored } from './nats-server.js';

export interface Expected {
  readonly core: Core;
  /** Data by id, on SIGNALS and REFUSED. */
  readonly published: ReadonlyMap<string, string>;
  /**
   * What the same id had before. An event that comes again behind `dedupe.window` may bring results
   * under the ids that its first arrival gave them.
   */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** All rows of history on the way there, as text. */
  readonly ever: ReadonlySet<string>;
  /** Rows of history by table and key, as they stand in the end. */
  readonly rows: Readonly<Record<HistoryTableName, ReadonlyMap<string, Row>>>;
  /** SKU-locations whose quantities ever changed: `sku location`. */
  readonly changed: ReadonlySet<string>;
}

/** The table of positions is not here: the naive oracle knows what it must hold. */
export const KEYS = {
  events: (row: Row) => `${row.position}/${row.entry}`,
  buckets: (row: Row) => `${row.sku} ${row.location} ${row.bucket} ${row.start}`,
  signals: (row: Row) => `${row.id}`,
  alerts: (row: Row) => `${row.id} ${row.state} ${row.time}`,
};
export type HistoryTableName = keyof typeof KEYS;

/** Events at which an operator throws for good are left out, each as soon as it is known. */
export function expectedOf(
  settings: Settings,
  log: readonly Stored[],
  faulty: FaultyEvents | null = null,
): Expected {
  const setAside: SetAsideEvent[] = [];
  for (;;) {
    const core = createCore(settings);
    for (const event of setAside) core.setAside.add(event);
    faulty?.spoilForGood(core);
    try {
      return straightRun(core, log);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      const { position, index } = error.event;
      setAside.push({ position, index, detail: error.message });
    }
  }
}

function straightRun(core: Core, log: readonly Stored[]): Expected {
  const published = new Map<string, string>();
  const before = new Map<string, string[]>();
  const changed = new Set<string>();
  const ever = new Set<string>();
  const rows = {
    events: new Map<string, Row>(),
    buckets: new Map<string, Row>(),
    signals: new Map<string, Row>(),
    alerts: new Map<string, Row>(),
  };
  for (const message of log) {
    const batch = new Batch();
    core.decoder.decode([message], batch);
    core.chain.run(batch);
    const results = core.outbox.take();
    for (const { id, data } of publishedMessages(results, Number.POSITIVE_INFINITY)) {
      const other = published.get(id);
      if (other !== undefined) before.set(id, [...(before.get(id) ?? []), other]);
      published.set(id, String(data));
    }
    const history = historyRows(core, { batch, results });
    for (const { sku, location } of history.positions) changed.add(`${sku} ${location}`);
    for (const [table, found] of encoded(history)) {
      for (const row of found) {
        rows[table].set(KEYS[table](row), row);
        ever.add(comparable(table, row));
      }
    }
  }
  return { core, published, before, rows, ever, changed };
}

/** Batches end where they like, and these columns say where. */
export function comparable(table: HistoryTableName, row: Row | undefined): string {
  if (row === undefined) return 'nothing';
  const { [table === 'buckets' ? 'position' : 'version']: _, ...rest } = row;
  return `${table} ${JSON.stringify(rest)}`;
}

function encoded(rows: HistoryRows): (readonly [HistoryTableName, Row[]])[] {
  const of = <T>(table: HistoryTable<T>, given: Iterable<T>): Row[] => {
    const columns = table.columns.map(({ name }) => name);
    return rowsOf(columns, encodeRows(table, [...given]).toString('utf8'));
  };
  return [
    ['events', of(EVENTS, rows.events)],
    ['buckets', of(BUCKETS, rows.buckets)],
    ['signals', of(SIGNALS, rows.signals)],
    ['alerts', of(ALERTS, rows.alerts)],
  ];
}

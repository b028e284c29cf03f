// From decided batches to the rows of the history tables.
import type {
  AlertRow,
  BucketRow,
  EventRow,
  PositionRow,
  SignalRow,
} from '../connectors/clickhouse/rows.js';
import { EVENT_TYPES } from '../operators/events/event.js';
import type { Alert } from '../operators/events/result.js';
import { type Batch, OUTCOME } from '../operators/stream/batch.js';
import type { ClosedBucket } from '../operators/stream/outbox.js';
import type { Core } from './core.js';
import type { Decided } from './pipeline.js';
import { signalRows } from './signal-records.js';

/** Rows by table, each made when it is asked for: a closing day brings one a SKU-location. */
export interface HistoryRows {
  readonly events: Iterable<EventRow>;
  readonly positions: Iterable<PositionRow>;
  readonly buckets: Iterable<BucketRow>;
  readonly signals: Iterable<SignalRow>;
  readonly alerts: Iterable<AlertRow>;
}

const OUTCOME_NAMES = Object.fromEntries(
  Object.entries(OUTCOME).map(([name, code]) => [code, name]),
) as Record<number, string>;

export function historyRows(core: Core, decided: Decided): HistoryRows {
  const { batch, results } = decided;
  return {
    events: eventRows(core, batch),
    positions: mapped(results.changedRows, (row) => positionRow(core, row, batch.through)),
    buckets: mapped(results.buckets, (bucket) => bucketRow(core, bucket, batch.through)),
    signals: signalRows(decided),
    alerts: mapped(results.alerts, alertRow),
  };
}

function* mapped<T, Row>(items: readonly T[], toRow: (item: T) => Row): Generator<Row> {
  for (const item of items) yield toRow(item);
}

/** A row a line; an event without lines, or without effect, has one. */
function* eventRows(core: Core, batch: Batch): Generator<EventRow> {
  let position = -1;
  let entry = 0;
  for (let i = 0; i < batch.count; i++) {
    if (batch.position[i] !== position) entry = 0;
    position = batch.position[i] as number;
    const outcome = batch.outcome[i] as number;
    const hasEffect = outcome === OUTCOME.applied || outcome === OUTCOME.late;
    const start = batch.lineStart[i] as number;
    const end = hasEffect ? (batch.lineStart[i + 1] as number) : start;
    if (start === end) yield eventRow(core, batch, i, -1, entry++);
    for (let n = start; n < end; n++) yield eventRow(core, batch, i, n, entry++);
  }
}

function eventRow(core: Core, batch: Batch, i: number, line: number, entry: number): EventRow {
  const outcome = batch.outcome[i] as number;
  const hasEffect = outcome === OUTCOME.applied || outcome === OUTCOME.late;
  const type = EVENT_TYPES[batch.type[i] as number] as string;
  const timeMs = batch.occurredAtMs[i] as number;
  const storedAtMs = batch.storedAtMs[i] as number;
  const row = line >= 0 ? (batch.lineRow[line] as number) : -1;
  return {
    position: batch.position[i] as number,
    entry,
    id: batch.id[i] as string,
    kind: hasEffect ? type : (OUTCOME_NAMES[outcome] as string),
    timeMs: Number.isNaN(timeMs) ? 0 : timeMs,
    storedAtMs: Number.isNaN(storedAtMs) ? null : storedAtMs,
    sku: line >= 0 ? core.table.skus.text(batch.lineSku[line] as number) : '',
    location: row >= 0 ? core.table.location(row) : '',
    quantity: line >= 0 ? (batch.lineQuantity[line] as number) : 0,
    reference: batch.reference[i] as string,
  };
}

function positionRow(core: Core, row: number, position: number): PositionRow {
  const quantities = core.ledger.positions.read(row);
  return {
    position,
    timeMs: core.clock.streamTimeMs,
    sku: core.table.sku(row),
    location: core.table.location(row),
    onHand: quantities.onHand,
    allocated: quantities.allocated,
    backordered: quantities.backordered,
    onOrder: quantities.onOrder,
    inTransit: quantities.inTransit,
    available: quantities.available,
    inventoryPosition: quantities.inventoryPosition,
  };
}

/** Ratio of the half widths of the 95 and the 80 % interval of a normal distribution. */
const WIDER = 1.959963984540054 / 1.2815515655446004;

/** Written out: a closing day makes one a SKU-location, and spread it would take 9 µs. */
function bucketRow(core: Core, bucket: ClosedBucket, position: number): BucketRow {
  const { row, forecast, upper80 } = bucket;
  const half95 = (upper80 - forecast) * WIDER;
  return {
    position,
    sku: core.table.sku(row),
    location: core.table.location(row),
    startMs: bucket.startMs,
    bucket: core.settings.demand.bucket,
    units: bucket.units,
    forecast: known(forecast),
    lower80: known(bucket.lower80),
    upper80: known(upper80),
    lower95: known(Math.max(0, forecast - half95)),
    upper95: known(forecast + half95),
    inStockShare: bucket.inStockShare,
    champion: bucket.champion,
    cartAdds: bucket.cartAdds,
    cartRemovals: bucket.cartRemovals,
    cartsAbandoned: bucket.cartsAbandoned,
    views: bucket.views,
  };
}

function alertRow(alert: Alert): AlertRow {
  const { time, cause, evidence, ...same } = alert;
  return {
    ...same,
    timeMs: Date.parse(time),
    evidence: JSON.stringify(evidence),
    causeId: cause.id,
    causePosition: cause.position,
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

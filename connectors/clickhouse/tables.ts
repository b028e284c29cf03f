// How the rows of history become the columns of their tables: one definition per table.
import type { AlertRow, BucketRow, EventRow, PositionRow, SignalRow } from './rows.js';

/** count: whole, not negative. time: whole milliseconds. A question mark: null is allowed. */
export type ColumnKind = 'text' | 'count' | 'number' | 'number?' | 'time' | 'time?';

export interface Column<Row> {
  readonly name: string;
  readonly field: keyof Row & string;
  readonly kind: ColumnKind;
}

export interface HistoryTable<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** Where in the log the row comes from: names a batch by its first and last row. */
  readonly positionOf: (row: Row) => number;
}

/** Fields in the order of the columns; a field named `…Ms` is the column without it. */
function table<Row>(
  name: string,
  positionOf: (row: Row) => number,
  kinds: { readonly [Field in keyof Row & string]: ColumnKind },
): HistoryTable<Row> {
  const fields = Object.keys(kinds) as (keyof Row & string)[];
  const columns = fields.map((field) => ({
    name: columnName(field),
    field,
    kind: kinds[field],
  }));
  return { name, columns, positionOf };
}

function columnName(field: string): string {
  return field.replace(/Ms$/, '').replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

const STOCK = {
  onHand: 'number',
  allocated: 'number',
  backordered: 'number',
  onOrder: 'number',
  inTransit: 'number',
  inventoryPosition: 'number',
} as const;

export const EVENTS = table<EventRow>('events', (row) => row.position, {
  position: 'count',
  entry: 'count',
  id: 'text',
  kind: 'text',
  timeMs: 'time',
  storedAtMs: 'time?',
  sku: 'text',
  location: 'text',
  quantity: 'number',
  reference: 'text',
});

export const POSITIONS = table<PositionRow>('positions', (row) => row.position, {
  position: 'count',
  timeMs: 'time',
  sku: 'text',
  location: 'text',
  ...STOCK,
  available: 'number',
});

export const BUCKETS = table<BucketRow>('buckets', (row) => row.position, {
  position: 'count',
  sku: 'text',
  location: 'text',
  startMs: 'time',
  bucket: 'text',
  units: 'number',
  forecast: 'number?',
  lower80: 'number?',
  upper80: 'number?',
  lower95: 'number?',
  upper95: 'number?',
  inStockShare: 'number',
  champion: 'text',
  cartAdds: 'number',
  cartRemovals: 'number',
  cartsAbandoned: 'number',
  views: 'number',
});

export const SIGNALS = table<SignalRow>('signals', (row) => row.version, {
  id: 'text',
  kind: 'text',
  timeMs: 'time',
  sku: 'text',
  location: 'text',
  quantity: 'number',
  supplier: 'text',
  fromLocation: 'text',
  neededByMs: 'time?',
  policy: 'text',
  ...STOCK,
  reorderPoint: 'number',
  orderUpToLevel: 'number',
  safetyStock: 'number',
  leadTimeDemandMean: 'number',
  leadTimeDemandSd: 'number',
  leadTimeDemandQuantile: 'number',
  leadTimeDemandLevel: 'number',
  reasons: 'text',
  counterfactual: 'number',
  causeId: 'text',
  causePosition: 'count',
  replaces: 'text',
  state: 'text',
  stateTimeMs: 'time',
  version: 'count',
});

export const ALERTS = table<AlertRow>('alerts', (row) => row.causePosition, {
  id: 'text',
  kind: 'text',
  severity: 'text',
  state: 'text',
  timeMs: 'time',
  sku: 'text',
  location: 'text',
  score: 'number',
  threshold: 'number',
  evidence: 'text',
  causeId: 'text',
  causePosition: 'count',
});

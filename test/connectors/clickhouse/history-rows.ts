// Rows for tests: number n always gives the same one, and odd values come up among them.
import type {
  AlertRow,
  BucketRow,
  EventRow,
  PositionRow,
  SignalRow,
} from '../../../connectors/clickhouse/rows.js';

const START_MS = Date.UTC(2024, 0, 1);
const TEXTS = ['SKU-1', 'ünï"cö\\dé', "it's\ta tab\nand a line", '', '\u0000漢字🛒', '1', 'NULL'];

function text(n: number): string {
  return TEXTS[n % TEXTS.length] ?? '';
}

function stock(n: number) {
  return {
    onHand: n,
    allocated: n / 3,
    backordered: 0,
    onOrder: 1e15 + n,
    inTransit: 1e-7 * n,
    inventoryPosition: -n - 0.25,
  };
}

export function eventRow(n: number): EventRow {
  return {
    position: 2 ** 52 + n,
    entry: n % 3,
    id: `${text(n)}-${n}`,
    kind: 'order.placed',
    timeMs: START_MS + n * 1_001,
    storedAtMs: n % 2 === 0 ? null : START_MS + n,
    sku: text(n),
    location: text(n + 1),
    quantity: n % 5 === 0 ? -0.1 : n,
    reference: text(n + 2),
  };
}

export function positionRow(n: number): PositionRow {
  return {
    position: n,
    timeMs: START_MS + n,
    sku: text(n),
    location: text(n + 3),
    ...stock(n),
    available: n,
  };
}

export function bucketRow(n: number): BucketRow {
  return {
    position: n,
    sku: text(n),
    location: 'main',
    startMs: START_MS + n * 3_600_000,
    bucket: n % 2 === 0 ? 'hour' : 'day',
    units: n,
    forecast: n % 3 === 0 ? null : n / 7,
    lower80: null,
    upper80: n * 2,
    lower95: null,
    upper95: n % 3 === 0 ? null : n * 3,
    inStockShare: 0.5,
    champion: 'holt-winters',
    cartAdds: 1,
    cartRemovals: 2,
    cartsAbandoned: 3,
    views: 4,
  };
}

export function signalRow(n: number): SignalRow {
  return {
    id: `signal-${n}`,
    kind: 'reorder',
    timeMs: START_MS + n,
    sku: text(n),
    location: 'main',
    quantity: n,
    supplier: text(n + 1),
    fromLocation: '',
    neededByMs: n % 2 === 0 ? null : START_MS - n,
    policy: 'sS',
    ...stock(n),
    reorderPoint: n,
    orderUpToLevel: 2 * n,
    safetyStock: 1.5,
    leadTimeDemandMean: 10,
    leadTimeDemandSd: 2.5,
    leadTimeDemandQuantile: 14.1,
    leadTimeDemandLevel: 0.95,
    reasons: JSON.stringify([{ factor: 'demand "now"', value: n, contribution: n }]),
    counterfactual: 3,
    causeId: text(n),
    causePosition: n,
    replaces: '',
    state: 'raised',
    stateTimeMs: START_MS + n,
    version: n,
  };
}

export function alertRow(n: number): AlertRow {
  return {
    id: `alert-${n}`,
    kind: 'stockout',
    severity: 'critical',
    state: n % 2 === 0 ? 'raised' : 'cleared',
    timeMs: START_MS + n,
    sku: text(n),
    location: 'main',
    score: n / 9,
    threshold: 0,
    evidence: '{"onHand":0}',
    causeId: text(n),
    causePosition: n,
  };
}

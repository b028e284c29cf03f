// The naive oracle over a log: plain objects, an event at a time, asked at any position.
import type { Settings } from '../../config/settings.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import { localDate } from '../oracle/local-days.js';
import { Oracle } from '../oracle/oracle.js';
import type { Row } from './clickhouse.js';
import type { Stored } from './nats-server.js';
import type { Line } from './workload.js';

const QUANTITIES = [
  ['on_hand', 'onHand'],
  ['allocated', 'allocated'],
  ['backordered', 'backordered'],
  ['on_order', 'onOrder'],
  ['in_transit', 'inTransit'],
  ['available', 'available'],
  ['inventory_position', 'inventoryPosition'],
] as const;

export interface NaiveRun {
  readonly oracle: Oracle;
  /** Rows of history's `positions` that are not what was so at their position. */
  readonly wrong: ReadonlySet<Row>;
}

/** `sent` gives the lines that a message of the log was sent as, as far as they count. */
export function naiveRun(
  settings: Settings,
  log: readonly Stored[],
  sent: (message: Stored) => readonly Pick<Line, 'event'>[],
  rows: readonly Row[],
): NaiveRun {
  const oracle = new Oracle({
    disorderMs: settings.time.disorder,
    allowedLatenessMs: settings.time.allowedLateness,
    dedupeWindowMs: settings.dedupe.window,
    decrementOn: settings.stock.decrementOn,
    timeZoneOf: (location) => zoneOf(settings, location),
  });
  const asked = new Map<number, Row[]>();
  for (const row of rows) {
    const position = row.position as number;
    const others = asked.get(position);
    if (others === undefined) asked.set(position, [row]);
    else others.push(row);
  }
  const wrong = new Set(rows);
  for (const message of log) {
    const { position, storedAtMs } = message;
    for (const { event } of sent(message)) {
      if (event === null || msOf(event) > storedAtMs + settings.time.maxAhead) continue;
      oracle.take(event);
    }
    for (const row of asked.get(position) ?? []) if (isSo(oracle, row)) wrong.delete(row);
  }
  return { oracle, wrong };
}

function isSo(oracle: Oracle, row: Row): boolean {
  const quantities = oracle.quantities(String(row.sku), String(row.location));
  const isTime = row.time === oracle.streamTimeMs;
  return isTime && QUANTITIES.every(([column, field]) => row[column] === quantities[field]);
}

function zoneOf(settings: Settings, location: string): string {
  return settings.locations[location]?.timeZone ?? settings.time.zone;
}

function msOf({ time }: InventoryEvent): number {
  return typeof time === 'number' ? time : Date.parse(time);
}

/** What of the closed buckets is not as the oracle has it, either way. */
export function wrongBuckets(
  settings: Settings,
  oracle: Oracle,
  buckets: readonly Row[],
): string[] {
  const problems: string[] = [];
  const closed = new Set<string>();
  for (const { sku, location, start, units } of buckets) {
    const place = [String(sku), String(location)] as const;
    const date = localDate(start as number, zoneOf(settings, place[1]));
    const expected = oracle.unitsOf(...place, date);
    const name = `${sku} ${location} ${date}`;
    if (units !== expected) problems.push(`bucket ${name} has ${units}, the oracle ${expected}`);
    if (closed.has(name)) problems.push(`bucket ${name} is there twice`);
    closed.add(name);
  }
  for (const { sku, location, date, units } of oracle.closedDemand()) {
    const name = `${sku} ${location} ${date}`;
    if (!closed.has(name)) problems.push(`bucket ${name} of ${units} units is missing`);
  }
  return problems;
}

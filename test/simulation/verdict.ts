// Compares what a run has left behind with what should be: state, results, history, positions.
import type { Settings } from '../../config/settings.js';
import type { Core } from '../../engine/core.js';
import { savedSections } from '../oracle/drive.js';
import type { Row, SimulatedClickHouse } from './clickhouse.js';
import { comparable, type Expected, expectedOf, type HistoryTableName, KEYS } from './expected.js';
import { naiveRun, wrongBuckets } from './naive.js';
import type { NatsServer, Stored } from './nats-server.js';
import type { Message } from './workload.js';

export interface Remains {
  readonly settings: Settings;
  readonly core: Core;
  /** Position that the engine said it had reached, and the one in its last snapshot. */
  readonly position: number;
  readonly snapshotPosition: number | null;
  readonly lineage: readonly number[];
  readonly former: readonly (readonly number[])[];
  readonly server: NatsServer;
  readonly clickhouse: SimulatedClickHouse;
  readonly sent: readonly Message[];
}

interface DataGap {
  readonly evidence: { readonly from: number; readonly through: number };
}

/** What is wrong, in words; empty: all is as it should be. */
export function verdict(remains: Remains): string[] {
  const { settings, core, server, clickhouse } = remains;
  const expected = expectedOf(settings, logOf(remains, remains.lineage));
  // Messages that are gone now may have been decided before a crash: what came of that may stand.
  const others = divergent(remains).map((lineage) => ({
    lineage,
    expected: expectedOf(settings, logOf(remains, lineage)),
  }));
  const gaps = server.signals.log.filter(({ id }) => id.startsWith('data-gap/'));
  const all = [expected, ...others.map((other) => other.expected)];
  const rows = clickhouse.final('positions');
  const naive = naiveRun(settings, logOf(remains, remains.lineage), remains.sent, rows);
  const wrongRows = others.reduce(
    (wrong, { lineage }) => {
      const run = naiveRun(settings, logOf(remains, lineage), remains.sent, rows);
      return wrong.filter((row) => run.wrong.has(row));
    },
    [...naive.wrong],
  );
  return [
    ...positionsRead(remains, gaps),
    ...quantities(core, naive.oracle),
    ...sections(core, expected.core),
    ...published([...server.signals.log, ...server.refused.log], all),
    ...(['events', 'signals', 'alerts'] as const).flatMap((table) =>
      history(table, clickhouse.final(table), all),
    ),
    ...history('buckets', clickhouse.final('buckets'), all),
    ...(others.length > 0 ? [] : wrongBuckets(settings, naive.oracle, clickhouse.final('buckets'))),
    ...wrongRows.map((row) => `row of positions that was never so: ${JSON.stringify(row)}`),
    ...lastRows(rows, naive.oracle, expected, others.length > 0),
    ...gapRows(clickhouse, gaps),
    ...clickhouse.copies.problems,
  ];
}

function logOf({ server }: Remains, lineage: readonly number[]): Stored[] {
  return lineage.map((position) => server.events.log[position - 1] as Stored);
}

/** Former lineages that the last one does not begin with. */
function divergent({ lineage, former }: Remains): (readonly number[])[] {
  return former.filter((other) => other.some((position, i) => lineage[i] !== position));
}

function positionsRead(remains: Remains, gaps: readonly Stored[]): string[] {
  const { lineage, server, position, snapshotPosition } = remains;
  const { last, first } = server.events;
  const problems: string[] = [];
  if (position !== last) problems.push(`the engine is at position ${position} of ${last}`);
  if ((snapshotPosition ?? 0) !== last) {
    problems.push(`the last snapshot is of position ${snapshotPosition}, not ${last}`);
  }
  const told = gaps.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as DataGap);
  const read = new Set(lineage);
  if (read.size !== lineage.length) problems.push('a message was handed to one core twice');
  // A core without a snapshot begins with the first message that there is, whatever came before.
  for (let p = 1; p <= last; p++) {
    if (read.has(p) || p < Math.min(first, lineage[0] ?? 0)) continue;
    if (p >= first) problems.push(`position ${p} was never read, and it is in the stream`);
    else if (!told.some(({ evidence: e }) => e.from <= p && p <= e.through)) {
      problems.push(`position ${p} is lost, and no alert tells it`);
    }
  }
  for (const { evidence } of told) {
    if (evidence.through >= first) problems.push(`a gap is told that is none: ${evidence.through}`);
  }
  return problems;
}

export function quantities(core: Core, oracle: ReturnType<typeof naiveRun>['oracle']): string[] {
  const problems: string[] = [];
  for (let row = 0; row < core.table.rows; row++) {
    const [sku, location] = [core.table.sku(row), core.table.location(row)];
    const found = JSON.stringify(core.ledger.positions.read(row), QUANTITIES);
    const expected = JSON.stringify(oracle.quantities(sku, location), QUANTITIES);
    if (found !== expected) problems.push(`${sku} at ${location}: ${found}, oracle ${expected}`);
  }
  return problems;
}

const QUANTITIES = [
  ...['onHand', 'allocated', 'backordered', 'onOrder', 'inTransit'],
  ...['available', 'inventoryPosition'],
];

/** All state but the live page's, to the byte. */
export function sections(core: Core, expected: Core): string[] {
  const found = savedSections(core);
  return Object.entries(savedSections(expected))
    .filter(([name, digest]) => found[name] !== digest)
    .map(([name]) => `the state differs from the straight run's in ${name}`);
}

function published(stored: readonly Stored[], all: readonly Expected[]): string[] {
  const problems: string[] = [];
  const found = new Set<string>();
  for (const { id, data } of stored) {
    if (found.has(id)) problems.push(`${id} is published twice`);
    found.add(id);
    if (id.startsWith('data-gap/')) continue;
    const text = Buffer.from(data).toString();
    if (all.some((expected) => expected.published.get(id) === text)) continue;
    const isKnown = all.some((expected) => expected.published.has(id));
    problems.push(`${id} is published ${isKnown ? `with other content: ${text}` : 'for nothing'}`);
  }
  for (const id of (all[0] as Expected).published.keys()) {
    if (!found.has(id)) problems.push(`${id} is not published`);
  }
  return problems;
}

function history(
  table: HistoryTableName,
  found: readonly Row[],
  all: readonly Expected[],
): string[] {
  const problems: string[] = [];
  const keys = new Set<string>();
  for (const row of found) {
    if (row.kind === 'data-gap') continue;
    const key = KEYS[table](row);
    keys.add(key);
    const text = comparable(table, row);
    const expected = comparable(table, (all[0] as Expected).rows[table].get(key));
    if (text === expected) continue;
    // What a log had brought about that was lost since may stand as it was then.
    if (all.slice(1).some(({ ever }) => ever.has(text))) continue;
    problems.push(`${text}, not ${expected}`);
  }
  for (const key of (all[0] as Expected).rows[table].keys()) {
    if (!keys.has(key)) problems.push(`${table}: ${key} is missing`);
  }
  return problems;
}

/** The newest row of each SKU-location says what it has in the end. */
function lastRows(
  rows: readonly Row[],
  oracle: ReturnType<typeof naiveRun>['oracle'],
  { changed }: Expected,
  isDivergent: boolean,
): string[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.sku} ${row.location}`;
    const other = newest.get(key);
    if (other === undefined || (other.position as number) < (row.position as number)) {
      newest.set(key, row);
    }
  }
  const problems = [...changed]
    .filter((key) => !newest.has(key))
    .map((key) => `positions: no row of ${key}`);
  if (isDivergent) return problems;
  for (const [key, row] of newest) {
    const [sku, location] = key.split(' ') as [string, string];
    const expected = oracle.quantities(sku, location);
    const isSo =
      row.on_hand === expected.onHand &&
      row.allocated === expected.allocated &&
      row.backordered === expected.backordered &&
      row.on_order === expected.onOrder &&
      row.in_transit === expected.inTransit;
    if (!isSo) problems.push(`positions: the last row of ${key} is old: ${JSON.stringify(row)}`);
  }
  return problems;
}

function gapRows(clickhouse: SimulatedClickHouse, gaps: readonly Stored[]): string[] {
  const rows = clickhouse.final('alerts').filter(({ kind }) => kind === 'data-gap');
  const known = new Set(gaps.map(({ id }) => id));
  return rows
    .filter(({ id }) => !known.has(String(id)))
    .map(({ id }) => `alerts: ${id} is in history and was never published`);
}

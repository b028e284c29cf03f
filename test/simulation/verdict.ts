// Compares what a run has left behind with what should be: state, results, history, positions.
import type { Settings } from '../../config/settings.js';
import type { Core } from '../../engine/core.js';
import { savedSections } from '../oracle/drive.js';
import type { Row, SimulatedClickHouse } from './clickhouse.js';
import { comparable, type Expected, expectedOf, type HistoryTableName, KEYS } from './expected.js';
import type { FaultyEvents } from './faulty-events.js';
import { naiveRun, wrongBuckets } from './naive.js';
import type { NatsServer, Stored } from './nats-server.js';
import type { Message } from './workload.js';

export interface Remains {
  readonly settings: Settings;
  readonly core: Core;
  /** Position that the engine said it had reached, and the one in its last snapshot. */
  readonly position: number;
  readonly snapshotPosition: number | null;
  readonly lineage: readonly Stored[];
  readonly former: readonly (readonly Stored[])[];
  readonly server: NatsServer;
  readonly clickhouse: SimulatedClickHouse;
  /** By the bytes of what was stored. */
  readonly sent: ReadonlyMap<Uint8Array, Message>;
  readonly faulty: FaultyEvents;
}

interface DataGap {
  /** None of both: the stream was another one. */
  readonly evidence: { readonly from?: number; readonly through?: number };
}

/** What is wrong, in words; empty: all is as it should be. */
export function verdict(remains: Remains): string[] {
  const { settings, core, server, clickhouse } = remains;
  const { faulty } = remains;
  const expected = expectedOf(settings, remains.lineage, faulty);
  // Messages that are gone now may have been decided before a crash: what came of that may stand.
  const others = divergent(remains).map((lineage) => ({
    lineage,
    expected: expectedOf(settings, lineage, faulty),
  }));
  const gaps = server.signals.log.filter(({ id }) => id.startsWith('data-gap/'));
  const all = [expected, ...others.map((other) => other.expected)];
  const rows = clickhouse.final('positions');
  // What is set aside counts as never sent.
  const naiveOf = (log: readonly Stored[], { core }: Expected) => {
    const sent = ({ data, position }: Stored) =>
      (remains.sent.get(data)?.lines ?? []).map(({ event }, index) => {
        return { event: core.setAside.find(position, index) === undefined ? event : null };
      });
    return naiveRun(settings, log, sent, rows);
  };
  const naive = naiveOf(remains.lineage, expected);
  const wrongRows = others.reduce(
    (wrong, other) => {
      const run = naiveOf(other.lineage, other.expected);
      return wrong.filter((row) => run.wrong.has(row));
    },
    [...naive.wrong],
  );
  return [
    ...positionsRead(remains, gaps),
    ...quantities(core, naive.oracle),
    ...sections(core, expected.core),
    ...setAside(remains, expected.core),
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

/** Former lineages that the last one does not begin with; the longest of those that agree. */
function divergent({ lineage, former }: Remains): (readonly Stored[])[] {
  const begins = (whole: readonly Stored[], part: readonly Stored[]): boolean =>
    part.every((message, i) => whole[i] === message);
  const longest: (readonly Stored[])[] = [];
  for (const other of [...former].sort((a, b) => b.length - a.length)) {
    if (!begins(lineage, other) && !longest.some((one) => begins(one, other))) longest.push(other);
  }
  return longest;
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
  const read = new Set(lineage.map((message) => message.position));
  if (read.size !== lineage.length) problems.push('a message was handed to one core twice');
  for (const message of lineage) {
    // What is purged tells nobody that the stream was set back before.
    if (message.position < first || server.events.holds(message)) continue;
    problems.push(`position ${message.position} was read, and is not what the stream holds there`);
  }
  // A core without a snapshot begins with the first message that there is, whatever came before.
  for (let p = 1; p <= last; p++) {
    if (read.has(p) || p < Math.min(first, lineage[0]?.position ?? 0)) continue;
    if (p >= first) problems.push(`position ${p} was never read, and it is in the stream`);
    else if (!told.some(({ evidence: e }) => (e.from ?? p + 1) <= p && p <= (e.through ?? 0))) {
      problems.push(`position ${p} is lost, and no alert tells it`);
    }
  }
  for (const { evidence } of told) {
    if ((evidence.through ?? 0) >= first) {
      problems.push(`a gap is told that is none: ${evidence.through}`);
    }
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
    .filter(([name, digest]) => found[name] !== digest && !name.startsWith('set-aside.'))
    .map(([name]) => `the state differs from the straight run's in ${name}`);
}

/** What is set aside stays so in the state when its message is purged before it is read again. */
function setAside({ core, lineage }: Remains, expected: Core): string[] {
  const read = new Set(lineage.map(({ position }) => position));
  const places = (of: Core): string[] => {
    const sections = of.sections();
    const positions = [...((sections.get('set-aside.positions') ?? []) as Float64Array)];
    const indexes = (sections.get('set-aside.indexes') ?? []) as Uint32Array;
    return positions
      .map((position, i) => ({ position, index: indexes[i] as number }))
      .filter(({ position }) => read.has(position))
      .map(
        (place) =>
          `${JSON.stringify(place)}: ${of.setAside.find(place.position, place.index)?.detail}`,
      )
      .sort();
  };
  const [found, wanted] = [places(core).join(), places(expected).join()];
  return found === wanted ? [] : [`set aside are ${found}, in the straight run ${wanted}`];
}

function published(stored: readonly Stored[], all: readonly Expected[]): string[] {
  const problems: string[] = [];
  const found = new Map<string, number>();
  for (const { id, data } of stored) {
    const times = (found.get(id) ?? 0) + 1;
    found.set(id, times);
    // More than one where its event counted again, behind `dedupe.window`.
    const brought = all.map((expected) => (expected.before.get(id)?.length ?? 0) + 1);
    if (times > Math.max(...brought)) problems.push(`${id} is published ${times} times`);
    if (id.startsWith('data-gap/')) continue;
    const text = Buffer.from(data).toString();
    if (all.some((expected) => isOf(expected, id, text))) continue;
    const isKnown = all.some((expected) => expected.published.has(id));
    problems.push(`${id} is published ${isKnown ? `with other content: ${text}` : 'for nothing'}`);
  }
  for (const id of (all[0] as Expected).published.keys()) {
    if (!found.has(id)) problems.push(`${id} is not published`);
  }
  return problems;
}

function isOf({ published, before }: Expected, id: string, text: string): boolean {
  return published.get(id) === text || (before.get(id)?.includes(text) ?? false);
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
    // Two results of one id, of an event that counted again: they share a row, and which of them
    // closes it depends on the batch that both were in.
    if ((all[0] as Expected).before.has(String(row.id))) continue;
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

// What a torture run has left against what should be: by an undisturbed run and the naive oracle.
import type { Settings } from '../../config/settings.js';
import type { Core } from '../../engine/core.js';
import type { StoredMessage } from '../engine/e2e/stream.js';
import type { Row } from '../simulation/clickhouse.js';
import {
  comparable,
  type Expected,
  expectedOf,
  type HistoryTableName,
  KEYS,
} from '../simulation/expected.js';
import { naiveRun, wrongBuckets } from '../simulation/naive.js';
import { quantities, sections } from '../simulation/verdict.js';
import type { Sent } from './mishaps.js';

export interface Remains {
  readonly settings: Settings;
  /** What each message was sent as, by its id; all of them were acknowledged. */
  readonly sent: ReadonlyMap<string, Sent>;
  /** All of EVENTS. */
  readonly log: readonly StoredMessage[];
  /** The state in the last snapshot, and that snapshot's position. */
  readonly core: Core;
  readonly position: number;
  /** All of SIGNALS and REFUSED. */
  readonly results: readonly StoredMessage[];
  /** All of history, as FINAL leaves it. */
  readonly rows: Readonly<Record<HistoryTableName | 'positions', readonly Row[]>>;
}

export interface Verdict {
  readonly events: number;
  readonly signals: number;
  readonly alerts: number;
  /** Expected, and not there. */
  readonly lost: readonly string[];
  /** There more than once, or not expected. */
  readonly doubled: readonly string[];
  /** There, and not as it should be. */
  readonly wrong: readonly string[];
}

class Differences {
  readonly lost: string[] = [];
  readonly doubled: string[] = [];
  readonly wrong: string[] = [];

  /** `found` and `expected` have keys and what stands there. */
  hold(what: string, found: Iterable<Found>, expected: ReadonlyMap<string, string>): void {
    const seen = new Set<string>();
    for (const [key, text] of found) {
      const wanted = expected.get(key);
      if (seen.has(key)) this.doubled.push(`${what} ${key} is there twice`);
      else if (wanted === undefined)
        this.doubled.push(`${what} ${key} is there for nothing: ${text}`);
      else if (wanted !== text) this.wrong.push(`${what} ${key} is ${text}, not ${wanted}`);
      seen.add(key);
    }
    for (const key of expected.keys()) {
      if (!seen.has(key)) this.lost.push(`${what} ${key} is missing`);
    }
  }
}

type Found = readonly [key: string, text: string];

export function compare(remains: Remains): Verdict {
  const { settings, log, core, position, results, rows } = remains;
  const stored = log.map((message) => ({ ...message, data: Buffer.from(message.data) }));
  const expected = expectedOf(settings, stored);
  const sent = ({ id }: { readonly id: string }) => remains.sent.get(id)?.lines ?? [];
  const { oracle, wrong } = naiveRun(settings, stored, sent, rows.positions);
  const differences = new Differences();
  const wanted = new Map([...remains.sent.keys()].map((id) => [id, '']));
  differences.hold(
    'event message',
    log.map(({ id }) => [id, '']),
    wanted,
  );
  differences.hold(
    'result',
    results.map(({ id, data }) => [id, data]),
    expected.published,
  );
  for (const table of ['events', 'buckets', 'signals', 'alerts'] as const) {
    holdHistory(differences, table, rows[table], expected);
  }
  differences.wrong.push(
    ...[...wrong].map((row) => `row of positions that was never so: ${JSON.stringify(row)}`),
    ...wrongBuckets(settings, oracle, rows.buckets),
    ...quantities(core, oracle),
    ...sections(core, expected.core),
  );
  const last = log.at(-1)?.position ?? 0;
  if (position !== last)
    differences.wrong.push(`the state is of position ${position}, not ${last}`);
  lastPositions(differences, rows.positions, expected);
  const of = (kind: string) =>
    results.filter(({ subject }) => subject.startsWith(`${kind}.`)).length;
  const events = log.reduce((sum, message) => sum + sent(message).length, 0);
  const { lost, doubled, wrong: other } = differences;
  return { events, signals: of('signals'), alerts: of('alerts'), lost, doubled, wrong: other };
}

function holdHistory(
  differences: Differences,
  table: HistoryTableName,
  rows: readonly Row[],
  expected: Expected,
): void {
  const texts = new Map<string, string>();
  for (const [key, row] of expected.rows[table]) texts.set(key, comparable(table, row));
  const found = rows.map((row): Found => [KEYS[table](row), comparable(table, row)]);
  differences.hold(`row of ${table}`, found, texts);
}

/** Batches end where they like, but each SKU-location's last row says what it has in the end. */
function lastPositions(
  differences: Differences,
  rows: readonly Row[],
  { core, changed }: Expected,
): void {
  const newest = new Map<string, Row>();
  const keys = new Set<string>();
  for (const row of rows) {
    const place = `${row.sku} ${row.location}`;
    const key = `${place} ${row.position}`;
    if (keys.has(key)) differences.doubled.push(`row of positions ${key} is there twice`);
    keys.add(key);
    const other = newest.get(place);
    if (other === undefined || Number(other.position) < Number(row.position))
      newest.set(place, row);
  }
  for (let row = 0; row < core.table.rows; row++) {
    const place = `${core.table.sku(row)} ${core.table.location(row)}`;
    const { onHand, inventoryPosition } = core.ledger.positions.read(row);
    const last = newest.get(place);
    const isSo = last?.on_hand === onHand && last.inventory_position === inventoryPosition;
    if (changed.has(place) && !isSo) differences.lost.push(`last row of positions of ${place}`);
  }
}

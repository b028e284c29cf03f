// Claims about the comparison at the end of a torture run: what is wrong is found, and named.
import { describe, expect, it } from 'vitest';
import { encodeRows } from '../../connectors/clickhouse/encode.js';
import { POSITIONS } from '../../connectors/clickhouse/tables.js';
import { type Core, createCore } from '../../engine/core.js';
import { settingsWith } from '../oracle/drive.js';
import { type Row, rowsOf } from '../simulation/clickhouse.js';
import { Dice } from '../simulation/dice.js';
import { expectedOf } from '../simulation/expected.js';
import { compare, type Remains, type Verdict } from './compare.js';
import { messages, type Sent } from './mishaps.js';
import { Shop, TOWNS } from './shop.js';

const MESSAGES = 2_500;
const settings = settingsWith({
  'ledger.journal': 20_000,
  ...Object.fromEntries(
    Object.entries(TOWNS).map(([town, zone]) => [`locations.${town}.timeZone`, zone]),
  ),
});

/** What a run would leave that lost nothing. */
function whole(): Remains {
  const dice = new Dice(3);
  const shop = new Shop(dice, { skus: 10, happeningsADay: 100 });
  const sent: Sent[] = [];
  for (const message of messages(shop.events(), dice)) {
    sent.push(message);
    if (sent.length === MESSAGES) break;
  }
  const log = sent.map(({ id, kind, lines }, i) => {
    const data = lines.map(({ text }) => text).join('\n');
    return {
      id,
      position: i + 1,
      subject: `events.${kind}`,
      storedAtMs: 1_764_000_000_000 + i,
      data,
    };
  });
  const expected = expectedOf(
    settings,
    log.map((m) => ({ ...m, data: Buffer.from(m.data) })),
  );
  const rows = {
    events: [...expected.rows.events.values()],
    buckets: [...expected.rows.buckets.values()],
    signals: [...expected.rows.signals.values()],
    alerts: [...expected.rows.alerts.values()],
    positions: lastPositions(expected.core),
  };
  const results = [...expected.published].map(([id, data], i) => {
    const subject = `${id.startsWith('reorder/') ? 'signals' : 'alerts'}.x`;
    return { id, data, subject, position: i + 1, storedAtMs: 0 };
  });
  const byId = new Map(sent.map((message) => [message.id, message]));
  return { settings, sent: byId, log, core: expected.core, position: MESSAGES, results, rows };
}

function lastPositions(core: Core): Row[] {
  const lines = Array.from({ length: core.table.rows }, (_, row) => ({
    position: MESSAGES,
    timeMs: core.clock.streamTimeMs,
    sku: core.table.sku(row),
    location: core.table.location(row),
    ...core.ledger.positions.read(row),
  }));
  const columns = POSITIONS.columns.map(({ name }) => name);
  return rowsOf(columns, encodeRows(POSITIONS, lines).toString('utf8'));
}

const good = whole();

function counts({ lost, doubled, wrong }: Verdict): number[] {
  return [lost.length, doubled.length, wrong.length];
}

function without<T>(all: readonly T[], at: number): T[] {
  return all.filter((_, i) => i !== at);
}

const signalAt = good.results.findIndex(({ id }) => id.startsWith('reorder/'));
const alertAt = good.results.findIndex(({ id }) => id.startsWith('stockout/'));
const refusedAt = good.results.findIndex(({ id }) => id.startsWith('refused/'));

describe('the comparison', () => {
  it('finds nothing where all is as it should be, of a load that has all kinds of results', () => {
    const verdict = compare(good);
    expect(verdict).toMatchObject({ lost: [], doubled: [], wrong: [] });
    expect(verdict.events).toBeGreaterThan(MESSAGES);
    expect(verdict.signals).toBeGreaterThan(5);
    expect([alertAt, refusedAt].every((at) => at >= 0)).toBe(true);
    expect(good.rows.buckets.length).toBeGreaterThan(200);
  });

  it.each([
    ['signal', signalAt],
    ['alert', alertAt],
    ['refusal', refusedAt],
  ])('finds a lost %s', (_, at) => {
    const verdict = compare({ ...good, results: without(good.results, at) });
    expect(counts(verdict)).toEqual([1, 0, 0]);
    expect(verdict.lost[0]).toContain(good.results[at]?.id);
  });

  it('finds a doubled signal, one that came of nothing, and one with other content', () => {
    const signal = good.results[signalAt] as Remains['results'][number];
    const twice = compare({ ...good, results: [...good.results, signal] });
    expect(counts(twice)).toEqual([0, 1, 0]);
    expect(twice.doubled[0]).toContain(signal.id);
    const invented = { ...signal, id: 'reorder/berlin/sku-0/e0' };
    const forNothing = compare({ ...good, results: [...good.results, invented] });
    expect(counts(forNothing)).toEqual([0, 1, 0]);
    const other = { ...signal, data: signal.data.replace('"quantity":', '"quantity":1') };
    const results = good.results.map((each) => (each === signal ? other : each));
    expect(counts(compare({ ...good, results }))).toEqual([0, 0, 1]);
  });

  it('finds a wrong quantity in the state', () => {
    const core = createCore(settings);
    core.load(good.core.save());
    core.ledger.positions.book(7, core.clock.streamTimeMs, 1);
    const verdict = compare({ ...good, core });
    expect(verdict.wrong.length).toBeGreaterThan(0);
    expect(verdict.wrong.join()).toMatch(/sku-\d+ at \S+: .*oracle/);
  });

  it('finds a state of another position', () => {
    expect(counts(compare({ ...good, position: MESSAGES - 1 }))).toEqual([0, 0, 1]);
  });

  it.each(['events', 'signals', 'alerts'] as const)('finds a missing row of %s', (table) => {
    const rows = { ...good.rows, [table]: without(good.rows[table], 3) };
    const verdict = compare({ ...good, rows });
    expect(counts(verdict)).toEqual([1, 0, 0]);
    expect(verdict.lost[0]).toMatch(new RegExp(`row of ${table} .+ is missing`));
  });

  it('finds a missing bucket, which the oracle misses too where it had demand', () => {
    const at = good.rows.buckets.findIndex(({ units }) => Number(units) > 0);
    const rows = { ...good.rows, buckets: without(good.rows.buckets, at) };
    expect(counts(compare({ ...good, rows }))).toEqual([1, 0, 1]);
  });

  it('finds a row that is there twice, or is not as it should be', () => {
    const [first] = good.rows.alerts as [Row];
    const twice = { ...good.rows, alerts: [...good.rows.alerts, first] };
    expect(counts(compare({ ...good, rows: twice }))).toEqual([0, 1, 0]);
    const events = good.rows.events.map((row, i) => (i === 5 ? { ...row, quantity: 0.5 } : row));
    expect(counts(compare({ ...good, rows: { ...good.rows, events } }))).toEqual([0, 0, 1]);
  });

  it('finds positions that were never so, and a SKU-location without its last row', () => {
    const positions = good.rows.positions.map((row, i) =>
      i === 3 ? { ...row, on_hand: -9 } : row,
    );
    const never = compare({ ...good, rows: { ...good.rows, positions } });
    expect(counts(never)).toEqual([1, 0, 1]);
    const missing = compare({ ...good, rows: { ...good.rows, positions: positions.slice(4) } });
    expect(missing.lost).toHaveLength(4);
  });

  it('finds a message that was acknowledged and is not in the stream', () => {
    const acknowledged = { id: 'm0', kind: 'order', lines: [] };
    const verdict = compare({ ...good, sent: new Map([...good.sent, ['m0', acknowledged]]) });
    expect(counts(verdict)).toEqual([1, 0, 0]);
  });
});

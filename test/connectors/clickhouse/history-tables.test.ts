import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRows } from '../../../connectors/clickhouse/encode.js';
import { migrate, readMigrations } from '../../../connectors/clickhouse/migrations.js';
import { openHistory } from '../../../connectors/clickhouse/open-history.js';
import {
  ALERTS,
  BUCKETS,
  EVENTS,
  POSITIONS,
  SIGNALS,
} from '../../../connectors/clickhouse/tables.js';
import { historyContract } from '../../contracts/history.contract.js';
import { startTestClickHouse, type TestClickHouse } from '../../servers/clickhouse.js';
import { alertRow, bucketRow, eventRow, positionRow, signalRow } from './history-rows.js';
import { temporaryFolder } from './temporary-folder.js';

let started: TestClickHouse;
beforeAll(async () => {
  started = await startTestClickHouse();
  await migrate(started.client(), await readMigrations());
});
afterAll(() => started.stop());
const server = (): TestClickHouse => started;

historyContract({ table: EVENTS, row: eventRow, server });
historyContract({ table: POSITIONS, row: positionRow, server });
historyContract({ table: BUCKETS, row: bucketRow, server });
historyContract({ table: SIGNALS, row: signalRow, server });
historyContract({ table: ALERTS, row: alertRow, server });

describe('openHistory', () => {
  it('keeps of a corrected bucket and of a signal that went on the newest, in any order', async () => {
    const client = started.client();
    const history = await openHistory({ client, dir: await temporaryFolder() });
    const bucket = { ...bucketRow(1), sku: 'corrected' };
    await history.buckets.write([
      { ...bucket, position: 9, units: 5 },
      { ...bucket, position: 8 },
    ]);
    const signal = { ...signalRow(1), id: 'went-on' };
    await history.signals.write([{ ...signal, version: 9, state: 'closed' }, signal]);
    await history.flush();
    expect(Object.values(history.stats()).map((stats) => stats.insertedRows)).toEqual([
      ...[0, 0, 2, 2, 0],
    ]);
    await history.close();
    const query =
      "SELECT units AS value FROM buckets FINAL WHERE sku = 'corrected' " +
      "UNION ALL SELECT version FROM signals FINAL WHERE id = 'went-on' AND state = 'closed'";
    const result = await client.query({ query, format: 'JSONEachRow' });
    const values = (await result.json<{ value: number }>()).map((row) => row.value);
    expect(values.sort()).toEqual([5, 9]);
  });
});

describe('encodeRows', () => {
  it('refuses what no column can hold, naming table, field and value', () => {
    const wrong = { ...eventRow(1), quantity: Number.NaN };
    expect(() => encodeRows(EVENTS, [wrong])).toThrow(
      new RangeError('events.quantity must be a number, not NaN'),
    );
    expect(() => encodeRows(EVENTS, [{ ...eventRow(1), position: -1 }])).toThrow('events.position');
    expect(() => encodeRows(EVENTS, [{ ...eventRow(1), timeMs: 1.5 }])).toThrow('events.timeMs');
  });

  it('takes a forecast that is not known as null, and mends broken text', () => {
    const line = encodeRows(BUCKETS, [
      { ...bucketRow(1), forecast: Number.NaN, champion: '\ud800' },
    ]);
    const values: unknown[] = JSON.parse(line.toString('utf8'));
    expect(values[6]).toBeNull();
    expect(values[12]).toBe('\ufffd');
  });
});

// What holds for every table of history, whatever its rows.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistorySink } from '../../connectors/clickhouse/history.js';
import type { HistoryTable } from '../../connectors/clickhouse/tables.js';
import type { TestClickHouse } from '../servers/clickhouse.js';

export interface HistoryCase<Row> {
  readonly table: HistoryTable<Row>;
  /** Row number n: another key for each n. */
  readonly row: (n: number) => Row;
  readonly server: () => TestClickHouse;
}

export function historyContract<Row>(one: HistoryCase<Row>): void {
  const { table } = one;

  async function written(batches: readonly (readonly Row[])[]): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), 'stockpulse-history-'));
    const client = one.server().client();
    const sink = await HistorySink.open(table, { client, dir, batchRows: 7, batchWaitMs: 60_000 });
    for (const rows of batches) await sink.write(rows);
    await sink.flush();
    expect(sink.stats()).toMatchObject({ queuedRows: 0, rejectedRows: 0, lastError: null });
    await sink.close();
    await rm(dir, { recursive: true });
  }

  /** The table's rows, as rows of the engine again. */
  async function stored(): Promise<unknown[]> {
    const columns = table.columns.map(({ name, field, kind }) =>
      kind.startsWith('time')
        ? `toUnixTimestamp64Milli(${name}) AS ${field}_`
        : `${name} AS ${field}_`,
    );
    const result = await one
      .server()
      .client()
      .query({
        query: `SELECT ${columns.join(', ')} FROM ${table.name} FINAL`,
        format: 'JSONEachRow',
      });
    const rows = await result.json<Record<string, unknown>>();
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name.slice(0, -1), value])),
    );
  }

  async function emptied(): Promise<void> {
    await one
      .server()
      .client()
      .command({ query: `TRUNCATE TABLE ${table.name}` });
  }

  describe(`history table ${table.name}`, () => {
    it('gives back every value that was written', async () => {
      await emptied();
      const rows = Array.from({ length: 20 }, (_, n) => one.row(n));
      await written([rows]);
      expect(sorted(await stored())).toEqual(sorted(rows));
    });

    it('counts each row once, in any split into batches and with any part sent again', async () => {
      const parts = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(parts, async (ranges) => {
          await emptied();
          const rows = Array.from({ length: 30 }, (_, n) => one.row(n));
          const again = ranges.map(([from, count]) => rows.slice(from, from + count));
          await written([...again, rows]);
          expect(sorted(await stored())).toEqual(sorted(rows));
        }),
        { numRuns: 3 },
      );
    });
  });
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row as object).sort())).sort();
}

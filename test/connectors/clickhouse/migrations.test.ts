import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDatabase } from '../../../connectors/clickhouse/client.js';
import {
  type Migration,
  migrate,
  readMigrations,
} from '../../../connectors/clickhouse/migrations.js';
import { startTestClickHouse, type TestClickHouse } from '../../servers/clickhouse.js';

let server: TestClickHouse;
beforeAll(async () => {
  server = await startTestClickHouse();
});
afterAll(() => server.stop());

let made = 0;
async function freshClient() {
  made += 1;
  const database = `${server.database}_m${made}`;
  await ensureDatabase({ ...server.options, database });
  return server.client({ database });
}

async function tables(client: Awaited<ReturnType<typeof freshClient>>): Promise<string[]> {
  const query = 'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name';
  const result = await client.query({ query, format: 'JSONEachRow' });
  return (await result.json<{ name: string }>()).map((row) => row.name);
}

function migration(number: number, sql: string): Migration {
  return { number, name: `00${number}-x.sql`, sql, checksum: `sum of ${sql}` };
}

describe('migrate', () => {
  it('makes the tables of history, once', async () => {
    const client = await freshClient();
    const files = await readMigrations();
    expect(await migrate(client, files)).toEqual(files.map((file) => file.name));
    expect(await migrate(client, files)).toEqual([]);
    expect(await tables(client)).toEqual(
      expect.arrayContaining(['alerts', 'buckets', 'events', 'positions', 'signals']),
    );
  });

  it('comes to the same end when several start at once', async () => {
    const client = await freshClient();
    const files = await readMigrations();
    await Promise.all([1, 2, 3].map(() => migrate(client, files)));
    const query = 'SELECT count() AS n FROM migrations FINAL';
    const result = await client.query({ query, format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ n: files.length }]);
  });

  it('runs what is new and goes on after a migration that failed half-way', async () => {
    const client = await freshClient();
    const first = migration(1, 'CREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = Memory');
    const broken = migration(2, 'CREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = Memory; SELEC 1');
    await expect(migrate(client, [first, broken])).rejects.toThrow('002-x.sql, statement 2');
    const mended = migration(2, 'CREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = Memory');
    expect(await migrate(client, [first, mended])).toEqual(['002-x.sql']);
    expect(await tables(client)).toEqual(['a', 'b', 'migrations']);
  });

  it('refuses a migration that was changed after it ran', async () => {
    const client = await freshClient();
    await migrate(client, [migration(1, 'SELECT 1')]);
    await expect(migrate(client, [migration(1, 'SELECT 2')])).rejects.toThrow(
      'migration 001-x.sql ran on this ClickHouse database',
    );
  });

  it('refuses a database that a newer stockpulse has written', async () => {
    const client = await freshClient();
    await migrate(client, [migration(1, 'SELECT 1'), migration(2, 'SELECT 2')]);
    await expect(migrate(client, [migration(1, 'SELECT 1')])).rejects.toThrow(
      'use the newer stockpulse',
    );
  });
});

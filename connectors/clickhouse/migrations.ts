// Numbered SQL files, each run once and in order, with a record of what ran.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { projectRoot } from './project-root.js';
import { splitStatements } from './sql-text.js';

export interface Migration {
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

type Recorded = Pick<Migration, 'number' | 'name' | 'checksum'>;

/** The files of a folder (default config/clickhouse), which must be numbered from 1 without gaps. */
export async function readMigrations(
  dir = join(projectRoot(), 'config', 'clickhouse'),
): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = Number(/^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1] ?? Number.NaN);
    if (number !== migrations.length + 1) {
      const wanted = String(migrations.length + 1).padStart(3, '0');
      throw new Error(`${join(dir, name)}: expected ${wanted}-<what-it-does>.sql as the next one`);
    }
    // Git may change the ends of lines on the way to a working copy; that is no other migration.
    const sql = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(sql).digest('hex');
    migrations.push({ number, name, sql, checksum });
  }
  return migrations;
}

/**
 * Brings the client's database up to the newest migration and returns the names of those that ran.
 * Two starts at once both run what is missing: each statement is safe to run again.
 */
export async function migrate(
  client: ClickHouseClient,
  migrations: readonly Migration[],
): Promise<string[]> {
  await client.command({
    query:
      'CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, checksum String, ' +
      "applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) " +
      'ENGINE = ReplacingMergeTree ORDER BY number',
  });
  const done = await recorded(client);
  refuseIfChanged(done, migrations);
  const missing = migrations.slice(done.length);
  for (const migration of missing) {
    await run(client, migration);
    const { number, name, checksum } = migration;
    await client.insert({
      table: 'migrations',
      values: [{ number, name, checksum }],
      columns: ['number', 'name', 'checksum'],
      format: 'JSONEachRow',
    });
  }
  return missing.map((migration) => migration.name);
}

async function recorded(client: ClickHouseClient): Promise<Recorded[]> {
  const result = await client.query({
    query: 'SELECT number, name, checksum FROM migrations FINAL ORDER BY number',
    format: 'JSONEachRow',
  });
  return result.json<Recorded>();
}

function refuseIfChanged(done: readonly Recorded[], known: readonly Migration[]): void {
  if (done.length > known.length) {
    throw new Error(
      `the ClickHouse database is at migration ${done.at(-1)?.name}, this stockpulse knows only ` +
        `up to ${known.at(-1)?.name ?? 'none'}: use the newer stockpulse that wrote it, or set ` +
        'clickhouse.database to another name',
    );
  }
  for (const [index, record] of done.entries()) {
    const file = known[index];
    if (file?.number === record.number && file.checksum === record.checksum) continue;
    throw new Error(
      `migration ${record.name} ran on this ClickHouse database, but ${file?.name ?? 'no file'} ` +
        'is something else: put the released files back (changes go into the next number), or ' +
        'set clickhouse.database to another name',
    );
  }
}

async function run(client: ClickHouseClient, migration: Migration): Promise<void> {
  for (const [index, query] of splitStatements(migration.sql).entries()) {
    try {
      await client.command({ query });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`migration ${migration.name}, statement ${index + 1}: ${reason}`, {
        cause: error,
      });
    }
  }
}

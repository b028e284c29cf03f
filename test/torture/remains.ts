// What a torture run has left behind: streams, the last snapshot, rows of history.
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import {
  ALERTS,
  BUCKETS,
  type Column,
  EVENTS,
  POSITIONS,
  SIGNALS,
} from '../../connectors/clickhouse/tables.js';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import { createCore, STATE_SCHEMA } from '../../engine/core.js';
import { startGivenClickHouse } from '../engine/e2e/given-clickhouse.js';
import type { Cell, Row } from '../simulation/clickhouse.js';
import type { Remains } from './compare.js';
import type { Scene } from './scene.js';

const TABLES = {
  events: EVENTS,
  positions: POSITIONS,
  buckets: BUCKETS,
  signals: SIGNALS,
  alerts: ALERTS,
} as const;

type AnyColumn = Omit<Column<never>, 'field'>;

/** After the engine has ended. */
export async function remainsOf(scene: Scene): Promise<Remains> {
  const { settings, streams, dataDir, sent } = scene;
  const store = new FileSnapshotStore({ dir: join(dataDir, 'snapshots') });
  const { snapshot } = await store.newest(STATE_SCHEMA);
  const core = createCore(settings);
  if (snapshot !== null) core.load(snapshot.bytes);
  const results = [...(await streams.read('SIGNALS')), ...(await streams.read('REFUSED'))];
  const log = await streams.read('EVENTS');
  const rows = await history(join(dataDir, 'clickhouse'));
  return { settings, sent, log, core, position: snapshot?.position ?? 0, results, rows };
}

async function history(folder: string): Promise<Remains['rows']> {
  const clickhouse = await startGivenClickHouse(folder);
  try {
    const { client } = clickhouse;
    return {
      events: await read(client, 'events'),
      positions: await read(client, 'positions'),
      buckets: await read(client, 'buckets'),
      signals: await read(client, 'signals'),
      alerts: await read(client, 'alerts'),
    };
  } finally {
    await clickhouse.stop();
  }
}

/** All rows that FINAL leaves, as the engine gave them to ClickHouse. */
async function read(client: ClickHouseClient, table: keyof typeof TABLES): Promise<Row[]> {
  const columns: readonly AnyColumn[] = TABLES[table].columns;
  const query = `SELECT ${columns.map(selected).join(', ')} FROM ${table} FINAL`;
  const result = await client.query({ query, format: 'JSONCompactEachRow' });
  const rows: Row[] = [];
  for await (const part of result.stream<readonly Cell[]>()) {
    for (const line of part) {
      const cells = line.json<readonly Cell[]>();
      rows.push(
        Object.fromEntries(columns.map(({ name, kind }, i) => [name, cell(kind, cells[i])])),
      );
    }
  }
  return rows;
}

function selected({ name, kind }: AnyColumn): string {
  return kind === 'time' || kind === 'time?' ? `toUnixTimestamp64Milli(${name})` : name;
}

/** 64-bit numbers come as text. */
function cell(kind: AnyColumn['kind'], value: Cell | undefined): Cell {
  return kind === 'text' || value === null || value === undefined ? (value ?? null) : Number(value);
}

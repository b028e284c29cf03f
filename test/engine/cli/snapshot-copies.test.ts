// `stockpulse snapshot` over the copies on the broker: what it says, and what an import does to them.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import { connectNats } from '../../../connectors/nats/connect.js';
import { Lease } from '../../../connectors/nats/lease.js';
import type { SnapshotCopies } from '../../../connectors/nats/snapshot-copies.js';
import { createCore, STATE_SCHEMA } from '../../../engine/core.js';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { openCopies } from '../../../engine/snapshot-bucket.js';
import { counted, placed } from '../../operators/events/samples.js';
import { runEvents } from '../../oracle/drive.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { json, run } from './snapshot-command.js';

const BUCKET = 'states';

let nats: TestNats;
let connection: NatsConnection;
let folder = '';
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-snapshot-copies-'));
  vi.stubEnv('STOCKPULSE_DATA_DIR', join(folder, 'data'));
  vi.stubEnv('STOCKPULSE_LEDGER_JOURNAL', '1000');
  vi.stubEnv('STOCKPULSE_NATS_URL', nats.url);
  vi.stubEnv('STOCKPULSE_NATS_LEASE_DURATION', '1s');
  vi.stubEnv('STOCKPULSE_SNAPSHOT_COPY_TO', BUCKET);
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await (await jetstreamManager(connection)).streams.delete(`OBJ_${BUCKET}`).catch(() => false);
  await rm(folder, { recursive: true, force: true });
});

const copies = (): Promise<SnapshotCopies> =>
  openCopies(connection, loadSettings({ env: process.env }), BUCKET);

/** Two orders, saved at position 3. */
async function copyOne(position = 3, fence = 6, schema = STATE_SCHEMA): Promise<void> {
  const core = createCore(loadSettings({ env: process.env }));
  new BucketRing(core.table);
  runEvents(core, [counted(10), placed('1', { A: 2 }), placed('2', { B: 1 })]);
  await (await copies()).save({ schema, position, fence, bytes: core.save() });
}

const THIRD = '0000000000000006-0000000000000003.snapshot';

describe('stockpulse snapshot --copies', () => {
  it('list names each with fence and position, the newest first, and why one is refused', async () => {
    await copyOne();
    await copyOne(4, 7, STATE_SCHEMA + 1);
    const { bucket, snapshots } = await json('list', '--copies');
    expect(bucket).toBe(BUCKET);
    expect(snapshots).toMatchObject([
      { fence: 7, position: 4, refused: expect.stringMatching(/a newer version/) },
      { name: THIRD, fence: 6, position: 3, layout: STATE_SCHEMA, refused: null },
    ]);
    const { out } = await run('list', '--copies');
    expect(out).toMatch(new RegExp(`${THIRD} +3 .* 6 +all chunks there`));
  });

  it('list makes no bucket where there is none, and says that nothing is there', async () => {
    expect(await run('list', '--copies')).toMatchObject({
      code: 0,
      out: `no copies of snapshots in bucket ${BUCKET}\n`,
    });
    const manager = await jetstreamManager(connection);
    await expect(manager.streams.info(`OBJ_${BUCKET}`)).rejects.toThrow(/not found/);
  });

  it('inspect and export read one and check it', async () => {
    await copyOne();
    expect(await json('inspect', '--copies')).toMatchObject({
      name: THIRD,
      position: 3,
      fence: 6,
      facts: { openOrders: 2, skuLocations: 2 },
    });
    const file = join(folder, 'state.snapshot');
    expect(await json('export', THIRD, file, '--copies')).toMatchObject({ position: 3 });
    const exported = await new FileSnapshotStore({ dir: folder }).read(
      'state.snapshot',
      STATE_SCHEMA,
    );
    expect(exported).toMatchObject({ position: 3, fence: 6 });
    expect(exported).toEqual((await (await copies()).newest(STATE_SCHEMA)).snapshot);
    expect(await readdir(folder)).toEqual(['state.snapshot']);
    expect(await run('inspect', 'no', '--copies')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no snapshot no in bucket states/),
    });
  });

  it('ends with 2 where the settings name no bucket', async () => {
    vi.stubEnv('STOCKPULSE_SNAPSHOT_COPY_TO', 'null');
    expect(await run('list', '--copies')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/snapshot\.copyTo is not set/),
    });
  });
});

describe('stockpulse snapshot import where snapshots are copied', () => {
  it('puts the file before all copies, under a fence of its own', async () => {
    await copyOne(3, 6);
    const file = join(folder, 'state.snapshot');
    await json('export', file, '--copies');
    // The lease is the fifth thing in its bucket or so: its fence is what a later engine has.
    const manager = await jetstreamManager(connection);
    const before = await Lease.acquire(connection, {
      bucket: 'STOCKPULSE',
      key: 'other',
      holder: 'x',
    });
    for (let i = 0; i < 10; i++) await before.renew();
    await before.release();
    await copyOne(900, 7);
    expect(await json('import', file)).toMatchObject({ position: 3 });
    const { state } = await manager.streams.info('KV_STOCKPULSE');
    const listed = await (await copies()).list();
    expect(listed.map(({ position }) => position)).toEqual([3, 900, 3]);
    const fence = listed[0]?.fence ?? 0;
    expect(fence).toBeGreaterThan(7);
    expect(fence).toBeLessThanOrEqual(state.last_seq);
    const { snapshots } = await json('list');
    expect(snapshots).toMatchObject([{ position: 3, fence, refused: null }]);
  });

  it('is refused while an engine writes, and says which', async () => {
    await copyOne();
    const file = join(folder, 'state.snapshot');
    await json('export', file, '--copies');
    const options = { bucket: 'STOCKPULSE', key: 'EVENTS.SIGNALS', holder: 'elsewhere/1' };
    const lease = await Lease.acquire(connection, { ...options, durationMs: 1_000 });
    lease.keep();
    const { code, err } = await run('import', file);
    expect(code).toBe(1);
    expect(err).toMatch(/elsewhere\/1 writes: stop that engine/);
    await lease.release();
    expect((await (await copies()).list()).length).toBe(1);
    expect(await json('list')).toMatchObject({ snapshots: [] });
    await json('import', file);
  });
});

// Claims about snapshots that are copied to the broker, and about which one a start goes on from.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import { connectNats } from '../../connectors/nats/connect.js';
import { ObjectBucket } from '../../connectors/nats/object-bucket.js';
import { SnapshotCopies } from '../../connectors/nats/snapshot-copies.js';
import { CopiedSnapshots } from '../../engine/copied-snapshots.js';
import { createLogger } from '../../engine/log.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { until } from './e2e/until.js';

const BUCKET = 'copied';

let nats: TestNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let dir = '';
let copies: SnapshotCopies;
let local: GatedStore;
let log: string[];
let failed = 0;

/** A folder whose files can be kept from being read for a copy. */
class GatedStore extends FileSnapshotStore {
  opened = 0;
  gate: Promise<void> = Promise.resolve();

  override async openSlices(name: string, sliceBytes: number) {
    this.opened++;
    await this.gate;
    return super.openSlices(name, sliceBytes);
  }
}

beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url, reconnectMaxMs: 200 });
  manager = await jetstreamManager(connection);
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'copied-snapshots-'));
  copies = new SnapshotCopies(await ObjectBucket.open(connection, { bucket: BUCKET }), {
    key: 'EVENTS.SIGNALS',
  });
  local = new GatedStore({ dir, keep: 10 });
  log = [];
  failed = 0;
});
afterEach(async () => {
  await manager.streams.delete(`OBJ_${BUCKET}`);
  await rm(dir, { recursive: true, force: true });
});

function copied(lease = { state: 'held' as 'held' | 'lost', fence: 4 }): CopiedSnapshots {
  const target = { write: (line: string) => void log.push(line) };
  return new CopiedSnapshots({
    local,
    copies,
    lease,
    onCopied: () => undefined,
    onFailed: () => failed++,
    log: createLogger({ level: 'debug', pretty: 'never' }, target),
  });
}

function state(position: number, fence = 4, text = `state at ${position}`) {
  return { schema: 1, position, fence, bytes: Buffer.from(text) };
}

const inBucket = async () => (await copies.list()).map(({ position, fence }) => [fence, position]);
const isIn = (position: number) => () =>
  copies.list().then((listed) => listed.some((copy) => copy.position === position));

/** Flips a bit near the end of a file. */
async function damage(name: string): Promise<void> {
  const file = join(dir, name);
  const bytes = await readFile(file);
  bytes[bytes.byteLength - 1] = (bytes.at(-1) as number) ^ 1;
  await writeFile(file, bytes);
}

describe('a snapshot that is saved', () => {
  it('is copied as it is in the folder, and can be read by a machine without the folder', async () => {
    const store = copied();
    await store.save(state(10));
    await until('it is copied', isIn(10));
    const { snapshot, from } = await copies.newest(1);
    expect(snapshot).toEqual((await local.newest(1)).snapshot);
    expect(from).toMatch(/^copy copied\/EVENTS\.SIGNALS\/0+4-0+10\.snapshot$/);
    await until('it is known', () => store.status().detail === 'position 10 in bucket copied');
    await store.close(true);
  });

  it('waits for no copy; those saved while one is under way are left out but for the newest', async () => {
    const store = copied();
    let open: () => void = () => undefined;
    local.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (const position of [1, 2, 3, 4, 5]) await store.save(state(position));
    expect(local.opened).toBe(1);
    expect(await copies.list()).toEqual([]);
    open();
    await until('the newest is copied', isIn(5));
    await store.close(true);
    expect(await inBucket()).toEqual([
      [4, 5],
      [4, 1],
    ]);
    expect(local.opened).toBe(2);
  });

  it('is not copied when it is damaged meanwhile; that is said, and the next one is', async () => {
    const store = copied();
    let open: () => void = () => undefined;
    local.gate = new Promise((resolve) => {
      open = resolve;
    });
    await store.save(state(1));
    await damage('000000000001.snapshot');
    open();
    await until('it has failed', () => failed === 1);
    expect(store.status()).toMatchObject({
      name: 'snapshot copies',
      state: 'degraded',
      detail: expect.stringMatching(/000000000001\.snapshot: checksum does not match$/),
    });
    expect(await copies.list()).toEqual([]);
    await store.save(state(2));
    await until('the next one is copied', isIn(2));
    await until('it is well again', () => store.status().state === 'up');
    await store.close(true);
    expect(failed).toBe(1);
  });

  it('is safe in the folder while the server is away, and the first after that is copied', async () => {
    const store = copied();
    await nats.halt();
    await store.save(state(1));
    await until('the copy has failed', () => failed > 0);
    expect(store.status()).toMatchObject({
      state: 'degraded',
      detail: expect.stringMatching(/^cannot .* the snapshot copies of bucket copied: /),
    });
    expect((await local.newest(1)).snapshot?.position).toBe(1);
    await nats.restart();
    await until('the server is back', () => manager.getAccountInfo());
    await store.save(state(2));
    await until('it is copied', isIn(2));
    await store.close(true);
  });

  it('is not copied by an engine that has lost its lease', async () => {
    const store = copied({ state: 'lost', fence: 4 });
    await store.save(state(1));
    await store.close(true);
    expect(await copies.list()).toEqual([]);
    expect(failed).toBe(0);
  });

  it('last is copied before an orderly end; another end waits for nothing', async () => {
    const orderly = copied();
    await orderly.save(state(1));
    await orderly.close(true);
    expect(await inBucket()).toEqual([[4, 1]]);
    const other = copied();
    local.gate = new Promise(() => undefined);
    await other.save(state(2));
    await other.close(false);
    expect(await inBucket()).toEqual([[4, 1]]);
  });
});

describe('a start goes on', () => {
  const newest = async () => {
    const { snapshot, refused, from } = await copied().newest(1);
    const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`);
    return { at: snapshot && [snapshot.fence, snapshot.position], from, reasons };
  };

  it('without a state where there is none in either place', async () => {
    expect(await newest()).toEqual({ at: null, from: undefined, reasons: [] });
  });

  it('from the copy where the folder is empty', async () => {
    await copies.save(state(7, 2));
    expect(await newest()).toMatchObject({ at: [2, 7], from: expect.stringMatching(/^copy /) });
  });

  it('from the folder where its own is as new, or newer', async () => {
    await local.save(state(9, 3));
    await copies.save(state(9, 3));
    expect(await newest()).toMatchObject({ at: [3, 9], from: join(dir, '000000000001.snapshot') });
    await local.save(state(12, 3));
    expect(await newest()).toMatchObject({ at: [3, 12] });
  });

  it('from the later fence, whichever position is greater', async () => {
    await local.save(state(900, 2));
    await copies.save(state(50, 3));
    expect(await newest()).toMatchObject({ at: [3, 50] });
    await local.save(state(40, 4));
    expect(await newest()).toMatchObject({ at: [4, 40] });
  });

  it('from a copy where the folder’s does not say a fence', async () => {
    await local.save({ schema: 1, position: 900, bytes: Buffer.from('before fences') });
    await copies.save(state(50, 3));
    expect(await newest()).toMatchObject({ at: [3, 50] });
  });

  it('from the copy before one that is damaged, or from the folder’s, saying why', async () => {
    await local.save(state(10, 3));
    await copies.save(state(20, 3));
    await copies.save(state(30, 3));
    const lose = async (position: number): Promise<void> => {
      const copy = (await copies.list()).find((one) => one.position === position);
      const filter = `$O.${BUCKET}.C.${copy?.object.info?.nuid}`;
      await manager.streams.purge(`OBJ_${BUCKET}`, { filter });
    };
    await lose(30);
    const reason = (position: number) =>
      `copy copied/EVENTS.SIGNALS/0000000000000003-00000000000000${position}.snapshot: torn: 0 of 1 chunks`;
    expect(await newest()).toMatchObject({ at: [3, 20], reasons: [reason(30)] });
    await lose(20);
    expect(await newest()).toMatchObject({ at: [3, 10], reasons: [reason(30), reason(20)] });
  });

  it('from the copy where the folder’s newest is damaged', async () => {
    await local.save(state(5, 3));
    await local.save(state(30, 3));
    await copies.save(state(20, 3));
    await damage('000000000002.snapshot');
    expect(await newest()).toMatchObject({
      at: [3, 20],
      reasons: ['000000000002.snapshot: checksum does not match'],
    });
  });

  it('under an older fence than the copies have with a loud word, and copies nothing over them', async () => {
    await copies.save(state(20, 70));
    expect(await newest()).toMatchObject({ at: [70, 20] });
    expect(log.join('')).toMatch(/"level":"error".*the bucket of the lease was made anew/);
    const store = copied();
    await store.save(state(21, 4));
    await until('the copy was refused', () => failed === 1);
    expect(store.status().detail).toMatch(/name another bucket in snapshot\.copyTo/);
    expect(await inBucket()).toEqual([[70, 20]]);
    await store.close(true);
  });
});

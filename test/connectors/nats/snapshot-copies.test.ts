// Claims about copies of snapshots in JetStream's object store, against a real nats-server.
import { crc32 } from 'node:zlib';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeHeader } from '../../../connectors/files/snapshot-format.js';
import { connectNats } from '../../../connectors/nats/connect.js';
import { ObjectBucket } from '../../../connectors/nats/object-bucket.js';
import { SnapshotCopies } from '../../../connectors/nats/snapshot-copies.js';
import { snapshotStoreContract } from '../../contracts/snapshot-store.contract.js';
import { startBareNats, startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let buckets = 0;

beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url });
  manager = await jetstreamManager(connection);
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

const KEY = 'EVENTS.SIGNALS';
const nextBucket = (): string => `copies-${++buckets}`;

async function copiesIn(bucket: string, more: { keep?: number; key?: string } = {}) {
  return new SnapshotCopies(await ObjectBucket.open(connection, { bucket }), { key: KEY, ...more });
}

/** What a folder holds of a snapshot. */
function fileOf(position: number, fence: number, bytes: Buffer) {
  const checksum = crc32(bytes);
  const header = { schema: 1, position, fence, length: bytes.byteLength, checksum };
  const all = Buffer.concat([encodeHeader(header), bytes]);
  return { header, all };
}

snapshotStoreContract('SnapshotCopies', async () => {
  const bucket = nextBucket();
  const [store, other] = [await copiesIn(bucket), await copiesIn(bucket)];
  return {
    store,
    reopen: () => other,
    dispose: async () => void (await manager.streams.delete(`OBJ_${bucket}`)),
  };
});

describe('SnapshotCopies', () => {
  let bucket = '';
  let copies: SnapshotCopies;
  beforeEach(async () => {
    bucket = nextBucket();
    copies = await copiesIn(bucket);
  });
  afterEach(async () => {
    await manager.streams.delete(`OBJ_${bucket}`);
  });

  const save = (position: number, fence = 1, to = copies): Promise<void> =>
    to.save({ schema: 1, position, fence, bytes: Buffer.from(`state at ${position}`) });
  const newest = async () => (await copies.newest(1)).snapshot;
  const subjects = async (kind: 'M' | 'C'): Promise<string[]> => {
    const filter = { subjects_filter: `$O.${bucket}.${kind}.>` };
    const { state } = await manager.streams.info(`OBJ_${bucket}`, filter);
    return Object.keys(state.subjects ?? {});
  };

  it('tell position, fence, layout and size without being read, the newest first', async () => {
    await save(10, 3);
    await save(25, 3);
    await save(12, 8);
    const listed = await copies.list();
    expect(listed.map(({ position, fence, schema }) => [position, fence, schema])).toEqual([
      [12, 8, 1],
      [25, 3, 1],
      [10, 3, 1],
    ]);
    expect(listed[0]).toMatchObject({
      name: '0000000000000008-0000000000000012.snapshot',
      bytes: 48 + 'state at 12'.length,
      savedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('keep the last few, and nothing of those before them', async () => {
    const few = await copiesIn(bucket, { keep: 2 });
    for (let position = 1; position <= 5; position++) await save(position, 1, few);
    expect((await few.list()).map(({ position }) => position)).toEqual([5, 4]);
    expect((await subjects('M')).length).toBe(2);
    expect((await subjects('C')).length).toBe(2);
    expect(() => new SnapshotCopies({ bucket } as ObjectBucket, { key: KEY, keep: 0 })).toThrow(
      /keep must be at least 1/,
    );
  });

  it('of an engine that was replaced are refused, and never come before its successor’s', async () => {
    await save(50, 4);
    await save(20, 9);
    await expect(save(51, 4)).rejects.toThrow(
      /holds copies of fence 9, and this engine has 4: another one took over, or/,
    );
    expect(await newest()).toMatchObject({ position: 20, fence: 9 });
  });

  it('that such an engine had under way become whole below its successor’s', async () => {
    const { header, all } = fileOf(60, 4, Buffer.from('state at 60'));
    const successor = await copiesIn(bucket, { keep: 2 });
    const slices = async function* (): AsyncGenerator<Uint8Array> {
      yield all;
      // While it stands still.
      await save(55, 9, successor);
    };
    await copies.put({ header, slices: slices() });
    expect(await newest()).toMatchObject({ position: 55, fence: 9 });
    expect((await copies.list()).map(({ fence }) => fence)).toEqual([9, 4]);
    // And what is removed first are those of the older fence.
    await save(56, 9, successor);
    expect((await copies.list()).map(({ fence }) => fence)).toEqual([9, 9]);
  });

  it('of other streams in the same bucket are left alone', async () => {
    const others = await copiesIn(bucket, { key: 'EVENTS.WHATIF', keep: 1 });
    await save(7, 100, others);
    await save(3, 1);
    await save(8, 101, others);
    expect(await newest()).toMatchObject({ position: 3, fence: 1 });
    expect((await others.list()).map(({ position }) => position)).toEqual([8]);
  });

  it('larger than many chunks come back as they were, to be laid under typed arrays', async () => {
    const bytes = Buffer.alloc(3 * 1024 ** 2 + 17);
    for (let i = 0; i < bytes.byteLength; i++) bytes[i] = (i * 31) & 255;
    await copies.save({ schema: 1, position: 1, fence: 1, bytes });
    const found = (await newest())?.bytes;
    expect(found?.byteOffset).toBe(0);
    expect(bytes.equals(found ?? Buffer.alloc(0))).toBe(true);
  });

  it('that fail half way leave nothing, and the next one is saved', async () => {
    await save(1);
    const { header, all } = fileOf(2, 1, Buffer.alloc(400_000, 1));
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield all.subarray(0, 300_000);
      throw new Error('the file is torn');
    };
    await expect(copies.put({ header, slices: broken() })).rejects.toThrow(
      new RegExp(`cannot save position 2 in the snapshot copies of bucket ${bucket}: the file`),
    );
    expect((await subjects('C')).length).toBe(1);
    await save(3);
    expect(await newest()).toMatchObject({ position: 3 });
  });

  it('that a killed engine left half done are swept away when nobody goes on with them', async () => {
    const js = manager.jetstream();
    await js.publish(`$O.${bucket}.C.leftbehind`, Buffer.alloc(1000));
    await save(1);
    expect(await subjects('C')).toContain(`$O.${bucket}.C.leftbehind`);
    const hasty = await ObjectBucket.open(connection, { bucket, leftoverMs: 0 });
    await save(2, 1, new SnapshotCopies(hasty, { key: KEY }));
    expect(await subjects('C')).not.toContain(`$O.${bucket}.C.leftbehind`);
    expect((await subjects('C')).length).toBe(2);
    expect(await newest()).toMatchObject({ position: 2 });
  });

  it('go on in a bucket made anew when somebody deleted it', async () => {
    await save(1);
    await manager.streams.delete(`OBJ_${bucket}`);
    expect(await copies.list()).toEqual([]);
    await save(2);
    expect((await copies.list()).map(({ position }) => position)).toEqual([2]);
  });
});

it('a server without JetStream is refused with what to do', async () => {
  const bare = await connectNats({ url: await startBareNats() });
  await expect(ObjectBucket.open(bare, { bucket: 'x' })).rejects.toThrow(
    /cannot use the object store bucket x: .*; enable JetStream, and let this account/,
  );
  await bare.close();
});

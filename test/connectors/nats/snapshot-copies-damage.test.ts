// Claims about damaged copies of snapshots: refused with a reason, and the one before is used.
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import fc from 'fast-check';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { ObjectBucket } from '../../../connectors/nats/object-bucket.js';
import { SnapshotCopies } from '../../../connectors/nats/snapshot-copies.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

const BUCKET = 'damage';
const STREAM = `OBJ_${BUCKET}`;
const KEY = 'EVENTS.SIGNALS';
const SCHEMA = 2;

let nats: TestNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let bucket: ObjectBucket;
let copies: SnapshotCopies;

beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url });
  manager = await jetstreamManager(connection);
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  bucket = await ObjectBucket.open(connection, { bucket: BUCKET });
  copies = new SnapshotCopies(bucket, { key: KEY });
});
afterEach(async () => void (await manager.streams.delete(STREAM)));

/** A sound one of position 1, then one of position 2 with these bytes. */
async function saveTwo(bytes: Uint8Array, newerSchema = SCHEMA): Promise<void> {
  await manager.streams.purge(STREAM);
  await copies.save({ schema: SCHEMA, position: 1, fence: 5, bytes: Buffer.from('sound') });
  await copies.save({ schema: newerSchema, position: 2, fence: 5, bytes });
}

async function newestObject() {
  const object = (await copies.list())[0]?.object;
  if (object?.info == null) throw new Error('no copy');
  return { subject: object.subject, name: object.name, info: object.info };
}

/** Puts these chunks in the place of those of the newest copy. */
async function storeInstead(change: (all: Buffer) => readonly Buffer[]): Promise<void> {
  const { info } = await newestObject();
  const subject = `$O.${BUCKET}.C.${info.nuid}`;
  const chunks: Buffer[] = [];
  for await (const slice of (await bucket.get(info.name)) ?? []) chunks.push(Buffer.from(slice));
  await manager.streams.purge(STREAM, { filter: subject });
  for (const chunk of change(Buffer.concat(chunks))) {
    await manager.jetstream().publish(subject, chunk);
  }
}

async function describeInstead(text: string): Promise<void> {
  const { subject } = await newestObject();
  await manager.streams.purge(STREAM, { filter: subject });
  await manager.jetstream().publish(subject, text);
}

async function expectFallback(reason: RegExp): Promise<void> {
  const { snapshot, refused } = await copies.newest(SCHEMA);
  expect(snapshot).toMatchObject({ position: 1, fence: 5 });
  expect(Buffer.from(snapshot?.bytes ?? []).toString()).toBe('sound');
  const name = `copy ${BUCKET}/${KEY}/0000000000000005-0000000000000002.snapshot`;
  expect(refused).toEqual([{ name, reason: expect.stringMatching(reason) }]);
}

const contents = fc.uint8Array({ minLength: 1, maxLength: 4_096 });

it('refuses one cut at any place and uses the one before', async () => {
  await fc.assert(
    fc.asyncProperty(contents, fc.nat(), async (bytes, place) => {
      await saveTwo(bytes);
      await storeInstead((all) => [all.subarray(0, place % all.byteLength)]);
      await expectFallback(/^torn: |digest does not match/);
    }),
    { numRuns: 30 },
  );
});

it('refuses one with a byte changed anywhere and uses the one before', async () => {
  await fc.assert(
    fc.asyncProperty(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), async (b, at, mask) => {
      await saveTwo(b);
      await storeInstead((all) => {
        const place = at % all.byteLength;
        all[place] = (all[place] as number) ^ mask;
        return [all];
      });
      await expectFallback(/digest does not match|damaged header|not a snapshot/);
    }),
    { numRuns: 30 },
  );
});

it('refuses one without some of its chunks, or without any, without waiting for them', async () => {
  const large = Buffer.alloc(500_000, 7);
  for (const gone of [0, 1, 3]) {
    await saveTwo(large);
    await storeInstead((all) =>
      [0, 1, 2, 3]
        .filter((chunk) => chunk !== gone)
        .map((chunk) => all.subarray(chunk * 131_072, (chunk + 1) * 131_072)),
    );
    await expectFallback(/^torn: 3 of 4 chunks$/);
  }
  await saveTwo(large);
  await storeInstead(() => []);
  await expectFallback(/^torn: 0 of 4 chunks$/);
});

it('refuses one whose own checksum does not match, though the broker kept it as it came', async () => {
  await saveTwo(Buffer.from('to be replaced'));
  const { name, info } = await newestObject();
  const chunks: Buffer[] = [];
  for await (const slice of (await bucket.get(name)) ?? []) chunks.push(Buffer.from(slice));
  const file = Buffer.concat(chunks);
  file[file.byteLength - 1] = 0;
  const slices = async function* (): AsyncGenerator<Uint8Array> {
    yield file;
  };
  await bucket.put(name, info.metadata ?? {}, slices());
  await expectFallback(/^checksum does not match$/);
});

it('refuses one whose description is torn, or is another’s', async () => {
  await saveTwo(Buffer.from('whole'));
  await describeInstead('{"name":');
  await expectFallback(/^what describes it cannot be read$/);

  await saveTwo(Buffer.from('whole'));
  const { info } = await newestObject();
  await describeInstead(JSON.stringify({ ...info, metadata: {} }));
  await expectFallback(/^what describes it cannot be read$/);

  await saveTwo(Buffer.from('whole'));
  const first = (await copies.list())[1]?.object.info;
  await describeInstead(JSON.stringify({ ...first, name: (await newestObject()).name }));
  await expectFallback(/^holds position 1 of fence 5$/);
});

it('refuses one of an older layout before it is fetched, naming both', async () => {
  await saveTwo(Buffer.from('old'), SCHEMA - 1);
  await expectFallback(/^layout 1, this version reads 2$/);
});

async function halted() {
  const away = await startTestNats();
  const apart = await connectNats({ url: away.url, reconnectMaxMs: 200 });
  const there = await ObjectBucket.open(apart, { bucket: BUCKET, stallMs: 1_000 });
  const first = new SnapshotCopies(there, { key: KEY });
  await first.save({ schema: SCHEMA, position: 1, fence: 5, bytes: Buffer.from('sound') });
  const listed = await first.list();
  await away.halt();
  const stop = async (): Promise<void> => {
    await apart.close();
    await away.stop();
  };
  return { away, there, listed, stop };
}

it('refuses none because the server is away for a while', async () => {
  const { away, there, listed, stop } = await halted();
  const reading = new SnapshotCopies(there, { key: KEY }).newestOf(listed, SCHEMA);
  await away.restart();
  expect(await reading).toMatchObject({ snapshot: { position: 1 }, refused: [] });
  await stop();
});

it('refuses none because the server is away for long: that is an error, which names the bucket', async () => {
  const { there, listed, stop } = await halted();
  const hasty = new SnapshotCopies(there, { key: KEY, patienceMs: 1 });
  const reading = hasty.newestOf(listed, SCHEMA);
  await expect(reading).rejects.toThrow(/^cannot read the snapshot copies of bucket damage: /);
  await stop();
});

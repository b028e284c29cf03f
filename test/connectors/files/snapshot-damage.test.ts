// Claims about damaged snapshots of any content: refused with a reason, the one before is used.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';

const SCHEMA = 2;
const NEWEST = '000000000002.snapshot';

let dir = '';
let store: FileSnapshotStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'snapshot-damage-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A sound one of position 1, then one of position 2 with these bytes; the newer one's file. */
async function saveTwo(bytes: Uint8Array, newerSchema = SCHEMA): Promise<Buffer> {
  await rm(dir, { recursive: true, force: true });
  store = new FileSnapshotStore({ dir });
  await store.save({ schema: SCHEMA, position: 1, bytes: Buffer.from('sound') });
  await store.save({ schema: newerSchema, position: 2, bytes });
  return readFile(join(dir, NEWEST));
}

async function expectFallback(reason: RegExp): Promise<void> {
  const { snapshot, refused } = await store.newest(SCHEMA);
  expect(snapshot?.position).toBe(1);
  expect(Buffer.from(snapshot?.bytes ?? []).toString()).toBe('sound');
  expect(refused).toEqual([{ name: NEWEST, reason: expect.stringMatching(reason) }]);
}

const contents = fc.uint8Array({ minLength: 1, maxLength: 4_096 });

it('refuses one cut at any place and uses the one before', async () => {
  await fc.assert(
    fc.asyncProperty(contents, fc.nat(), async (bytes, place) => {
      const whole = await saveTwo(bytes);
      await writeFile(join(dir, NEWEST), whole.subarray(0, place % whole.byteLength));
      await expectFallback(/^torn: /);
    }),
    { numRuns: 50 },
  );
});

it('refuses one with a byte changed anywhere and uses the one before', async () => {
  await fc.assert(
    fc.asyncProperty(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), async (b, at, mask) => {
      const damaged = await saveTwo(b);
      const place = at % damaged.byteLength;
      damaged[place] = (damaged[place] as number) ^ mask;
      await writeFile(join(dir, NEWEST), damaged);
      await expectFallback(/checksum does not match|damaged header|not a snapshot/);
    }),
    { numRuns: 50 },
  );
});

it('refuses one of an older layout, naming both, and uses the one before', async () => {
  await saveTwo(Buffer.from('old'), SCHEMA - 1);
  await expectFallback(/^layout 1, this version reads 2$/);
});

// Claims about the formats of snapshot files: what is written, and what an earlier version wrote.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
} from '../../../connectors/files/snapshot-format.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';

/** A whole file as the version before fences wrote it: layout 1, position 41, `state at 41`. */
const OLD_FILE = Buffer.from(
  [
    '5350534e41503031', // SPSNAP01
    '000000000000f03f', // layout
    '0000000000804440', // position
    '0000000000002640', // length
    '1e1073dc', // crc32 of the text
    'c185c054', // crc32 of the header before it
    Buffer.from('state at 41').toString('hex'),
  ].join(''),
  'hex',
);
const OLD_HEADER_BYTES = 40;

describe('a file of the format before fences', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'snapshot-format-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const put = (bytes: Buffer): Promise<void> =>
    writeFile(join(dir, '000000000003.snapshot'), bytes);

  it('is read, its fence not known, and the next is saved beyond it in the new format', async () => {
    await put(OLD_FILE);
    const store = new FileSnapshotStore({ dir });
    const { snapshot, refused } = await store.newest(1);
    expect(refused).toEqual([]);
    expect(snapshot).toMatchObject({ schema: 1, position: 41, fence: 0 });
    expect(Buffer.from(snapshot?.bytes ?? []).toString()).toBe('state at 41');
    await store.save({ schema: 1, position: 42, fence: 9, bytes: Buffer.from('next') });
    expect(await store.names()).toEqual(['000000000003.snapshot', '000000000004.snapshot']);
    expect((await store.newest(1)).snapshot).toMatchObject({ position: 42, fence: 9 });
  });

  it('is read too where it holds no bytes at all, shorter than the header of today', async () => {
    const empty = Buffer.from(OLD_FILE.subarray(0, OLD_HEADER_BYTES));
    expect(empty.byteLength).toBeLessThan(HEADER_BYTES);
    expect(decodeHeader(empty)).toMatchObject({ position: 41, headerBytes: OLD_HEADER_BYTES });
  });

  it('is refused when it is cut or changed anywhere', async () => {
    const store = new FileSnapshotStore({ dir });
    for (let at = 0; at < OLD_FILE.byteLength; at++) {
      await put(OLD_FILE.subarray(0, at));
      expect((await store.newest(1)).refused[0]?.reason).toMatch(/^torn: /);
      const changed = Buffer.from(OLD_FILE);
      changed[at] = (changed[at] as number) ^ 0x10;
      await put(changed);
      const { snapshot, refused } = await store.newest(1);
      expect(snapshot).toBe(null);
      expect(refused[0]?.reason).toMatch(/checksum does not match|damaged header|not a snapshot/);
    }
  });
});

it('a header is read as it was written, and refused when any byte of it changes', () => {
  const numbers = fc.record({
    schema: fc.nat(),
    position: fc.maxSafeNat(),
    fence: fc.maxSafeNat(),
    length: fc.maxSafeNat(),
    checksum: fc.nat(),
  });
  fc.assert(
    fc.property(
      numbers,
      fc.nat(HEADER_BYTES - 1),
      fc.integer({ min: 1, max: 255 }),
      (h, at, mask) => {
        const bytes = encodeHeader(h);
        expect(decodeHeader(bytes)).toEqual({ ...h, headerBytes: HEADER_BYTES });
        bytes[at] = (bytes[at] as number) ^ mask;
        expect(decodeHeader(bytes)).toMatch(/damaged header|not a snapshot/);
      },
    ),
  );
});

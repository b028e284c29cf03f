// Claims about snapshots in files: whole or not at all.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import { snapshotStoreContract } from '../../contracts/snapshot-store.contract.js';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'snapshots-'));

snapshotStoreContract('FileSnapshotStore', async () => {
  const dir = await newFolder();
  return {
    store: new FileSnapshotStore({ dir: join(dir, 'made', 'by', 'it') }),
    reopen: () => new FileSnapshotStore({ dir: join(dir, 'made', 'by', 'it') }),
    dispose: () => rm(dir, { recursive: true }),
  };
});

describe('FileSnapshotStore', () => {
  let dir = '';
  let store: FileSnapshotStore;
  beforeEach(async () => {
    dir = await newFolder();
    store = new FileSnapshotStore({ dir });
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  const save = (position: number): Promise<void> =>
    store.save({ schema: 1, position, bytes: Buffer.from(`state at ${position}`) });
  const newestFile = async (): Promise<string> =>
    join(dir, (await readdir(dir)).sort().at(-1) ?? '');

  it('falls back to the one before when the newest is torn at any length', async () => {
    await save(1);
    await save(2);
    const file = await newestFile();
    const whole = await readFile(file);
    for (let length = 0; length < whole.byteLength; length++) {
      await writeFile(file, whole.subarray(0, length));
      const { snapshot, refused } = await store.newest(1);
      expect(snapshot?.position).toBe(1);
      expect(refused.length).toBe(1);
      expect(refused[0]?.reason).toMatch(/^torn: /);
    }
    await writeFile(file, Buffer.concat([whole, Buffer.of(0)]));
    expect((await store.newest(1)).snapshot?.position).toBe(1);
    await writeFile(file, whole);
    expect((await store.newest(1)).snapshot?.position).toBe(2);
  });

  it('never loads a snapshot with a flipped bit, wherever it is', async () => {
    await save(1);
    await save(2);
    const file = await newestFile();
    const whole = await readFile(file);
    for (let bit = 0; bit < whole.byteLength * 8; bit += 3) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(file, flipped);
      const { snapshot, refused } = await store.newest(1);
      expect(snapshot?.position).toBe(1);
      expect(refused.length).toBe(1);
    }
  });

  it('keeps the last few and leaves no temporary file, not even a killed process does', async () => {
    await writeFile(join(dir, 'writing.tmp'), 'torn by a crash');
    const kept = new FileSnapshotStore({ dir, keep: 2 });
    for (let i = 1; i <= 5; i++) {
      await kept.save({ schema: 1, position: i, bytes: Buffer.from('x') });
    }
    expect((await readdir(dir)).sort()).toEqual(['000000000004.snapshot', '000000000005.snapshot']);
    expect(() => new FileSnapshotStore({ dir, keep: 0 })).toThrow(/keep must be at least 1/);
  });

  it('says what failed when the disk refuses', async () => {
    await writeFile(join(dir, 'file'), '');
    const blocked = new FileSnapshotStore({ dir: join(dir, 'file') });
    const bytes = Buffer.from('x');
    await expect(blocked.save({ schema: 1, position: 9, bytes })).rejects.toThrow(
      /cannot save the snapshot of position 9 in .*file: .*; the one before stays/,
    );
  });

  it('passes over what cannot be read, and saves beyond it', async () => {
    await save(1);
    await mkdir(join(dir, '000000000002.snapshot'));
    const { snapshot, refused } = await store.newest(1);
    expect(snapshot?.position).toBe(1);
    expect(refused).toEqual([
      { name: '000000000002.snapshot', reason: expect.stringMatching(/cannot be read/) },
    ]);
    await save(4);
    expect((await store.newest(1)).snapshot?.position).toBe(4);
  });

  it('gives bytes that typed arrays can be laid over', async () => {
    const bytes = new Uint8Array(Float64Array.of(1.5, 2.5).buffer);
    await store.save({ schema: 1, position: 1, bytes });
    const found = (await store.newest(1)).snapshot?.bytes;
    expect(found?.byteOffset).toBe(0);
    expect(new Float64Array(found?.buffer ?? new ArrayBuffer(0), 0, 2)).toEqual(
      Float64Array.of(1.5, 2.5),
    );
  });

  it('saves and loads what is larger than one slice', async () => {
    const bytes = Buffer.alloc(9 * 1024 ** 2 + 17);
    for (let i = 0; i < bytes.byteLength; i += 4096) bytes[i] = (i / 4096) & 255;
    await store.save({ schema: 1, position: 1, bytes });
    const found = (await store.newest(1)).snapshot?.bytes;
    expect(bytes.equals(found ?? Buffer.alloc(0))).toBe(true);
  });
});

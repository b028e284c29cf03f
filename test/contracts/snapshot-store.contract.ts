// What every store of snapshots must keep; each implementation's test file calls this.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotStore } from '../../connectors/snapshot-store.js';

export interface StoreHarness {
  readonly store: SnapshotStore;
  /** The same place, as a process that starts later sees it. */
  reopen(): SnapshotStore;
  dispose(): Promise<void>;
}

const SCHEMA = 7;

export function snapshotStoreContract(name: string, make: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the contract of a snapshot store`, () => {
    let harness: StoreHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(async () => {
      await harness.dispose();
    });

    const snapshot = (position: number, text: string, schema = SCHEMA) => ({
      schema,
      position,
      bytes: Buffer.from(text),
    });

    it('has no newest before the first', async () => {
      expect(await harness.store.newest(SCHEMA)).toEqual({ snapshot: null, refused: [] });
    });

    it('gives back any bytes and position as they were, also to a later process', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 2_000 }),
          fc.maxSafeNat(),
          async (bytes, position) => {
            await harness.store.save({ schema: SCHEMA, position, bytes });
            for (const store of [harness.store, harness.reopen()]) {
              const { snapshot: found, refused } = await store.newest(SCHEMA);
              expect(found?.position).toBe(position);
              expect(Buffer.from(found?.bytes ?? []).equals(bytes)).toBe(true);
              expect(refused).toEqual([]);
            }
          },
        ),
        { numRuns: 20 },
      );
    });

    it('gives back the fence of the engine that saved it, 0 where it had none', async () => {
      for (const fence of [undefined, 1, 7, 2 ** 40]) {
        const given = fence === undefined ? {} : { fence };
        await harness.store.save({ ...snapshot(5, `fence ${fence}`), ...given });
        for (const store of [harness.store, harness.reopen()]) {
          const { snapshot: found, from } = await store.newest(SCHEMA);
          expect(found).toMatchObject({ position: 5, fence: fence ?? 0 });
          expect(from).toMatch(/\S/);
        }
      }
    });

    it('gives the one saved last, whatever the positions', async () => {
      await harness.store.save(snapshot(100, 'old stream'));
      await harness.store.save(snapshot(3, 'new stream'));
      expect((await harness.store.newest(SCHEMA)).snapshot).toMatchObject({ position: 3 });
    });

    it('takes saves at the same time one after the other', async () => {
      const saves = [1, 2, 3, 4, 5].map((i) => harness.store.save(snapshot(i, `state ${i}`)));
      await Promise.all(saves);
      const { snapshot: found } = await harness.store.newest(SCHEMA);
      expect(Buffer.from(found?.bytes ?? []).toString()).toBe('state 5');
    });

    it('passes over another layout, says which, and gives the one before', async () => {
      await harness.store.save(snapshot(1, 'ours'));
      await harness.store.save(snapshot(2, 'later version', SCHEMA + 1));
      const { snapshot: found, refused } = await harness.store.newest(SCHEMA);
      expect(found?.position).toBe(1);
      expect(refused.length).toBe(1);
      expect(refused[0]?.reason).toMatch(/8.*7/);
      expect((await harness.store.newest(SCHEMA + 1)).snapshot?.position).toBe(2);
    });
  });
}

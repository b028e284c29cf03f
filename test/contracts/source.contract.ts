// What every source of events must keep; each implementation's test file calls this.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery, Position, Source } from '../../connectors/source.js';

export interface SourceHarness {
  /** A new source over the same log, not yet opened. */
  source(): Source;
  /** Does `nextBatch` wait for more at the end (a live stream) or give null (files)? */
  readonly isLive: boolean;
  dispose(): Promise<void>;
}

const COUNT = 500;
/** Of many sizes, so that messages fall across whatever chunks the source reads in. */
const PAYLOADS = Array.from(
  { length: COUNT },
  (_, i) => `{"n":${i},"x":"${'y'.repeat((i * 37) % 300)}"}`,
);

/** `fill` puts these payloads into an empty log, one message each, before any source opens. */
export function sourceContract(
  name: string,
  fill: (payloads: readonly string[]) => Promise<SourceHarness>,
): void {
  describe(`${name} keeps the contract of a source`, () => {
    let harness: SourceHarness;
    beforeAll(async () => {
      harness = await fill(PAYLOADS);
    });
    afterAll(async () => {
      await harness.dispose();
    });

    it('delivers all that is stored, in ascending position, unchanged', async () => {
      const got = await readAll(harness, { after: null, max: 64 });
      expect(got.map((delivery) => text(delivery))).toEqual(PAYLOADS);
      for (const [i, delivery] of got.entries()) {
        expect(Number.isSafeInteger(delivery.position)).toBe(true);
        expect(delivery.position).toBeGreaterThan(got[i - 1]?.position ?? 0);
        expect(delivery.storedAtMs === null || delivery.storedAtMs > 1.6e12).toBe(true);
      }
    });

    it('gives the same deliveries whatever the batch limit, and never more than it', async () => {
      const whole = await readAll(harness, { after: null, max: 100_000 });
      for (const max of [1, 7, 4096]) {
        const got = await readAll(harness, { after: null, max });
        expect(got.map(positionOf)).toEqual(whole.map(positionOf));
        expect(got.map(text)).toEqual(PAYLOADS);
      }
    });

    it('goes on after any position', async () => {
      const all = (await readAll(harness, { after: null, max: 100 })).map(positionOf);
      for (const index of [0, 1, 250, COUNT - 2]) {
        const after = all[index] ?? 0;
        const got = await readAll(harness, { after, max: 100, count: COUNT - 1 - index });
        expect(got.map(positionOf)).toEqual(all.slice(index + 1));
      }
    });

    it('ends a waiting nextBatch with null on close, and takes close and commit any time', async () => {
      const source = harness.source();
      await source.open(null);
      await drain(source, { count: COUNT, max: 100 });
      await source.commit(COUNT);
      const waiting = source.nextBatch(10);
      if (harness.isLive) await source.close();
      expect(await waiting).toBeNull();
      await source.close();
      await source.close();
      expect(await source.nextBatch(10)).toBeNull();
    });

    it('knows how much is pending, or says that it does not', async () => {
      const source = harness.source();
      await source.open(null);
      const before = await source.pending();
      await drain(source, { count: COUNT, max: 100 });
      const after = await source.pending();
      await source.close();
      expect([null, COUNT]).toContain(before);
      expect(after).toBe(before === null ? null : 0);
    });

    it('refuses a batch limit below one', async () => {
      const source = harness.source();
      await source.open(null);
      await expect(source.nextBatch(0)).rejects.toThrow(RangeError);
      await source.close();
    });
  });
}

const text = (delivery: Delivery): string => Buffer.from(delivery.data).toString();
const positionOf = (delivery: Delivery): Position => delivery.position;

async function readAll(
  harness: SourceHarness,
  plan: { after: Position | null; max: number; count?: number },
): Promise<Delivery[]> {
  const source = harness.source();
  await source.open(plan.after);
  const got = await drain(source, { count: plan.count ?? COUNT, max: plan.max });
  if (!harness.isLive) expect(await source.nextBatch(plan.max)).toBeNull();
  await source.close();
  return got;
}

async function drain(source: Source, plan: { count: number; max: number }): Promise<Delivery[]> {
  const got: Delivery[] = [];
  while (got.length < plan.count) {
    const batch = await source.nextBatch(plan.max);
    if (batch === null) throw new Error(`ended after ${got.length} of ${plan.count} deliveries`);
    expect(batch.length).toBeGreaterThanOrEqual(1);
    expect(batch.length).toBeLessThanOrEqual(plan.max);
    got.push(...batch);
  }
  return got;
}

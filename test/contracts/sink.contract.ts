// What every sink of results must keep; each implementation's test file calls this.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../connectors/sink.js';

export interface SinkHarness<Row> {
  readonly sink: Sink<Row>;
  /** Row `i`, always the same for the same number, different from all others. */
  row(i: number): Row;
  /** The numbers of the rows that are stored, a number as often as its row is; any order. */
  stored(): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

export function sinkContract<Row>(name: string, make: () => Promise<SinkHarness<Row>>): void {
  describe(`${name} keeps the contract of a sink`, () => {
    let harness: SinkHarness<Row>;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(async () => {
      await harness.sink.close();
      await harness.dispose();
    });

    const never = new AbortController().signal;
    const rows = (from: number, through: number): Row[] =>
      numbers(from, through).map((i) => harness.row(i));
    const stored = async (): Promise<number[]> =>
      [...(await harness.stored())].sort((a, b) => a - b);

    it('has stored every row when write has resolved', async () => {
      await harness.sink.write(rows(1, 1_000), never);
      expect(await stored()).toEqual(numbers(1, 1_000));
    });

    it('has a name, and takes no rows', async () => {
      expect(harness.sink.name).not.toBe('');
      await harness.sink.write([], never);
      expect(await stored()).toEqual([]);
    });

    it('stores rows written twice once', async () => {
      const batch = rows(1, 50);
      await harness.sink.write(batch, never);
      await harness.sink.write(batch, never);
      expect(await stored()).toEqual(numbers(1, 50));
    });

    it('keeps writes apart that run at the same time', async () => {
      const writes = [0, 1, 2, 3].map((k) =>
        harness.sink.write(rows(k * 100 + 1, k * 100 + 100), never),
      );
      await Promise.all(writes);
      expect(await stored()).toEqual(numbers(1, 400));
    });

    it('rejects a write whose signal was aborted, and takes the next one', async () => {
      await expect(harness.sink.write(rows(1, 5), AbortSignal.abort())).rejects.toThrow();
      await harness.sink.write(rows(6, 8), never);
      expect(await stored()).toEqual(expect.arrayContaining([6, 7, 8]));
    });

    it('may be closed twice, and has stored what was written before', async () => {
      await harness.sink.write(rows(1, 3), never);
      await harness.sink.close();
      await harness.sink.close();
      expect(await stored()).toEqual([1, 2, 3]);
    });
  });
}

function numbers(from: number, through: number): number[] {
  return Array.from({ length: through - from + 1 }, (_, i) => from + i);
}

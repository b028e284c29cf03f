// Claims about sources that end at a time: what comes later has not happened.
import { expect, it } from 'vitest';
import type { Delivery, Source } from '../../../connectors/source.js';
import { SourceUntil } from '../../../engine/explain/source-until.js';

const text = new TextEncoder();

/** Messages whose data is their time. */
function sourceOf(batches: readonly (readonly number[])[]): Source {
  const left = batches.map((times) => [...times]);
  let position = 0;
  const deliver = (time: number): Delivery => {
    const data = text.encode(String(time));
    return { position: ++position, subject: 'file', storedAtMs: null, data };
  };
  return {
    name: 'files',
    open: async () => undefined,
    nextBatch: async () => left.shift()?.map(deliver) ?? null,
    commit: async () => undefined,
    close: async () => undefined,
    pending: async () => null,
  };
}

async function read(batches: readonly (readonly number[])[], untilMs: number) {
  const timeOf = (data: Uint8Array): number | null => {
    const time = Number(new TextDecoder().decode(data));
    return Number.isNaN(time) ? null : time;
  };
  const source = new SourceUntil(sourceOf(batches), untilMs, timeOf);
  await source.open(null);
  const all: Delivery[] = [];
  for (let batch = await source.nextBatch(10); batch !== null; batch = await source.nextBatch(10)) {
    expect(batch.length).toBeGreaterThan(0);
    all.push(...batch);
  }
  expect(await source.nextBatch(10)).toBeNull();
  return all.map(({ position, data }) => [position, new TextDecoder().decode(data)]);
}

it('leaves out what is later, also before what is not, and ends with a tick behind it all', async () => {
  const read1 = await read([[1000, 4000], [5000, 6000], [2000]], 3000);
  const tick = { id: 'until 1970-01-01T00:00:03.000Z', type: 'control.tick' };
  expect(read1).toEqual([
    [1, '1000'],
    [5, '2000'],
    [6, JSON.stringify({ ...tick, time: '1970-01-01T00:00:03.000Z' })],
  ]);
});

it('adds nothing where nothing is later, and keeps what says no time', async () => {
  const read1 = await read([[1000, Number.NaN, 3000]], 3000);
  expect(read1.map(([, data]) => data)).toEqual(['1000', 'NaN', '3000']);
});

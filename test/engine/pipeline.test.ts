// Claims about the pipeline: a long batch is decided in turns with others, and delivered in parts.
import { setImmediate } from 'node:timers/promises';
import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import type { Delivery, Source } from '../../connectors/source.js';
import { inParts } from '../../engine/pauses.js';
import { type Decided, type PipelineOptions, pipeline } from '../../engine/pipeline.js';
import { publishedMessages } from '../../engine/published.js';
import { Feed } from '../../engine/screens/feed.js';
import {
  coreWith,
  linesOf,
  messagesOf,
  nothingBrought,
  run,
  savedSections,
} from '../oracle/drive.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5, 8);
const SKUS = 300;
const DAYS = 6;

/** A count and an order of each SKU, then one event behind which six days close. */
function backlog(): Delivery[] {
  const events: object[] = [];
  for (let n = 0; n < SKUS; n++) {
    const place = { time: START, location: 'berlin' };
    events.push({ id: `c${n}`, type: 'stock.counted', ...place, sku: `S${n}`, quantity: 2 });
    const lines = [{ sku: `S${n}`, quantity: 1 + (n % 4) }];
    events.push({ id: `o${n}`, type: 'order.placed', ...place, orderId: `o${n}`, lines });
  }
  events.push({ id: 't', type: 'control.tick', time: START + DAYS * DAY });
  return messagesOf(events).map((message) => ({ ...message, position: message.position + 40 }));
}

function sourceOf(batches: readonly (readonly Delivery[])[]): Source {
  const left = [...batches];
  return {
    name: 'list',
    open: async () => undefined,
    nextBatch: async () => left.shift() ?? null,
    commit: async () => undefined,
    close: async () => undefined,
    pending: async () => left.length,
  };
}

async function piped(options: Partial<PipelineOptions>) {
  const core = coreWith();
  const delivered: (Decided & { readonly isBusy: boolean })[] = [];
  const limits = { maxMessages: 4096, sliceMs: Number.POSITIVE_INFINITY, ...options };
  const deliver = async (decided: Decided): Promise<void> => {
    delivered.push({ ...decided, isBusy: core.chain.isBusy });
    if (core.chain.isBusy) expect(() => core.save()).toThrow('between two batches');
  };
  await lastValueFrom(pipeline(sourceOf([backlog()]), core, limits, deliver));
  const all = nothingBrought();
  for (const { results } of delivered) {
    for (const kind of Object.keys(all) as (keyof typeof all)[]) {
      (all[kind] as unknown[]).push(...results[kind]);
    }
  }
  return { delivered, lines: linesOf(all), saved: savedSections(core) };
}

it('buckets of a long batch come in parts ahead of it, at the position where it begins', async () => {
  const whole = await piped({});
  const parts = await piped({ maxBuckets: 100 });
  expect(whole.delivered).toHaveLength(1);
  expect(parts.delivered.length).toBeGreaterThan((SKUS * DAYS) / 400);
  const last = parts.delivered.pop();
  for (const { batch, results, isBusy } of parts.delivered) {
    expect([isBusy, batch.through, batch.count, batch.messages]).toEqual([true, 40, 0, 0]);
    // A slice of rows may pass the limit by itself.
    expect(results.buckets.length).toBeLessThanOrEqual(100 + 256);
    expect(results.signals.length + results.alerts.length + results.refusals.length).toBe(0);
  }
  expect([last?.isBusy, last?.batch.through]).toEqual([false, 40 + 2 * SKUS + 1]);
  expect(last?.results.signals.length).toBeGreaterThan(0);
  expect(parts.lines).toEqual(whole.lines);
  expect(parts.saved).toEqual(whole.saved);
});

it('buckets come in their order: days one after the other, rows in order within each', async () => {
  const { lines } = await piped({ maxBuckets: 100 });
  const found = lines.buckets?.map((line) => JSON.parse(line) as { row: number; startMs: number });
  const first = Date.UTC(2026, 0, 5);
  const days = Array.from({ length: DAYS }, (_, day) => first + day * DAY);
  const rows = Array.from({ length: SKUS }, (_, row) => row);
  const expected = days.flatMap((startMs) => rows.map((row) => ({ row, startMs })));
  expect(found?.map(({ row, startMs }) => ({ row, startMs }))).toEqual(expected);
});

it('others have their turn while a batch is decided, and change nothing by it', async () => {
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      await setImmediate();
      turns++;
    }
  })();
  const inTurns = await piped({ sliceMs: 0 });
  isDone = true;
  await others;
  expect(turns).toBeGreaterThan(DAYS * 4);
  const atOnce = await piped({});
  expect(inTurns.lines).toEqual(atOnce.lines);
  expect(inTurns.saved).toEqual(atOnce.saved);
});

it('messages of a batch are written when they are asked for, signals before alerts', () => {
  const results = { ...run(coreWith(), backlog()), changedRows: [] };
  const messages = [...publishedMessages(results, 1024 ** 2)];
  const ids = [...results.signals, ...results.alerts].map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(SKUS);
  expect(messages.map(({ id }) => id)).toEqual(ids);
  const first = publishedMessages(results, 1024 ** 2).next().value as { data: string };
  expect(JSON.parse(first.data)).toEqual(results.signals[0]);
});

it('a batch of more results than the feed keeps leaves its newest, with the same numbers', () => {
  const core = coreWith();
  const results = { ...run(core, backlog()), changedRows: [] };
  const [small, large] = [new Feed(core, 10), new Feed(core, 100_000)];
  for (const feed of [small, large]) feed.add({ batch: null as never, results });
  for (const feed of [small, large]) feed.add({ batch: null as never, results });
  expect(small.lastNumber).toBe(large.lastNumber);
  expect(small.after(0, 10)).toEqual(large.after(0, 10));
  expect(small.after(0, 10)).toHaveLength(10);
});

it('parts hold all items in order, and none is empty', () => {
  expect([...inParts([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  expect([...inParts([1, 2], 2)]).toEqual([[1, 2]]);
  expect([...inParts([], 2)]).toEqual([]);
});

// A fuzz run: seeded messages through the production decoder and chain, each accounted for.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadSettings } from '../../config/settings.js';
import { type Core, createCore } from '../../engine/core.js';
import { publishedMessages } from '../../engine/published.js';
import { REFUSAL_REASONS } from '../../operators/events/result.js';
import { Batch, type Message, OUTCOME } from '../../operators/stream/batch.js';
import type { Results } from '../../operators/stream/outbox.js';
import { brokenBalance } from './invariants.js';
import { messageFrom } from './mutate.js';
import { Source } from './valid.js';
import { type Verdict, verdictsOf } from './validity.js';

export interface FuzzOptions {
  readonly messages: number;
  readonly seed: string;
  readonly onProgress?: (messages: number) => void;
}

/** After so many messages the state is judged, and a new core begins: rows are not leaks. */
const EPOCH = 50_000;
const MAX_BATCH = 64;
/** NATS takes no larger message unless it is told to. */
const MAX_PAYLOAD = 1024 ** 2;
/** Growth of the heap from the first epoch's end to any later one (bytes). */
const HEAP_BOUND = 24 * 1024 ** 2;
const MAX_AHEAD_MS = 3_600_000;
const MAX_DETAIL = 1_000;
const REASONS = new Set<string>(REFUSAL_REASONS);
const decodedReasons = new Set(['malformed-json', 'not-an-object', 'unknown-type']);
for (const reason of ['missing-field', 'wrong-field', 'wrong-quantity', 'time-ahead']) {
  decodedReasons.add(reason);
}

interface Judged {
  readonly message: Message;
  readonly verdicts: readonly Verdict[];
}

/** @throws Error that names the seed, the message and what is wrong */
export async function fuzz({ messages, seed, onProgress }: FuzzOptions) {
  const source = new Source(seed);
  const sum = { messages: 0, events: 0, applied: 0, duplicate: 0, refused: 0, late: 0 };
  const reasons = new Map<string, number>();
  const heaps: number[] = [];
  while (sum.messages < messages) {
    const core = newCore();
    const end = Math.min(messages, sum.messages + EPOCH);
    const before = sum.events;
    while (sum.messages < end) {
      const batch = judgedBatch(source, sum.messages, end);
      sum.events += explained(seed, batch, () => applied(core, batch));
      sum.messages += batch.length;
    }
    const { counts } = core.outbox;
    check(counts.applied + counts.duplicate + counts.refused === sum.events - before, () => {
      return `${sum.events - before} events, but the counts are ${JSON.stringify(counts)}`;
    });
    for (const name of ['applied', 'duplicate', 'refused', 'late'] as const) {
      sum[name] += counts[name];
    }
    for (const [name, n] of core.outbox.refusedByReason)
      reasons.set(name, (reasons.get(name) ?? 0) + n);
    checkState(core);
    heaps.push(heapAfterCollection());
    onProgress?.(sum.messages);
    // Sockets, timers and Ctrl-C have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const growth = Math.max(...heaps) - (heaps[0] as number);
  check(growth <= HEAP_BOUND, () => `the heap grew by ${growth} bytes: ${heaps.join(', ')}`);
  const heapMiB = { first: mib(heaps[0] as number), most: mib(Math.max(...heaps)) };
  return { ...sum, reasons: Object.fromEntries([...reasons].sort()), heapMiB };
}

function newCore(): Core {
  const overrides = {
    'ledger.journal': 4096,
    'time.maxAhead': MAX_AHEAD_MS,
    'locations.london.timeZone': 'Europe/London',
    'locations.kolkata.timeZone': 'Asia/Kolkata',
    'locations.howe.timeZone': 'Australia/Lord_Howe',
    'dedupe.window': '7d',
  };
  return createCore(loadSettings({ env: {}, overrides }));
}

function judgedBatch(source: Source, from: number, end: number): Judged[] {
  const size = Math.min(end - from, 1 + source.below(MAX_BATCH));
  return Array.from({ length: size }, (_, n) => {
    const data = messageFrom(source);
    const storedAtMs = source.nowMs;
    const message = { position: from + n + 1, subject: 'events.test', storedAtMs, data };
    return { message, verdicts: verdictsOf(data, storedAtMs, { maxAheadMs: MAX_AHEAD_MS }) };
  });
}

/** Decodes and decides a batch; returns how many events it had. */
function applied(core: Core, judged: readonly Judged[]): number {
  const batch = new Batch();
  core.decoder.decode(
    judged.map(({ message }) => message),
    batch,
  );
  let i = 0;
  for (const { message, verdicts } of judged) {
    for (const [index, verdict] of verdicts.entries()) {
      check(batch.position[i] === message.position && batch.index[i] === index, () => {
        return `message ${message.position}: event ${index} of ${verdicts.length} is missing`;
      });
      checkEvent(batch, i, verdict);
      i++;
    }
  }
  check(i === batch.count, () => `${batch.count} events came out of ${i}`);
  core.chain.run(batch);
  for (let n = 0; n < batch.count; n++) {
    check(batch.outcome[n] !== OUTCOME.pending, () => `event ${n} of the batch was not decided`);
  }
  checkResults(core.outbox.take());
  return batch.count;
}

function checkEvent(batch: Batch, i: number, { isValid, text }: Verdict): void {
  const refusal = batch.refusal.get(i);
  const place = `message ${batch.position[i]}, event ${batch.index[i]}`;
  check(isValid === (refusal === undefined), () => {
    const found = refusal === undefined ? 'was taken' : `was refused: ${refusal.detail}`;
    return `${place} is ${isValid ? 'valid' : 'not valid'} by the schema and ${found}`;
  });
  if (refusal === undefined) return;
  check(decodedReasons.has(refusal.reason), () => `${place}: reason ${refusal.reason}`);
  check(refusal.data === text, () => `${place} is not kept whole in its refusal`);
}

function checkResults(results: Results): void {
  for (const { reason, detail, position } of results.refusals) {
    const isSaid = detail.length > 0 && detail.length <= MAX_DETAIL && REASONS.has(reason);
    check(isSaid, () => `message ${position}: reason ${reason}, ${detail.length} characters`);
  }
  for (const { id, subject, data } of publishedMessages(results, MAX_PAYLOAD)) {
    const size = Buffer.byteLength(data);
    check(
      size + id.length < MAX_PAYLOAD,
      () => `position ${id.split('/')[1]}: ${id} is published in ${size} bytes`,
    );
    const isPlain = /^[\x21-\x7e]+$/.test(subject) && id.length > 0;
    check(isPlain, () => `${JSON.stringify(id)} is published on ${JSON.stringify(subject)}`);
  }
}

function checkState(core: Core): void {
  const broken = brokenBalance(core);
  check(broken === null, () => broken as string);
  const bytes = core.save();
  const loaded = newCore();
  loaded.load(bytes);
  check(Buffer.compare(loaded.save(), bytes) === 0, () => 'a saved state loads as another one');
}

/** Says with which seed and message it happened, so that it can be had again. */
function explained<T>(seed: string, judged: readonly Judged[], act: () => T): T {
  try {
    return act();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const position = Number(/message (\d+)/.exec(text)?.[1] ?? /position (\d+)/.exec(text)?.[1]);
    const found = judged.find(({ message }) => message.position === position)?.message;
    const data = Buffer.from(found?.data ?? []);
    const shown = `${JSON.stringify(data.toString().slice(0, 2_000))} (${data.length} bytes)`;
    throw new Error(`seed ${seed}: ${text}\nmessage: ${shown}`, { cause: error });
  }
}

function check(holds: boolean, why: () => string): void {
  if (!holds) throw new Error(why());
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

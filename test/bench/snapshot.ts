// What holds the engine by the size of its state: snapshots, loading them, replay, a day's end.
import { loadSettings, type Settings } from '../../config/settings.js';
import { type Core, createCore } from '../../engine/core.js';
import { BucketRing } from '../../engine/screens/bucket-ring.js';
import { Batch } from '../../operators/stream/batch.js';
import { StateEncoder } from '../../operators/stream/state-encoder.js';
import {
  type Quantiles,
  Samples,
  type Spread,
  show,
  showSpread,
  textTable,
  timeInTurn,
} from './figures.js';
import { deliveries, inBatches, orders, preparationJson } from './messages.js';
import type { Report } from './report.js';

const SIZES = [10_000, 100_000];
const ROUNDS = 3;
const BATCH = 4_096;
const REPLAYED = 100_000;
const DAYS = 15;
const MAX_STEPS = 1_000_000;
const LIMIT_MS = 10_000;

export function benchSnapshot(): Report {
  return reportOf(SIZES);
}

export function benchMillion(): Report {
  return reportOf([1_000_000]);
}

function reportOf(sizes: readonly number[]): Report {
  const measured = sizes.map(measure);
  const rows = measured.map((m) => [
    String(m.rows),
    show(m.bytes / 1024 ** 2),
    show(m.bytes / m.rows),
    showSpread(m.pauseMs),
    showSpread(m.restMs),
    show(m.longestStepMs),
    showSpread(m.loadMs),
    `${show(m.replay.perSecond)} (${show(m.replay.ofParsing)})`,
    `${show(m.dayEnd.wholeMs.p50)} (… ${show(m.dayEnd.wholeMs.max)})`,
    `${show(m.dayEnd.stepMs.p999)} (… ${show(m.dayEnd.stepMs.max)})`,
  ]);
  const head = [
    'SKU-locations',
    'MiB',
    'bytes each',
    'pause, ms',
    'texts after it, ms',
    'longest step of them, ms',
    'load, ms',
    'replay, events/s (of JSON.parse alone)',
    'end of a day, ms',
    'its steps: p99.9, ms',
  ];
  return {
    title:
      'State with the charts of the live page: median (least … most); an open order each, one time zone',
    text: [textTable(head, rows), '', ...measured.map(longestStep)],
    figures: { measured },
  };
}

function longestStep({ rows, dayEnd }: ReturnType<typeof measure>): string {
  const count = rows.toLocaleString('en');
  return `longest step while a day of ${count} rows closes: ${show(dayEnd.stepMs.max)} ms`;
}

function measure(skus: number) {
  const settings = loadSettings({ env: {} });
  const core = filled(newCore(settings), skus);
  const snapshot = new Snapshotting(core);
  const { pause, rest, load } = timeInTurn(
    {
      pause: () => snapshot.begin(),
      rest: () => snapshot.finish(),
      load: () => newCore(settings).load(snapshot.bytes),
    },
    { rounds: ROUNDS, limitMs: LIMIT_MS },
  );
  const replay = replayOf(settings, snapshot.bytes, skus);
  const dayEnd = dayEndsOf(core);
  return {
    rows: core.table.rows,
    bytes: snapshot.bytes.byteLength,
    pauseMs: inMs(pause),
    restMs: inMs(rest),
    longestStepMs: snapshot.longestStepMs,
    loadMs: inMs(load),
    replay,
    dayEnd,
  };
}

/** As the engine has it: what the page's charts show is in the state too. */
function newCore(settings: Settings): Core {
  const core = createCore(settings);
  new BucketRing(core.table);
  return core;
}

/** As `Recovery` does it: memory made ready and kept, numbers at once, texts in steps. */
class Snapshotting {
  bytes = new Uint8Array(0);
  longestStepMs = 0;
  readonly #encoder = new StateEncoder();
  #steps: Generator<void, Uint8Array, void> | null = null;

  constructor(private readonly core: Core) {
    const steps = this.#encoder.reserve(core.sections());
    while (!steps.next().done);
  }

  begin(): void {
    const sections = this.core.sections();
    if (!this.#encoder.hasRoom(sections)) throw new Error('no room was made for the snapshot');
    this.#steps = this.#encoder.begin(sections);
  }

  finish(): void {
    for (;;) {
      const began = performance.now();
      const step = this.#steps?.next();
      this.longestStepMs = Math.max(this.longestStepMs, performance.now() - began);
      if (step === undefined) return;
      if (!step.done) continue;
      this.bytes = step.value as Uint8Array<ArrayBuffer>;
      return;
    }
  }
}

/** Catalog and count of each SKU, then an order each, all within two hours. */
function filled(core: Core, skus: number): Core {
  const numbers = Array.from({ length: skus }, (_, sku) => sku);
  apply(core, preparationJson(numbers));
  apply(core, orders(skus, skus, Math.floor(7_200_000 / skus)));
  return core;
}

/** How fast what came after a snapshot is decided again, orders all over the SKUs. */
function replayOf(settings: Settings, bytes: Uint8Array, skus: number) {
  const core = newCore(settings);
  core.load(bytes);
  const json = orders(REPLAYED, skus, 1, skus);
  const batches = inBatches(deliveries(json), BATCH);
  const before = core.outbox.counts.applied;
  let began = performance.now();
  for (const text of json) JSON.parse(text);
  const parsingMs = performance.now() - began;
  began = performance.now();
  for (const messages of batches) {
    const columns = new Batch();
    core.decoder.decode(messages, columns);
    core.chain.run(columns);
    core.outbox.take();
  }
  const replayMs = performance.now() - began;
  const applied = core.outbox.counts.applied - before;
  if (applied !== REPLAYED) throw new Error(`${applied} of ${REPLAYED} orders were applied`);
  return { perSecond: (REPLAYED / replayMs) * 1000, ofParsing: parsingMs / replayMs };
}

/**
 * The end of a day closes a bucket of every SKU-location of a time zone, in steps between which
 * sockets are served. Forecasts are cold in the first days and warm in the last.
 */
function dayEndsOf(core: Core): { readonly wholeMs: Quantiles; readonly stepMs: Quantiles } {
  const whole = new Samples(DAYS);
  const steps = new Samples(MAX_STEPS);
  const endMs = performance.now() + LIMIT_MS;
  for (let day = 1; day <= DAYS && performance.now() < endMs; day++) {
    const time = new Date(Date.UTC(2026, 0, 5 + day, 2)).toISOString();
    const began = performance.now();
    const tick = `{"id":"tick-${day}","type":"control.tick","time":"${time}"}`;
    apply(core, [tick], (ms) => steps.add(ms));
    whole.add(performance.now() - began);
  }
  return { wholeMs: whole.quantiles(), stepMs: steps.quantiles() };
}

function apply(core: Core, events: readonly string[], onStep?: (ms: number) => void): void {
  for (const batch of inBatches(events, BATCH)) {
    const columns = new Batch();
    core.decoder.decode(deliveries(batch), columns);
    let began = performance.now();
    for (const _ of core.chain.steps(columns)) {
      // As the pipeline does, closed buckets do not wait for the end of a batch.
      if (core.outbox.waitingBuckets > BATCH) core.outbox.takeBuckets();
      const now = performance.now();
      onStep?.(now - began);
      began = now;
    }
    core.outbox.take();
  }
}

function inMs(seconds: Spread): Spread {
  const { median, min, max } = seconds;
  return { median: median * 1000, min: min * 1000, max: max * 1000 };
}

// The core alone: JSON.parse, decode and the whole core beside each other; batches, heap, state.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadSettings, type Settings } from '../../config/settings.js';
import type { Delivery } from '../../connectors/source.js';
import { type Core, createCore } from '../../engine/core.js';
import { demoFiles } from '../../engine/demo/data.js';
import { Batch } from '../../operators/stream/batch.js';
import {
  rateOf,
  Samples,
  type Spread,
  show,
  showQuantiles,
  showSpread,
  textTable,
  timeInTurn,
} from './figures.js';
import { deliveries, demoLines, inBatches, orders, preparationJson } from './messages.js';
import type { Report } from './report.js';

const SKUS = 10_000;
/** Warm-up and the first weeks of autumn: enough days to be honest, soon enough done. */
const DEMO_ORDERS = 6_000;
const ORDERS = 60_000;
/** Stream time between made-up orders: the run spans two and a half days, so buckets close. */
const STEP_MS = 3_600;
const BATCH = 4_096;
const ROUNDS = 3;
const LIMIT_MS = 8_000;
/** Batches of one size are measured so long at most. */
const BATCHES_LIMIT_MS = 2_500;

interface Workload {
  readonly name: string;
  readonly settings: Settings;
  /** Applied before, not measured. */
  readonly before: readonly Delivery[];
  readonly measured: readonly Delivery[];
  readonly lines: number;
}

export function benchCore(): Report {
  const workloads = [syntheticWorkload(), demoWorkload()];
  const speeds = workloads.map((workload) => ({ workload, rates: speedOf(workload) }));
  const batches = workloads.flatMap(batchesOf);
  const states = workloads.map(stateOf);
  return {
    title: 'Core: one thread, no network',
    text: [speedTable(speeds), '', batchTable(batches), '', stateTable(states)],
    figures: {
      speed: speeds.map(({ workload, rates }) => ({ workload: workload.name, ...rates })),
      batches,
      states,
    },
  };
}

function syntheticWorkload(): Workload {
  const skus = Array.from({ length: SKUS }, (_, sku) => sku);
  const before = deliveries(preparationJson(skus));
  const measured = deliveries(orders(ORDERS, SKUS, STEP_MS), before.length + 1);
  const name = `${ORDERS} single-line orders, ${SKUS} SKUs`;
  return { name, settings: loadSettings({ env: {} }), before, measured, lines: ORDERS };
}

function demoWorkload(): Workload {
  const { catalog, orders: all } = demoLines();
  const recorded = all.slice(0, DEMO_ORDERS);
  const before = deliveries(catalog);
  const lines = recorded.reduce((sum, json) => {
    const event = JSON.parse(json) as { lines?: readonly unknown[] };
    return sum + (event.lines?.length ?? 1);
  }, 0);
  return {
    name: `demo: ${recorded.length} real orders, ${lines} lines`,
    settings: loadSettings({ file: demoFiles().settings, env: {} }),
    before,
    measured: deliveries(recorded, before.length + 1),
    lines,
  };
}

interface Rates {
  readonly rounds: number;
  readonly jsonParse: Spread;
  readonly decode: Spread;
  readonly core: Spread;
}

function speedOf({ settings, before, measured }: Workload): Rates {
  const decoder = new TextDecoder();
  const batches = inBatches(measured, BATCH);
  let next: Core | null = null;
  const works = {
    jsonParse: () => {
      for (const { data } of measured) JSON.parse(decoder.decode(data));
    },
    decode: () => {
      const core = createCore(settings);
      for (const batch of batches) core.decoder.decode(batch, new Batch());
    },
    prepare: () => {
      next = prepared(settings, before);
    },
    core: () => {
      for (const batch of batches) decide(next as Core, batch);
    },
  };
  const seconds = timeInTurn(works, { rounds: ROUNDS, limitMs: LIMIT_MS });
  const { length } = measured;
  return {
    rounds: seconds.rounds,
    jsonParse: rateOf(length, seconds.jsonParse),
    decode: rateOf(length, seconds.decode),
    core: rateOf(length, seconds.core),
  };
}

function prepared(settings: Settings, before: readonly Delivery[]): Core {
  const core = createCore(settings);
  for (const batch of inBatches(before, BATCH)) decide(core, batch);
  return core;
}

function decide(core: Core, batch: readonly Delivery[]): void {
  const columns = new Batch();
  core.decoder.decode(batch, columns);
  core.chain.run(columns);
  core.outbox.take();
}

function batchesOf(workload: Workload) {
  const { name, settings, before, measured } = workload;
  return [1, 64, BATCH].map((size) => {
    const core = prepared(settings, before);
    const samples = new Samples(measured.length);
    const endMs = performance.now() + BATCHES_LIMIT_MS;
    for (const batch of inBatches(measured, size)) {
      if (performance.now() > endMs) break;
      const began = performance.now();
      decide(core, batch);
      samples.add(performance.now() - began);
    }
    return { workload: name, batch: size, ms: samples.quantiles() };
  });
}

function stateOf({ name, settings, before, measured }: Workload) {
  const atFirst = memoryInUse();
  const core = prepared(settings, before);
  for (const batch of inBatches(measured, BATCH)) decide(core, batch);
  const after = memoryInUse();
  const { rows } = core.table;
  const stateBytes = core.save().byteLength;
  return {
    workload: name,
    rows,
    heapMiB: (after.heap - atFirst.heap) / 1024 ** 2,
    buffersMiB: (after.buffers - atFirst.buffers) / 1024 ** 2,
    stateBytes,
    stateBytesPerRow: stateBytes / rows,
  };
}

/** After a full collection. */
function memoryInUse(): { heap: number; buffers: number } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

function speedTable(speeds: readonly { workload: Workload; rates: Rates }[]): string {
  const rows = speeds.flatMap(({ workload, rates }) => {
    const linesEach = workload.lines / workload.measured.length;
    const row = (what: string, rate: Spread): string[] => [
      `${workload.name}: ${what}`,
      showSpread(rate),
      show(rate.median * linesEach),
      `${show(rate.median / rates.jsonParse.median)}x`,
    ];
    return [
      row(`JSON.parse alone, ${rates.rounds} rounds`, rates.jsonParse),
      row('decode alone', rates.decode),
      row('decode and decide', rates.core),
    ];
  });
  const head = ['median (slowest … quickest)', 'events/s', 'lines/s', 'to JSON.parse'];
  return textTable(head, rows);
}

function batchTable(batches: ReturnType<typeof batchesOf>): string {
  const rows = batches.map(({ workload, batch, ms }) => [
    `${workload}: batches of ${batch}`,
    String(ms.count),
    ...showQuantiles(ms),
  ]);
  return textTable(
    ['decode and decide, ms a batch', 'batches', 'p50', 'p99', 'p99.9', 'max'],
    rows,
  );
}

function stateTable(states: readonly ReturnType<typeof stateOf>[]): string {
  const rows = states.map((state) => [
    state.workload,
    String(state.rows),
    show(state.heapMiB),
    show(state.buffersMiB),
    show(state.stateBytes / 1024 ** 2),
    show(state.stateBytesPerRow),
  ]);
  const head = ['state', 'SKU-locations', 'heap MiB', 'columns MiB', 'saved MiB', 'bytes each'];
  return textTable(head, rows);
}

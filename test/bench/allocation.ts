// Allocation: time of the solver in its thread, and what the main thread's loop feels of it.
import { setTimeout } from 'node:timers/promises';
import { loadSettings } from '../../config/settings.js';
import { type Allocation, allocate } from '../../engine/allocation/allocation.js';
import { loadSolver } from '../../engine/allocation/solver.js';
import { type Core, createCore } from '../../engine/core.js';
import { allocateInThread } from '../../engine/workers/allocator.js';
import type { AllocationProblem } from '../../operators/replenish/allocate.js';
import { dualBound } from '../../operators/replenish/allocation-bound.js';
import { Batch } from '../../operators/stream/batch.js';
import { randomProblem } from '../engine/allocation/problems.js';
import { type Quantiles, Samples, show, showQuantiles, textTable } from './figures.js';
import { deliveries, inBatches, orders, preparationJson } from './messages.js';
import type { Report } from './report.js';

const NEEDS = 2_000;
const SUPPLIERS = 5;
const LOCATIONS = 3;
const TIME_MS = 10_000;
/** Of all that is asked for, what there is; and minimum order values as a share of all. */
const CASES = [
  { share: 0.9, minimum: 0 },
  { share: 0.6, minimum: 0 },
  { share: 0.3, minimum: 0 },
  { share: 0.6, minimum: 0.4 },
] as const;
const SEEDS = [1, 2];
const SKUS = 10_000;
/** Orders of one batch, and the rhythm in which batches come: 5,000 events/s. */
const BATCH = 50;
const EVERY_MS = 10;
const WARM_UP_MS = 1_500;

interface Run {
  readonly share: number;
  readonly minimum: number;
  readonly seed: number;
  /** Of a processor, for the same in this process: what else the machine does counts less. */
  readonly cpuSeconds: number;
  readonly solverSeconds: number;
  /** With the thread's start, the solver's load and the copies both ways. */
  readonly threadSeconds: number;
  readonly gap: number;
  /** Difference of the relaxation's value and its dual value, as a share of it. */
  readonly dualGap: number;
}

interface Felt {
  /** How late a batch began, and how long it took (ms). */
  readonly late: Samples;
  readonly took: Samples;
}

export async function benchAllocation(): Promise<Report> {
  const solver = await loadSolver();
  const load = new Load();
  await load.during(setTimeout(WARM_UP_MS), newFelt());
  const [idle, busy] = [newFelt(), newFelt()];
  const runs: Run[] = [];
  for (const { share, minimum } of CASES) {
    for (const seed of SEEDS) {
      const shape = { needs: NEEDS, suppliers: SUPPLIERS, locations: LOCATIONS };
      const problem = randomProblem({ ...shape, seed, share, minimum });
      const began = performance.now();
      const allocation = await load.during(allocateInThread(problem, TIME_MS), busy);
      const threadMs = performance.now() - began;
      // In turn, as long, so that what else the machine does hits both alike.
      await load.during(setTimeout(threadMs), idle);
      const { user, system } = process.cpuUsage();
      allocate(problem, solver, { timeMs: TIME_MS });
      const after = process.cpuUsage({ user, system });
      const cpuSeconds = (after.user + after.system) / 1e6;
      runs.push(runOf({ share, minimum, seed, cpuSeconds }, problem, allocation, threadMs));
    }
  }
  return {
    title: `Allocation: ${NEEDS.toLocaleString('en')} needs, ${SUPPLIERS} suppliers, ${LOCATIONS} locations`,
    text: [runTable(runs), '', feltTable(idle, busy)],
    figures: { runs, idle: quantilesOf(idle), busy: quantilesOf(busy) },
  };
}

function runOf(
  shape: Pick<Run, 'share' | 'minimum' | 'seed' | 'cpuSeconds'>,
  problem: AllocationProblem,
  allocation: Allocation,
  threadMs: number,
): Run {
  if (allocation.kind !== 'allocated') throw new Error('the limits conflict: not meant to');
  const { bound, gap, prices, seconds } = allocation;
  const dualGap = (dualBound(problem, prices) - bound) / bound;
  return { ...shape, solverSeconds: seconds, threadSeconds: threadMs / 1000, gap, dualGap };
}

/** A core that takes batches in a steady rhythm, as an engine under load does. */
class Load {
  private readonly core: Core = createCore(loadSettings({ env: {} }));
  private count = 0;

  constructor() {
    const skus = Array.from({ length: SKUS }, (_, sku) => sku);
    for (const batch of inBatches(preparationJson(skus), 4_096)) this.apply(batch);
  }

  async during<Result>(work: Promise<Result>, felt: Felt): Promise<Result> {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    ended.catch(() => undefined);
    let due = performance.now() + EVERY_MS;
    while (!isOver) {
      await setTimeout(Math.max(0, due - performance.now()));
      const began = performance.now();
      felt.late.add(Math.max(0, began - due));
      this.apply(orders(BATCH, SKUS, 1, this.count));
      this.count += BATCH;
      felt.took.add(performance.now() - began);
      due = Math.max(due + EVERY_MS, performance.now());
    }
    return ended;
  }

  private apply(events: readonly string[]): void {
    const batch = new Batch();
    this.core.decoder.decode(deliveries(events), batch);
    for (const _ of this.core.chain.steps(batch)) this.core.outbox.takeBuckets();
    this.core.outbox.take();
  }
}

function newFelt(): Felt {
  return { late: new Samples(100_000), took: new Samples(100_000) };
}

function quantilesOf({ late, took }: Felt): Record<'late' | 'took', Quantiles> {
  return { late: late.quantiles(), took: took.quantiles() };
}

function runTable(runs: readonly Run[]): string {
  const rows = CASES.map(({ share, minimum }) => {
    const of = runs.filter((run) => run.share === share && run.minimum === minimum);
    const most = (value: (run: Run) => number): number => Math.max(...of.map(value));
    return [
      `${100 * share} % of what is asked for${minimum > 0 ? `, minima of ${100 * minimum} %` : ''}`,
      show(most((run) => run.cpuSeconds)),
      show(most((run) => run.solverSeconds)),
      show(most((run) => run.threadSeconds)),
      percent(most((run) => run.gap)),
      minimum > 0 ? '-' : percent(most((run) => Math.abs(run.dualGap))),
    ];
  });
  const head = [
    'limits',
    'processor, s',
    'solver, s',
    'with its thread, s',
    'gap',
    'primal to dual',
  ];
  return `${textTable(head, rows)}\nthe slowest and widest of ${SEEDS.length} problems each`;
}

function feltTable(idle: Felt, busy: Felt): string {
  const row = (name: string, samples: Samples): string[] => {
    const { count } = samples.quantiles();
    return [name, show(count), ...showQuantiles(samples.quantiles())];
  };
  return textTable(
    ['main thread, 5,000 events/s, ms', 'batches', 'p50', 'p99', 'p99.9', 'max'],
    [
      row('batch late, idle', idle.late),
      row('batch late, while it allocates', busy.late),
      row('batch took, idle', idle.took),
      row('batch took, while it allocates', busy.took),
    ],
  );
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}

// Runs seeds one after the other, adds up what happened, and tells of failures in a way to work with.
import { performance } from 'node:perf_hooks';
import type { Act } from './on-duty.js';
import type { PlantName } from './plants.js';
import { PLANTS } from './plants.js';
import { type Small, shrink } from './shrink.js';
import { type RunResult, simulate } from './simulation.js';

export interface Series {
  readonly first: number;
  readonly seeds: number;
  readonly plant: PlantName | null;
}

export interface Sum {
  seeds: number;
  events: number;
  crashes: number;
  signals: number;
  alerts: number;
  setAside: number;
  failures: number;
  /** What the person on duty had to do. */
  readonly acts: Set<Act>;
  /** How often each fault struck. */
  readonly faults: Map<string, number>;
}

export interface Listener {
  /** After each seed. */
  readonly onSeed?: (sum: Sum, result: RunResult) => void;
  readonly onFailure?: (result: RunResult) => Promise<void> | void;
}

export async function runSeries(series: Series, listener: Listener): Promise<Sum> {
  const sum: Sum = {
    ...{ seeds: 0, events: 0, crashes: 0, signals: 0, alerts: 0, setAside: 0, failures: 0 },
    acts: new Set(),
    faults: new Map(),
  };
  const plant = series.plant === null ? null : PLANTS[series.plant];
  for (let seed = series.first; seed < series.first + series.seeds; seed++) {
    const result = await simulate({ seed, plant });
    add(sum, result);
    if (result.problems.length > 0) await listener.onFailure?.(result);
    listener.onSeed?.(sum, result);
  }
  return sum;
}

function add(sum: Sum, result: RunResult): void {
  sum.seeds += 1;
  sum.events += result.events;
  sum.crashes += result.crashes;
  sum.signals += result.signals;
  sum.alerts += result.alerts;
  sum.setAside += result.setAside;
  sum.failures += result.problems.length > 0 ? 1 : 0;
  for (const act of result.acts) sum.acts.add(act);
  for (const fault of result.struck) {
    const kind = fault.slice(0, fault.indexOf('#'));
    sum.faults.set(kind, (sum.faults.get(kind) ?? 0) + 1);
  }
}

/** The last line of a long run. */
export function summary(sum: Sum, seconds: number): string {
  const { seeds, events, crashes, signals, alerts, failures } = sum;
  const faults = [...sum.faults.values()].reduce((all, n) => all + n, 0);
  return (
    `${seeds} seeds, ${events} events, ${crashes} crashes, ${faults} faults, ${signals} signals, ` +
    `${alerts} alerts, ${failures} failures, ${seconds.toFixed(1)} seconds`
  );
}

const PROBLEMS_SHOWN = 10;

/** What failed, how to run it again, and the smallest case of it that was found. */
export async function failureText(
  result: RunResult,
  { plant, maxRuns }: { readonly plant: PlantName | null; readonly maxRuns?: number },
): Promise<string> {
  const spoilt = plant === null ? '' : ` --plant ${plant}`;
  const small = await shrink(result, {
    plant: plant === null ? null : PLANTS[plant],
    ...(maxRuns === undefined ? {} : { maxRuns }),
  });
  return [
    `seed ${result.seed} fails:`,
    ...result.problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${problem}`),
    more(result.problems.length),
    `again: npm run simulate -- --first ${result.seed} --seeds 1${spoilt}`,
    ...smallText(small, result),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function more(problems: number): string {
  return problems > PROBLEMS_SHOWN ? `  and ${problems - PROBLEMS_SHOWN} more` : '';
}

function smallText(small: Small, { messages, struck }: RunResult): string[] {
  return [
    `shrunk in ${small.runs} runs from ${messages} messages and ${struck.length} faults to ` +
      `${small.keep.length} and ${small.only.length} (time in seconds, ! is a fault):`,
    ...small.trace.map((line) => `  ${line.slice(0, 300)}`),
    ...small.problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  => ${problem}`),
    more(small.problems.length),
  ];
}

/** Seconds since then, by the real clock. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}

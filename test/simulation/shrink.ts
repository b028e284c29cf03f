// Makes a failing run small: fewer messages, then fewer faults, as long as it still fails.
import type { Fault } from './faults.js';
import type { Plant } from './plants.js';
import { type RunResult, simulate } from './simulation.js';

export interface Small {
  readonly seed: number;
  /** Numbers of the seed's messages that are needed. */
  readonly keep: readonly number[];
  readonly only: readonly Fault[];
  readonly problems: readonly string[];
  readonly runs: number;
  /** What happens in it, a line each. */
  readonly trace: readonly string[];
}

export interface ShrinkOptions {
  readonly plant: Plant | null;
  /** Runs tried at most. Default 400. */
  readonly maxRuns?: number;
}

export async function shrink(failed: RunResult, options: ShrinkOptions): Promise<Small> {
  const { seed } = failed;
  const { plant, maxRuns = 400 } = options;
  let runs = 0;
  const fails = async (keep: readonly number[], only: readonly Fault[]): Promise<boolean> => {
    runs += 1;
    return (await simulate({ seed, plant, keep, only })).problems.length > 0;
  };
  const isSpent = (): boolean => runs >= maxRuns;
  let keep: readonly number[] = Array.from({ length: failed.messages }, (_, n) => n);
  let only: readonly Fault[] = failed.struck;
  for (let size = -1; size !== keep.length + only.length && !isSpent(); ) {
    size = keep.length + only.length;
    const faults = only;
    keep = await fewer(keep, (some) => fails(some, faults), isSpent);
    const messages = keep;
    only = await fewer(only, (some) => fails(messages, some), isSpent);
  }
  const trace: string[] = [];
  const last = await simulate({ seed, plant, keep, only, onTrace: (line) => trace.push(line) });
  return { seed, keep, only, problems: last.problems, runs, trace };
}

/** Leaves out ever smaller parts, as long as what is left fails. */
async function fewer<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
  isSpent: () => boolean,
): Promise<readonly T[]> {
  let left = all;
  for (let part = Math.ceil(left.length / 2); part >= 1; part = part === 1 ? 0 : part >> 1) {
    for (let at = 0; at < left.length && !isSpent(); ) {
      const some = [...left.slice(0, at), ...left.slice(at + part)];
      if (await fails(some)) left = some;
      else at += part;
    }
  }
  return left;
}

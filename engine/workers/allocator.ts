// Allocations in a thread of their own.
import type { Settings } from '../../config/settings.js';
import type { AllocationProblem } from '../../operators/replenish/allocate.js';
import type { Allocation } from '../allocation/allocation.js';
import type { AllocationReport } from '../allocation/report.js';
import type { AllocatorAnswer, AllocatorTask } from './allocator-protocol.js';
import { workOn } from './work.js';

/** @throws Error when no answer is found in time, or it was ended */
export async function allocateInThread(
  problem: AllocationProblem,
  timeMs: number,
  signal?: AbortSignal,
): Promise<Allocation> {
  return (await ask({ kind: 'problem', problem, timeMs }, 'solved', signal)).allocation;
}

/**
 * Of the newest snapshot in the data folder; nothing of it is done in the caller's thread.
 * @throws Error when there is no snapshot, no answer is found in time, or it was ended
 */
export async function allocateSnapshot(
  settings: Settings,
  signal?: AbortSignal,
): Promise<AllocationReport> {
  return (await ask({ kind: 'snapshot', settings }, 'reported', signal)).report;
}

async function ask<Kind extends AllocatorAnswer['kind']>(
  task: AllocatorTask,
  kind: Kind,
  signal: AbortSignal | undefined,
): Promise<Extract<AllocatorAnswer, { readonly kind: Kind }>> {
  const answer = await workOn<AllocatorAnswer>({ main: 'allocator-main', task }, signal);
  if (answer.kind === kind) return answer as Extract<AllocatorAnswer, { readonly kind: Kind }>;
  throw new Error(`the thread answered ${answer.kind}, not ${kind}`);
}

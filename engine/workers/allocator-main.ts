// The thread that allocates: one task, one answer.
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { AllocatorAnswer, AllocatorTask } from './allocator-protocol.js';

// On Linux this is the thread's own priority, elsewhere that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

async function answerTo(task: AllocatorTask): Promise<AllocatorAnswer> {
  // What it works with is loaded at that priority too.
  if (task.kind === 'snapshot') {
    const { reportOfSnapshot } = await import('../allocation/of-snapshot.js');
    return { kind: 'reported', report: await reportOfSnapshot(task.settings) };
  }
  const { allocate } = await import('../allocation/allocation.js');
  const { loadSolver } = await import('../allocation/solver.js');
  return { kind: 'solved', allocation: allocate(task.problem, await loadSolver(), task) };
}

let answer: AllocatorAnswer;
try {
  answer = await answerTo(workerData as AllocatorTask);
} catch (error) {
  answer = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
parentPort?.postMessage(answer);

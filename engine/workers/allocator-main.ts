// The thread that allocates: one task, one answer.
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { allocate } from '../allocation/allocation.js';
import { reportOfSnapshot } from '../allocation/of-snapshot.js';
import { loadSolver } from '../allocation/solver.js';
import type { AllocatorAnswer, AllocatorTask } from './allocator-protocol.js';

// On Linux this is the thread's own priority, elsewhere that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

async function answerTo(task: AllocatorTask): Promise<AllocatorAnswer> {
  if (task.kind === 'snapshot') {
    return { kind: 'reported', report: await reportOfSnapshot(task.settings) };
  }
  const allocation = allocate(task.problem, await loadSolver(), task);
  return { kind: 'solved', allocation };
}

let answer: AllocatorAnswer;
try {
  answer = await answerTo(workerData as AllocatorTask);
} catch (error) {
  answer = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
parentPort?.postMessage(answer);

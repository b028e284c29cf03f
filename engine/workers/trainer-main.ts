// The thread that trains: one task, one answer.
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { TrainerAnswer, TrainingTask } from './trainer-protocol.js';
import { runTask } from './training-task.js';

// On Linux this is the thread's own priority, elsewhere that of the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

let answer: TrainerAnswer;
try {
  answer = { kind: 'trained', trained: await runTask(workerData as TrainingTask) };
} catch (error) {
  answer = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
parentPort?.postMessage(answer);

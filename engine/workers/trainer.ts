// Training in a thread of its own, which is gone when it is done, with all its memory.
import { Worker } from 'node:worker_threads';
import type { Trained, TrainerAnswer, TrainingTask } from './trainer-protocol.js';

/**
 * Takes the windows away from the caller. An abort of `signal` ends it at once.
 * @throws Error when it cannot train, or was ended
 */
export async function train(task: TrainingTask, signal?: AbortSignal): Promise<Trained> {
  signal?.throwIfAborted();
  const worker = startWorker(task);
  const onAbort = (): void => void worker.terminate();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const answer = await answerOf(worker);
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return answer.trained;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function startWorker(task: TrainingTask): Worker {
  const { units, marks, lengths, scalesBefore, countsBefore } = task.windows;
  const transferList = [units, marks, lengths, scalesBefore, countsBefore].map((a) => a.buffer);
  const options = { workerData: task, transferList };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./trainer-main.js', import.meta.url), options);
  }
  // From the sources (tests, development) the thread needs the same loader of TypeScript.
  const loader = import.meta.resolve('tsx/esm/api');
  const main = new URL('./trainer-main.ts', import.meta.url).href;
  const script = `import('${loader}').then((tsx) => (tsx.register(), import('${main}')))`;
  return new Worker(script, { ...options, eval: true });
}

function answerOf(worker: Worker): Promise<TrainerAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread that trains ended with ${code}`)));
  });
}

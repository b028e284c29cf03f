// One task in a thread of its own, which is gone when it is done, with all its memory.
import { type TransferListItem, Worker } from 'node:worker_threads';

export interface Work {
  /** Name of the thread's module in this folder, without its ending. */
  readonly main: string;
  /** Copied, apart from what is transferred. */
  readonly task: unknown;
  readonly transfer?: readonly TransferListItem[];
}

type Answer<Done> = Done | { readonly kind: 'failed'; readonly reason: string };

/**
 * The thread's one answer. An abort of `signal` ends it at once.
 * @throws Error when the task failed, or was ended
 */
export async function workOn<Done extends { readonly kind: string }>(
  work: Work,
  signal?: AbortSignal,
): Promise<Exclude<Done, { readonly kind: 'failed' }>> {
  signal?.throwIfAborted();
  const worker = start(work);
  const onAbort = (): void => void worker.terminate();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const answer = await answerOf<Answer<Done>>(worker, work.main);
    if (answer.kind === 'failed') throw new Error((answer as { reason: string }).reason);
    return answer as Exclude<Done, { readonly kind: 'failed' }>;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function start({ main, task, transfer = [] }: Work): Worker {
  const options = { workerData: task, transferList: [...transfer] };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(`./${main}.js`, import.meta.url), options);
  }
  // From the sources (tests, development) the thread needs the same loader of TypeScript.
  const loader = import.meta.resolve('tsx/esm/api');
  const module = new URL(`./${main}.ts`, import.meta.url).href;
  const script = `import('${loader}').then((tsx) => (tsx.register(), import('${module}')))`;
  return new Worker(script, { ...options, eval: true });
}

function answerOf<Done>(worker: Worker, main: string): Promise<Done> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of ${main} ended with ${code}`)));
  });
}

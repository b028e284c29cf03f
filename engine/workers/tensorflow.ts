// The one place that decides which TensorFlow runs: the native library, else WebAssembly.
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';

export type TensorFlow = typeof import('@tensorflow/tfjs');

export interface TensorFlowChoice {
  readonly tf: TensorFlow;
  readonly backend: 'tfjs-node' | 'wasm';
  /** Why this one, in words: for the log and `stockpulse doctor`. */
  readonly reason: string;
}

/** The part of a pino logger that is used here. */
export interface ChoiceLog {
  info(fields: object, message: string): void;
}

/**
 * Loads TensorFlow with the fastest backend that really works here and names it in the log.
 * Takes about half a second; call it where models run (a worker), not on the hot path.
 */
export async function loadTensorFlow(log: ChoiceLog): Promise<TensorFlowChoice> {
  const choice = await choose();
  log.info(
    { backend: choice.backend, reason: choice.reason, tensorflow: choice.tf.version_core },
    'TensorFlow backend chosen',
  );
  return choice;
}

async function choose(): Promise<TensorFlowChoice> {
  let whyNotNative: string;
  try {
    const tf = await loadNative();
    return { tf, backend: 'tfjs-node', reason: 'the native library is installed and works' };
  } catch (error) {
    // Optional: absent, installed without its binary, or broken on this Node.js. All the same.
    whyNotNative = firstLine(error);
  }
  const tf = await loadWasm();
  return { tf, backend: 'wasm', reason: `no native library: ${whyNotNative}` };
}

async function loadNative(): Promise<TensorFlow> {
  const native = await import('@tensorflow/tfjs-node');
  const tf: TensorFlow = native;
  await tf.setBackend('tensorflow');
  // On Node.js 23 and newer it loads and then throws in its kernels: only use tells.
  await probe(tf);
  return tf;
}

async function loadWasm(): Promise<TensorFlow> {
  const tf = await import('@tensorflow/tfjs');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(main) + sep);
  if (!(await tf.setBackend('wasm'))) {
    throw new Error(
      `TensorFlow's WASM backend does not start from ${dirname(main)}; reinstall it: npm ci`,
    );
  }
  await probe(tf);
  return tf;
}

/** One product and one gradient with a known answer: 3x at x = 2 has the slope 3. */
async function probe(tf: TensorFlow): Promise<void> {
  const slope = tf.tidy(() => {
    const x = tf.tensor2d([[2]]);
    return tf.grad((value) => tf.matMul(value as typeof x, tf.tensor2d([[3]])))(x);
  });
  const [found] = await slope.data();
  slope.dispose();
  if (found !== 3) throw new Error(`a gradient came out as ${found} instead of 3`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]?.trim() ?? text;
}

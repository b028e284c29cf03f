// Training: a network learns from windows in small batches, with a rest after each.
import { lessonsOf } from '../../operators/forecast/neural/lessons.js';
import type { Model } from '../../operators/forecast/neural/model.js';
import type { Windows } from '../../operators/forecast/strip.js';
import { randomFrom } from '../../operators/stats/random.js';
import { Network } from './network.js';
import type { TensorFlow } from './tensorflow.js';

export interface TrainingOptions {
  /** Passes over all windows. */
  readonly passes: number;
  /** Windows of one step. */
  readonly batch: number;
  /** Step size of Adam at the start; it falls to a tenth of it along a cosine. */
  readonly rate: number;
  /** Newest buckets of each window that are not shown. */
  readonly heldBack: number;
  readonly seed: number;
  /** Called behind each batch, with what it took (ms): the place to rest. */
  readonly rest: (tookMs: number) => Promise<void>;
}

/** No part of a gradient counts for more. */
const MOST_SLOPE = 1;

/**
 * The model after `passes` over the windows, begun at `start`; the mean loss of each pass.
 * The same seed, backend and inputs give the same model. Adam: Kingma & Ba (2015).
 */
export async function trainModel(
  tf: TensorFlow,
  start: Model,
  windows: Windows,
  options: TrainingOptions,
): Promise<{ readonly model: Model; readonly losses: readonly number[] }> {
  const network = new Network(tf, start);
  const optimizer = tf.train.adam(options.rate);
  const random = randomFrom(options.seed);
  const losses: number[] = [];
  try {
    for (let pass = 0; pass < options.passes; pass++) {
      const order = shuffled(windows.count, random);
      let [sum, batches] = [0, 0];
      for (let at = 0; at < order.length; at += options.batch) {
        const done = (pass + at / order.length) / options.passes;
        (optimizer as unknown as { learningRate: number }).learningRate = rateAt(
          options.rate,
          done,
        );
        const began = performance.now();
        const picks = order.subarray(at, at + options.batch);
        const lessons = lessonsOf(windows, picks, { ...options, shape: start.shape, random });
        sum += await learn(tf, network, optimizer, () => network.loss(lessons));
        batches++;
        await options.rest(performance.now() - began);
      }
      losses.push(sum / batches);
    }
    return { model: await network.model(), losses };
  } finally {
    network.dispose();
    optimizer.dispose();
  }
}

/** One step; returns the loss before it. */
async function learn(
  tf: TensorFlow,
  network: Network,
  optimizer: ReturnType<TensorFlow['train']['adam']>,
  loss: () => ReturnType<Network['loss']>,
): Promise<number> {
  const kept = tf.tidy(() => {
    const { value, grads } = tf.variableGrads(loss, network.variables);
    const clipped = Object.fromEntries(
      Object.entries(grads).map(([name, slope]) => {
        return [name, tf.clipByValue(slope, -MOST_SLOPE, MOST_SLOPE)];
      }),
    );
    optimizer.applyGradients(clipped as never);
    return value;
  });
  const [value] = await kept.data();
  kept.dispose();
  return value as number;
}

function rateAt(rate: number, done: number): number {
  return rate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

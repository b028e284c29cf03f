// The TensorFlow that was chosen here multiplies, trains and says what it is.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow, type TensorFlowChoice } from '../../../engine/workers/tensorflow.js';

describe('the TensorFlow backend', () => {
  const logged: { fields: object; message: string }[] = [];
  let choice: TensorFlowChoice;

  beforeAll(async () => {
    choice = await loadTensorFlow({
      info: (fields, message) => logged.push({ fields, message }),
    });
  });

  it('is named in the log with the reason', () => {
    expect(logged).toHaveLength(1);
    expect(logged[0]?.message).toBe('TensorFlow backend chosen');
    expect(logged[0]?.fields).toMatchObject({ backend: choice.backend, reason: choice.reason });
    expect(['tfjs-node', 'wasm']).toContain(choice.backend);
    expect(choice.reason.length).toBeGreaterThan(10);
  });

  it('is the one that TensorFlow itself says it runs on', () => {
    const own = choice.backend === 'wasm' ? 'wasm' : 'tensorflow';
    expect(choice.tf.getBackend()).toBe(own);
  });

  it('multiplies matrices', async () => {
    const { tf } = choice;
    const product = tf.matMul(
      tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]),
      tf.tensor2d([7, 8, 9, 10, 11, 12], [3, 2]),
    );
    // By hand: 1*7+2*9+3*11 = 58, 1*8+2*10+3*12 = 64, 4*7+5*9+6*11 = 139, 4*8+5*10+6*12 = 154.
    expect(Array.from(await product.data())).toEqual([58, 64, 139, 154]);
  });

  it('trains a small dense model: the loss falls to less than a tenth', async () => {
    const { tf } = choice;
    const xs = tf.linspace(-1, 1, 64).reshape([64, 1]);
    const ys = xs.mul(2).add(1);
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: 8,
          activation: 'relu',
          inputShape: [1],
          kernelInitializer: tf.initializers.glorotUniform({ seed: 7 }),
        }),
        tf.layers.dense({
          units: 1,
          kernelInitializer: tf.initializers.glorotUniform({ seed: 8 }),
        }),
      ],
    });
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const { history } = await model.fit(xs, ys, { epochs: 60, batchSize: 64, verbose: 0 });
    const losses = (history.loss ?? []) as number[];
    expect(losses).toHaveLength(60);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 10);
  });
});

// The network in TensorFlow and the forward pass are one; training makes it better.
import { beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../engine/workers/network.js';
import { loadTensorFlow, type TensorFlow } from '../../../engine/workers/tensorflow.js';
import { trainModel } from '../../../engine/workers/training.js';
import { writeStep } from '../../../operators/forecast/neural/features.js';
import { firstModel } from '../../../operators/forecast/neural/first-model.js';
import { Gru } from '../../../operators/forecast/neural/gru.js';
import { FIRST_CUT, lessonsOf } from '../../../operators/forecast/neural/lessons.js';
import type { Model } from '../../../operators/forecast/neural/model.js';
import { scoreModel, scoreSeasonalMean } from '../../../operators/forecast/neural/score.js';
import { HIDDEN, OUTPUTS } from '../../../operators/forecast/neural/shape.js';
import { Strip } from '../../../operators/forecast/strip.js';
import { randomFrom } from '../../../operators/stats/random.js';
import { weeklyWindows } from '../../operators/forecast/neural/windows.js';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await loadTensorFlow({ info: () => undefined }));
});

const windows = weeklyWindows(40, 35);
const picks = [3, 0, 17];
const options = { passes: 1, batch: 16, rate: 0.01, heldBack: 0, seed: 1 };
const unhurried = { ...options, rest: async () => undefined };

function lessonsFor({ shape }: Model) {
  return lessonsOf(windows, picks, { shape, heldBack: 0, random: randomFrom(9) });
}

describe('the network in TensorFlow', () => {
  it("has the states of Keras's GRU layer, and so has the forward pass", async () => {
    const model = firstModel(7, 11);
    const { shape, weights } = model;
    const { kernel, recurrent, bias } = shape;
    const lessons = lessonsFor(model);
    const layer = tf.layers.gru({
      units: HIDDEN,
      recurrentActivation: 'sigmoid',
      returnSequences: true,
      inputShape: [lessons.steps, shape.inputs],
    });
    const keras = tf.sequential({ layers: [layer] });
    const part = (l: typeof kernel) => weights.slice(l.at, l.at + l.rows * l.columns);
    layer.setWeights([
      tf.tensor2d(part(kernel), [kernel.rows, kernel.columns]),
      tf.tensor2d(part(recurrent), [recurrent.rows, recurrent.columns]),
      tf.tensor1d(part(bias)),
    ]);
    const byStep = tf.tensor3d(lessons.inputs, [lessons.steps, picks.length, shape.inputs]);
    const states = keras.predict(tf.transpose(byStep, [1, 0, 2])) as ReturnType<
      TensorFlow['tensor']
    >;
    const found = await states.data();
    const gru = new Gru(shape, weights);
    const hidden = new Float32Array(HIDDEN);
    const strip = new Strip();
    const inputs = new Float32Array(shape.inputs);
    picks.forEach((w, n) => {
      strip.take(windows, w);
      hidden.fill(0);
      for (let b = 0; b < lessons.steps; b++) {
        writeStep(shape, strip, b, inputs);
        gru.step(inputs, hidden, 0);
        const at = (n * lessons.steps + b) * HIDDEN;
        expect(difference(hidden, found.subarray(at, at + HIDDEN))).toBeLessThan(1e-5);
      }
    });
  });

  it('predicts what the forward pass predicts, to 1e-5', async () => {
    const model = firstModel(7, 12);
    const { shape, weights } = model;
    const lessons = lessonsFor(model);
    const network = new Network(tf, model);
    const found = await network.predict(lessons).data();
    network.dispose();
    const gru = new Gru(shape, weights);
    const hidden = new Float32Array(HIDDEN);
    const inputs = new Float32Array(shape.inputs);
    const out = new Float64Array(OUTPUTS);
    const strip = new Strip();
    picks.forEach((w, n) => {
      strip.take(windows, w);
      hidden.fill(0);
      for (let b = 0; b < lessons.steps; b++) {
        writeStep(shape, strip, b, inputs);
        gru.step(inputs, hidden, 0);
        if (b < FIRST_CUT) continue;
        const at = (b - FIRST_CUT) * picks.length + n;
        const from = at * shape.targetInputs;
        gru.look(hidden, 0);
        gru.predict(lessons.targets.subarray(from, from + shape.targetInputs), out);
        expect(difference(out, found.subarray(at * OUTPUTS, (at + 1) * OUTPUTS))).toBeLessThan(
          1e-5,
        );
      }
    });
  });

  it('gives its weights back as they came', async () => {
    const model = firstModel(168, 13);
    const network = new Network(tf, model);
    expect(await network.model()).toEqual(model);
    network.dispose();
  });
});

describe('training', () => {
  it('makes a model that knows the weekend: better than it was and than an untaught one', async () => {
    const start = firstModel(7, 1);
    const shown = weeklyWindows(200, 35, 2);
    const { model, losses } = await trainModel(tf, start, shown, { ...unhurried, passes: 6 });
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    const before = scoreModel(start, windows, 7);
    const after = scoreModel(model, windows, 7);
    expect(after.targets).toBe(before.targets);
    expect(after.deviance).toBeLessThan(before.deviance / 3);
    expect(after.pinball).toBeLessThan(before.pinball / 2);
    // Weekends that sell three times as much as other days: the mean of them all is not enough.
    expect(after.absoluteError).toBeLessThan(0.25);
    expect(scoreSeasonalMean(start.shape, windows, 7).absoluteError).toBeLessThan(0.15);
  });

  it('gives the same model from the same seed, and leaves no tensors behind', async () => {
    const start = firstModel(7, 2);
    await trainModel(tf, start, windows, unhurried);
    const before = tf.memory().numTensors;
    const one = await trainModel(tf, start, windows, unhurried);
    const two = await trainModel(tf, start, windows, unhurried);
    expect(two).toEqual(one);
    expect(one.model).not.toEqual(start);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('never sees the buckets that are held back', async () => {
    const start = firstModel(7, 3);
    const changed = { ...windows, units: windows.units.map((u, i) => (i % 28 >= 21 ? 999 : u)) };
    const held = { ...unhurried, heldBack: 7 };
    const one = await trainModel(tf, start, windows, held);
    const two = await trainModel(tf, start, changed, held);
    expect(two).toEqual(one);
  });
});

function difference(one: ArrayLike<number>, two: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < one.length; i++) {
    most = Math.max(most, Math.abs((one[i] as number) - (two[i] as number)));
  }
  return most;
}

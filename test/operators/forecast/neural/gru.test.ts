// Claims about the forward pass, with answers by hand.
import { describe, expect, it } from 'vitest';
import { firstModel } from '../../../../operators/forecast/neural/first-model.js';
import { Gru } from '../../../../operators/forecast/neural/gru.js';
import { DENSE, HIDDEN, OUTPUTS, shapeOf } from '../../../../operators/forecast/neural/shape.js';

const shape = shapeOf(7);

function gruWith(set: (weights: Float32Array) => void = () => undefined): Gru {
  const weights = new Float32Array(shape.size);
  set(weights);
  return new Gru(shape, weights);
}

describe('the forward pass', () => {
  it('without weights halves the state: both gates are at a half, the candidate is 0', () => {
    const hidden = new Float32Array(HIDDEN).fill(0.8);
    gruWith().step(new Float32Array(shape.inputs).fill(3), hidden, 0);
    expect([...hidden]).toEqual(new Array(HIDDEN).fill(Math.fround(0.4)));
  });

  it('follows its formula for one unit, by hand', () => {
    // Unit 0 alone: x = 2, h = .5; z = σ(2·.3 + .5·.4 - .1) = σ(.7), r = σ(2·(-.2) + .5·.6) =
    // σ(-.1), c = tanh(2·.5 + r·.5·.7 + .2), h' = z·.5 + (1 - z)·c.
    const gru = gruWith((weights) => {
      const set = (at: number, column: number, value: number) => {
        weights[at + column] = value;
      };
      set(shape.kernel.at, 0, 0.3);
      set(shape.kernel.at, HIDDEN, -0.2);
      set(shape.kernel.at, 2 * HIDDEN, 0.5);
      set(shape.recurrent.at, 0, 0.4);
      set(shape.recurrent.at, HIDDEN, 0.6);
      set(shape.recurrent.at, 2 * HIDDEN, 0.7);
      set(shape.bias.at, 0, -0.1);
      set(shape.bias.at, 2 * HIDDEN, 0.2);
    });
    const hidden = new Float32Array(HIDDEN);
    hidden[0] = 0.5;
    const inputs = new Float32Array(shape.inputs);
    inputs[0] = 2;
    gru.step(inputs, hidden, 0);
    // σ(.7) = .66818777, σ(-.1) = .47502081, tanh(1.36625728) = .87783642.
    expect(hidden[0]).toBeCloseTo(0.66818777 * 0.5 + 0.33181223 * 0.87783642, 6);
  });

  it('without weights has ln 2 for the mean and each rise of a quantile', () => {
    const gru = gruWith();
    const out = new Float64Array(OUTPUTS);
    gru.look(new Float32Array(HIDDEN), 0);
    gru.predict(new Float32Array(shape.targetInputs), out);
    const one = Math.log(2);
    [one, one, 2 * one, 3 * one, 4 * one, 5 * one].forEach((wanted, k) => {
      expect(out[k]).toBeCloseTo(wanted, 12);
    });
  });

  it('takes the state, the target and a rectifier into the answer, by hand', () => {
    // Dense unit 0: 2·.5 - 3·.1 = .7; unit 1: -2·.5 = -1, rectified to 0. Mean: softplus(.7·2).
    const gru = gruWith((weights) => {
      weights[shape.dense.at] = 2;
      weights[shape.dense.at + 1] = -2;
      weights[shape.dense.at + HIDDEN * DENSE] = -3;
      weights[shape.out.at] = 2;
      weights[shape.out.at + OUTPUTS] = 100;
    });
    const hidden = new Float32Array(HIDDEN);
    hidden[0] = 0.5;
    const target = new Float32Array(shape.targetInputs);
    target[0] = 0.1;
    const out = new Float64Array(OUTPUTS);
    gru.look(hidden, 0);
    gru.predict(target, out);
    expect(out[0]).toBeCloseTo(Math.log1p(Math.exp(1.4)), 6);
  });

  it('says the same of a target that is aimed at first and reached later, wherever it is', () => {
    const gru = new Gru(shape, firstModel(7, 6).weights);
    const hidden = Float32Array.from({ length: HIDDEN }, (_, n) => Math.sin(n));
    const target = Float32Array.from({ length: shape.targetInputs }, (_, n) => Math.cos(3 * n));
    const aims = new Float64Array(3 * DENSE);
    const out = new Float64Array(OUTPUTS);
    gru.look(hidden, 0);
    gru.aim(target, aims, DENSE);
    for (const distance of [0, 0.25, 1]) {
      target[0] = distance;
      gru.predict(target, out);
      expect(gru.meanAt(aims, DENSE, distance)).toBe(out[0]);
    }
    expect(aims.filter((value) => value !== 0).length).toBeLessThanOrEqual(DENSE);
  });

  it('gives the same bits from the same weights and inputs', () => {
    const { weights } = firstModel(7, 5);
    const run = (): Float32Array => {
      const gru = new Gru(shape, weights);
      const hidden = new Float32Array(2 * HIDDEN);
      const inputs = new Float32Array(shape.inputs);
      for (let n = 0; n < 50; n++) {
        inputs.fill(Math.fround((n * 37) % 11) / 11);
        gru.step(inputs, hidden, HIDDEN);
      }
      return hidden;
    };
    expect(run()).toEqual(run());
    expect(run().subarray(0, HIDDEN)).toEqual(new Float32Array(HIDDEN));
  });

  it('knows its own weights, whichever network was asked before', () => {
    const hidden = (): Float32Array => new Float32Array(HIDDEN).fill(0.3);
    const inputs = new Float32Array(shape.inputs).fill(0.5);
    const alone = [1, 2].map((seed) => {
      const state = hidden();
      const gru = new Gru(shape, firstModel(7, seed).weights);
      for (let n = 0; n < 3; n++) gru.step(inputs, state, 0);
      return state;
    });
    const grus = [1, 2].map((seed) => new Gru(shape, firstModel(7, seed).weights));
    const together = [hidden(), hidden()];
    for (let n = 0; n < 3; n++) {
      grus.forEach((gru, which) => {
        gru.step(inputs, together[which] as Float32Array, 0);
      });
    }
    expect(together).toEqual(alone);
    expect(alone[0]).not.toEqual(alone[1]);
  });

  it('refuses weights of another shape', () => {
    expect(() => new Gru(shape, new Float32Array(3))).toThrow(
      new RangeError(`weights must be ${shape.size}, got 3`),
    );
  });
});

// The forward pass: a gated recurrent unit, a dense layer, a mean and quantiles. Plain loops.
import { DENSE, HIDDEN, OUTPUTS, type Shape } from './shape.js';

const GATES = 3 * HIDDEN;

/**
 * One network: weights in single precision, sums in double precision, so that the same weights
 * and inputs give the same bits. A step, with x the inputs and h the hidden state:
 *   z = σ(x Wz + h Uz + bz),  r = σ(x Wr + h Ur + br),
 *   c = tanh(x Wc + (r ⊙ h) Uc + bc),  h' = z ⊙ h + (1 - z) ⊙ c.
 * Source: Cho et al. (2014), *Learning Phrase Representations using RNN Encoder-Decoder*, eq. 5-8.
 * @example 12 inputs and 32 hidden units are 4,300 products a step: about 4 µs
 */
export class Gru {
  private readonly sums = new Float64Array(GATES);
  private readonly gated = new Float64Array(HIDDEN);
  /** The dense layer's part that comes from the hidden state alone. */
  private readonly base = new Float64Array(DENSE);
  private readonly dense = new Float64Array(DENSE);

  constructor(
    readonly shape: Shape,
    readonly weights: Float32Array<ArrayBuffer>,
  ) {
    if (weights.length !== shape.size) {
      throw new RangeError(`weights must be ${shape.size}, got ${weights.length}`);
    }
  }

  /** Advances the state at `hidden[at … at + 31]` by the step of `inputs`. */
  step(inputs: Float32Array, hidden: Float32Array, at: number): void {
    const { sums, gated, weights, shape } = this;
    const { bias, kernel, recurrent } = shape;
    for (let j = 0; j < GATES; j++) sums[j] = weights[bias.at + j] as number;
    for (let i = 0; i < shape.inputs; i++) {
      addRow(sums, inputs[i] as number, weights, kernel.at + i * GATES, 0, GATES);
    }
    for (let i = 0; i < HIDDEN; i++) {
      addRow(sums, hidden[at + i] as number, weights, recurrent.at + i * GATES, 0, 2 * HIDDEN);
    }
    for (let j = 0; j < 2 * HIDDEN; j++) sums[j] = sigmoid(sums[j] as number);
    for (let i = 0; i < HIDDEN; i++) {
      gated[i] = (sums[HIDDEN + i] as number) * (hidden[at + i] as number);
    }
    for (let i = 0; i < HIDDEN; i++) {
      addRow(sums, gated[i] as number, weights, recurrent.at + i * GATES, 2 * HIDDEN, GATES);
    }
    for (let j = 0; j < HIDDEN; j++) {
      const update = sums[j] as number;
      const candidate = tanh(sums[2 * HIDDEN + j] as number);
      hidden[at + j] = update * (hidden[at + j] as number) + (1 - update) * candidate;
    }
  }

  /** Looks at a hidden state; the targets that follow are predicted from it. */
  look(hidden: Float32Array, at: number): void {
    const { base, weights, shape } = this;
    const { dense, denseBias } = shape;
    for (let j = 0; j < DENSE; j++) base[j] = weights[denseBias.at + j] as number;
    for (let i = 0; i < HIDDEN; i++) {
      addRow(base, hidden[at + i] as number, weights, dense.at + i * DENSE, 0, DENSE);
    }
  }

  /** Mean and quantiles of a target, in scales, to `out[0 … 5]`; quantiles never fall. */
  predict(target: Float32Array, out: Float64Array): void {
    const { base, dense: sums, weights, shape } = this;
    const { dense, out: last, outBias } = shape;
    sums.set(base);
    for (let i = 0; i < shape.targetInputs; i++) {
      addRow(sums, target[i] as number, weights, dense.at + (HIDDEN + i) * DENSE, 0, DENSE);
    }
    for (let k = 0; k < OUTPUTS; k++) {
      let sum = weights[outBias.at + k] as number;
      for (let j = 0; j < DENSE; j++) {
        sum += Math.max(0, sums[j] as number) * (weights[last.at + j * OUTPUTS + k] as number);
      }
      // Of quantiles, by how much each is above the one before.
      out[k] = softplus(sum) + (k > 1 ? (out[k - 1] as number) : 0);
    }
  }
}

/** sums[j] += factor × weights[at + j], for j from `from` to `to` - 1. */
function addRow(
  sums: Float64Array,
  factor: number,
  weights: Float32Array,
  at: number,
  from: number,
  to: number,
): void {
  if (factor === 0) return;
  for (let j = from; j < to; j++) {
    sums[j] = (sums[j] as number) + factor * (weights[at + j] as number);
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function tanh(x: number): number {
  return 1 - 2 / (Math.exp(2 * x) + 1);
}

/** ln(1 + e^x), which is x where e^x is large. */
function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

// The forward pass: a gated recurrent unit, a dense layer, a mean and quantiles. Plain loops.
import { DENSE, HIDDEN, OUTPUTS, type Shape } from './shape.js';

const GATES = 3 * HIDDEN;

/**
 * One network: weights in single precision, sums in double precision, so that the same weights
 * and inputs give the same bits. A step, with x the inputs and h the hidden state:
 *   z = σ(x Wz + h Uz + bz),  r = σ(x Wr + h Ur + br),
 *   c = tanh(x Wc + (r ⊙ h) Uc + bc),  h' = z ⊙ h + (1 - z) ⊙ c.
 * Source: Cho et al. (2014), *Learning Phrase Representations using RNN Encoder-Decoder*, eq. 5-8.
 * @example 11 inputs and 32 hidden units are 4,100 products a step: about 4 µs
 */
export class Gru {
  private readonly sums = new Float64Array(GATES);
  private readonly gated = new Float32Array(HIDDEN);
  /** The dense layer's part that comes from the hidden state alone. */
  private readonly base = new Float64Array(DENSE);
  private readonly dense = new Float64Array(DENSE);
  private readonly blocks: ReturnType<typeof blocksOf>;

  constructor(
    readonly shape: Shape,
    readonly weights: Float32Array<ArrayBuffer>,
  ) {
    if (weights.length !== shape.size) {
      throw new RangeError(`weights must be ${shape.size}, got ${weights.length}`);
    }
    this.blocks = blocksOf(shape);
  }

  /** Advances the state at `hidden[at … at + 31]` by the step of `inputs`. */
  step(inputs: Float32Array, hidden: Float32Array, at: number): void {
    const { sums, gated, weights, shape, blocks } = this;
    const { bias } = shape;
    for (let j = 0; j < GATES; j++) sums[j] = weights[bias.at + j] as number;
    this.add(sums, inputs, 0, blocks.inputs);
    this.add(sums, hidden, at, blocks.gates);
    for (let j = 0; j < 2 * HIDDEN; j++) sums[j] = sigmoid(sums[j] as number);
    for (let i = 0; i < HIDDEN; i++) {
      gated[i] = (sums[HIDDEN + i] as number) * (hidden[at + i] as number);
    }
    this.add(sums, gated, 0, blocks.candidate);
    for (let j = 0; j < HIDDEN; j++) {
      const update = sums[j] as number;
      const candidate = tanh(sums[2 * HIDDEN + j] as number);
      hidden[at + j] = update * (hidden[at + j] as number) + (1 - update) * candidate;
    }
  }

  /** Looks at a hidden state; the targets that follow are predicted from it. */
  look(hidden: Float32Array, at: number): void {
    const { base, weights, shape, blocks } = this;
    const { denseBias } = shape;
    for (let j = 0; j < DENSE; j++) base[j] = weights[denseBias.at + j] as number;
    this.add(base, hidden, at, blocks.hidden);
  }

  /** Mean and quantiles of a target, in scales, to `out[0 … 5]`; quantiles never fall. */
  predict(target: Float32Array, out: Float64Array): void {
    this.answer(target, 0);
    for (let k = 0; k < OUTPUTS; k++) {
      // Of quantiles, by how much each is above the one before.
      out[k] = this.output(k) + (k > 1 ? (out[k - 1] as number) : 0);
    }
  }

  /** The mean alone, of the target whose inputs are at `target[at …]`. */
  predictMean(target: Float32Array, at: number): number {
    this.answer(target, at);
    return this.output(0);
  }

  private answer(target: Float32Array, at: number): void {
    this.dense.set(this.base);
    this.add(this.dense, target, at, this.blocks.target);
  }

  private output(k: number): number {
    const { dense, weights, shape } = this;
    const { out, outBias } = shape;
    let sum = weights[outBias.at + k] as number;
    for (let j = 0; j < DENSE; j++) {
      sum += Math.max(0, dense[j] as number) * (weights[out.at + j * OUTPUTS + k] as number);
    }
    return softplus(sum);
  }

  /** sums[j] += Σ factors[first + i] × weights of row i; four rows at once, for speed. */
  private add(sums: Float64Array, factors: Float32Array, first: number, block: Block): void {
    const { weights } = this;
    const { rows, width, from, to } = block;
    let { at } = block;
    let i = 0;
    for (; i + 4 <= rows; i += 4, at += 4 * width) {
      const a = factors[first + i] as number;
      const b = factors[first + i + 1] as number;
      const c = factors[first + i + 2] as number;
      const d = factors[first + i + 3] as number;
      for (let j = from; j < to; j++) {
        const w = at + j;
        const ofTwo = a * (weights[w] as number) + b * (weights[w + width] as number);
        const next = w + 2 * width;
        const ofNextTwo = c * (weights[next] as number) + d * (weights[next + width] as number);
        sums[j] = (sums[j] as number) + ofTwo + ofNextTwo;
      }
    }
    for (; i < rows; i++, at += width) {
      const a = factors[first + i] as number;
      for (let j = from; j < to; j++) {
        sums[j] = (sums[j] as number) + a * (weights[at + j] as number);
      }
    }
  }
}

/** Part of a layer: `rows` rows from `at`, `width` apart; of them the columns from … to - 1. */
interface Block {
  readonly at: number;
  readonly rows: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

function blocksOf({ kernel, recurrent, dense, inputs, targetInputs }: Shape) {
  const ofState = { at: recurrent.at, rows: HIDDEN, width: GATES };
  const ofDense = { width: DENSE, from: 0, to: DENSE };
  // One form of object for all, which the hot loop is then made for.
  const block = ({ at, rows, width, from, to }: Block): Block => ({ at, rows, width, from, to });
  return {
    inputs: block({ at: kernel.at, rows: inputs, width: GATES, from: 0, to: GATES }),
    gates: block({ ...ofState, from: 0, to: 2 * HIDDEN }),
    candidate: block({ ...ofState, from: 2 * HIDDEN, to: GATES }),
    hidden: block({ at: dense.at, rows: HIDDEN, ...ofDense }),
    target: block({ at: dense.at + HIDDEN * DENSE, rows: targetInputs, ...ofDense }),
  };
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

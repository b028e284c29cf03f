// The forward pass: a gated recurrent unit, a dense layer, a mean and quantiles. Plain loops.
import { decayed } from '../decayed.js';
import { addRows, MEMORY, ROUND } from './rows-of-weights.js';
import { DENSE, HIDDEN, type Layer, OUTPUTS, type Shape } from './shape.js';

const GATES = 3 * HIDDEN;
/** Places in the memory that sums are made in: sums, factors, then the weights of one network. */
const FACTORS = GATES;
const WEIGHTS = FACTORS + 64;
const BYTES = Float32Array.BYTES_PER_ELEMENT;
let inMemory: Gru | null = null;

/** Beyond it e^-x adds nothing to 1. */
const FAR = 32;

/**
 * One network, in single precision: the same weights and inputs give the same bits. A step, with x the inputs and h the hidden state:
 *   z = σ(x Wz + h Uz + bz),  r = σ(x Wr + h Ur + br),
 *   c = tanh(x Wc + (r ⊙ h) Uc + bc),  h' = z ⊙ h + (1 - z) ⊙ c.
 * Source: Cho et al. (2014), *Learning Phrase Representations using RNN Encoder-Decoder*, eq. 5-8.
 * What is predicted is asked in two parts, as targets of one row differ little: `aim` takes in all
 * that a target's season says, `meanAt` how far it is.
 * @example 11 inputs and 32 hidden units are 4,100 products a step: under 2 µs
 */
export class Gru {
  /** The dense layer's part that comes from the hidden state alone; and with a target's season. */
  private readonly base = new Float64Array(DENSE);
  private readonly aimed = new Float64Array(DENSE);
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
    const { weights, shape, blocks } = this;
    const { bias } = shape;
    for (let j = 0; j < GATES; j++) MEMORY[j] = weights[bias.at + j] as number;
    this.add(inputs, 0, blocks.inputs);
    this.add(hidden, at, blocks.gates);
    for (let j = 0; j < 2 * HIDDEN; j++) MEMORY[j] = sigmoid(MEMORY[j] as number);
    for (let i = 0; i < HIDDEN; i++) {
      MEMORY[FACTORS + i] = (MEMORY[HIDDEN + i] as number) * (hidden[at + i] as number);
    }
    this.add(MEMORY, FACTORS, blocks.candidate);
    for (let j = 0; j < HIDDEN; j++) {
      const update = MEMORY[j] as number;
      const candidate = tanh(MEMORY[2 * HIDDEN + j] as number);
      hidden[at + j] = update * (hidden[at + j] as number) + (1 - update) * candidate;
    }
  }

  /** Looks at a hidden state; the targets that follow are predicted from it. */
  look(hidden: Float32Array, at: number): void {
    const { base, weights, shape, blocks } = this;
    const { denseBias } = shape;
    for (let j = 0; j < DENSE; j++) MEMORY[j] = weights[denseBias.at + j] as number;
    this.add(hidden, at, blocks.hidden);
    for (let j = 0; j < DENSE; j++) base[j] = MEMORY[j] as number;
  }

  /** Mean and quantiles of a target, in scales, to `out[0 … 5]`; quantiles never fall. */
  predict(target: Float32Array, out: Float64Array): void {
    this.aim(target, this.aimed, 0);
    this.reach(this.aimed, 0, target[0] as number);
    for (let k = 0; k < OUTPUTS; k++) {
      // Of quantiles, by how much each is above the one before.
      out[k] = this.output(k) + (k > 1 ? (out[k - 1] as number) : 0);
    }
  }

  /** What all targets with these inputs have in common, but for the first: to `aims[at …]`. */
  aim(target: Float32Array, aims: Float64Array, at: number): void {
    const { base, blocks } = this;
    for (let j = 0; j < DENSE; j++) MEMORY[j] = base[j] as number;
    this.add(target, 1, blocks.target);
    for (let j = 0; j < DENSE; j++) aims[at + j] = MEMORY[j] as number;
  }

  /** The mean alone, of a target so aimed at whose first input is `distance`. */
  meanAt(aims: Float64Array, at: number, distance: number): number {
    this.reach(aims, at, distance);
    return this.output(0);
  }

  /** The dense layer, rectified. */
  private reach(aims: Float64Array, at: number, distance: number): void {
    const { dense, weights, shape } = this;
    const first = shape.dense.at + HIDDEN * DENSE;
    for (let j = 0; j < DENSE; j++) {
      dense[j] = Math.max(0, (aims[at + j] as number) + distance * (weights[first + j] as number));
    }
  }

  private output(k: number): number {
    const { dense, weights, shape } = this;
    const { out, outBias } = shape;
    let sum = weights[outBias.at + k] as number;
    for (let j = 0, at = out.at + k; j < DENSE; j++, at += OUTPUTS) {
      sum += (dense[j] as number) * (weights[at] as number);
    }
    return softplus(sum);
  }

  /** Sums += Σ factors[first + i] × weights of row i. */
  private add(factors: Float32Array, first: number, block: Block): void {
    const { rows, sums, weights, rounds, width } = block;
    if (inMemory !== this) {
      MEMORY.set(this.weights, WEIGHTS);
      inMemory = this;
    }
    if (factors !== MEMORY) {
      for (let i = 0; i < rows; i++) MEMORY[FACTORS + i] = factors[first + i] as number;
    }
    addRows(sums, FACTORS * BYTES, rows, weights, rounds, width);
  }
}

/** Part of a layer, as `addRows` has it: some rows of weights, and where their sums stand. */
interface Block {
  readonly rows: number;
  readonly sums: number;
  readonly weights: number;
  readonly rounds: number;
  readonly width: number;
}

function blocksOf({ kernel, recurrent, dense, inputs, targetInputs }: Shape) {
  const block = (layer: Layer, row: number, rows: number, from = 0, to = layer.columns): Block => ({
    rows,
    sums: from * BYTES,
    weights: (WEIGHTS + layer.at + row * layer.columns + from) * BYTES,
    rounds: (to - from) / ROUND,
    width: layer.columns * BYTES,
  });
  return {
    inputs: block(kernel, 0, inputs),
    gates: block(recurrent, 0, HIDDEN, 0, 2 * HIDDEN),
    candidate: block(recurrent, 0, HIDDEN, 2 * HIDDEN, GATES),
    hidden: block(dense, 0, HIDDEN),
    // The first input, how far it is, comes last.
    target: block(dense, HIDDEN + 1, targetInputs - 1),
  };
}

function sigmoid(x: number): number {
  const d = decayed(Math.min(FAR, Math.abs(x)));
  return (x < 0 ? d : 1) / (1 + d);
}

function tanh(x: number): number {
  const d = decayed(Math.min(FAR, 2 * Math.abs(x)));
  const size = (1 - d) / (1 + d);
  return x < 0 ? -size : size;
}

/** ln(1 + e^x), which is x + ln(1 + e^-x). */
function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(decayed(Math.min(FAR, Math.abs(x))));
}

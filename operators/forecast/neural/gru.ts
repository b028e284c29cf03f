// The forward pass: a gated recurrent unit, a dense layer, a mean and quantiles. Plain loops.
import { decayed } from '../decayed.js';
import { DENSE, HIDDEN, OUTPUTS, type Shape } from './shape.js';

const GATES = 3 * HIDDEN;
/** Beyond it e^-x adds nothing to 1. */
const FAR = 32;

/**
 * One network: weights in single precision, sums in double precision, so that the same weights
 * and inputs give the same bits. A step, with x the inputs and h the hidden state:
 *   z = σ(x Wz + h Uz + bz),  r = σ(x Wr + h Ur + br),
 *   c = tanh(x Wc + (r ⊙ h) Uc + bc),  h' = z ⊙ h + (1 - z) ⊙ c.
 * Source: Cho et al. (2014), *Learning Phrase Representations using RNN Encoder-Decoder*, eq. 5-8.
 * What is predicted is asked in two parts, as targets of one row differ little: `aim` takes in all
 * that a target's season says, `meanAt` how far it is.
 * @example 11 inputs and 32 hidden units are 4,100 products a step: about 2 µs
 */
export class Gru {
  private readonly sums = new Float64Array(GATES);
  private readonly gated = new Float32Array(HIDDEN);
  /** The dense layer's part that comes from the hidden state alone; and with a target's season. */
  private readonly base = new Float64Array(DENSE);
  private readonly aimed = new Float64Array(DENSE);
  private readonly dense = new Float64Array(DENSE);
  private readonly blocks: ReturnType<typeof blocksOf>;
  /** The weights as sums are made of them: what was rounded once is not widened each time. */
  private readonly wide: Float64Array;

  constructor(
    readonly shape: Shape,
    readonly weights: Float32Array<ArrayBuffer>,
  ) {
    if (weights.length !== shape.size) {
      throw new RangeError(`weights must be ${shape.size}, got ${weights.length}`);
    }
    this.blocks = blocksOf(shape);
    this.wide = Float64Array.from(weights);
  }

  /** Advances the state at `hidden[at … at + 31]` by the step of `inputs`. */
  step(inputs: Float32Array, hidden: Float32Array, at: number): void {
    const { sums, gated, wide, shape, blocks } = this;
    const { bias } = shape;
    for (let j = 0; j < GATES; j++) sums[j] = wide[bias.at + j] as number;
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
    const { base, wide, shape, blocks } = this;
    const { denseBias } = shape;
    for (let j = 0; j < DENSE; j++) base[j] = wide[denseBias.at + j] as number;
    this.add(base, hidden, at, blocks.hidden);
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
    const { aimed, base } = this;
    for (let j = 0; j < DENSE; j++) aimed[j] = base[j] as number;
    this.add(aimed, target, 1, this.blocks.target);
    if (aims !== aimed) for (let j = 0; j < DENSE; j++) aims[at + j] = aimed[j] as number;
  }

  /** The mean alone, of a target so aimed at whose first input is `distance`. */
  meanAt(aims: Float64Array, at: number, distance: number): number {
    this.reach(aims, at, distance);
    return this.output(0);
  }

  /** The dense layer, rectified. */
  private reach(aims: Float64Array, at: number, distance: number): void {
    const { dense, wide, shape } = this;
    const first = shape.dense.at + HIDDEN * DENSE;
    for (let j = 0; j < DENSE; j++) {
      dense[j] = Math.max(0, (aims[at + j] as number) + distance * (wide[first + j] as number));
    }
  }

  private output(k: number): number {
    const { dense, wide, shape } = this;
    const { out, outBias } = shape;
    let sum = wide[outBias.at + k] as number;
    for (let j = 0, at = out.at + k; j < DENSE; j++, at += OUTPUTS) {
      sum += (dense[j] as number) * (wide[at] as number);
    }
    return softplus(sum);
  }

  /** sums[j] += Σ factors[first + i] × weights of row i. */
  private add(sums: Float64Array, factors: Float32Array, first: number, block: Block): void {
    const { wide } = this;
    const { rows, width, from, to } = block;
    let { at } = block;
    let i = 0;
    for (; i + 8 <= rows; i += 8, at += 8 * width) {
      addEight(sums, factors, first + i, wide, at, block);
    }
    for (; i < rows; i++, at += width) {
      const a = factors[first + i] as number;
      for (let j = from; j < to; j++) {
        sums[j] = (sums[j] as number) + a * (wide[at + j] as number);
      }
    }
  }
}

/** Eight rows at once: each sum is read and written once for all of them. */
function addEight(
  sums: Float64Array,
  factors: Float32Array,
  first: number,
  wide: Float64Array,
  at: number,
  { width, from, to }: Block,
): void {
  const a = factors[first] as number;
  const b = factors[first + 1] as number;
  const c = factors[first + 2] as number;
  const d = factors[first + 3] as number;
  const e = factors[first + 4] as number;
  const f = factors[first + 5] as number;
  const g = factors[first + 6] as number;
  const h = factors[first + 7] as number;
  for (let j = from; j < to; j++) {
    let w = at + j;
    const one = a * (wide[w] as number) + b * (wide[w + width] as number);
    w += 2 * width;
    const two = c * (wide[w] as number) + d * (wide[w + width] as number);
    w += 2 * width;
    const three = e * (wide[w] as number) + f * (wide[w + width] as number);
    w += 2 * width;
    const four = g * (wide[w] as number) + h * (wide[w + width] as number);
    sums[j] = (sums[j] as number) + (one + two) + (three + four);
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
    // The first input, how far it is, comes last.
    target: block({ at: dense.at + (HIDDEN + 1) * DENSE, rows: targetInputs - 1, ...ofDense }),
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

/** ln(1 + e^x), which is x where e^x is large. */
function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

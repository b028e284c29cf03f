// The network in TensorFlow, for training: the same sums as the forward pass of operators/.
import type { Lessons } from '../../operators/forecast/neural/lessons.js';
import { FIRST_CUT } from '../../operators/forecast/neural/lessons.js';
import type { Model } from '../../operators/forecast/neural/model.js';
import {
  HIDDEN,
  type Layer,
  OUTPUTS,
  QUANTILE_LEVELS,
  type Shape,
} from '../../operators/forecast/neural/shape.js';
import type { TensorFlow } from './tensorflow.js';

type Tensor = ReturnType<TensorFlow['tensor']>;
type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
type Scalar = ReturnType<TensorFlow['scalar']>;
type Variable = ReturnType<TensorFlow['variable']>;

const LAYERS = ['kernel', 'recurrent', 'bias', 'dense', 'denseBias', 'out', 'outBias'] as const;
type LayerName = (typeof LAYERS)[number];

/** Weights as variables of TensorFlow; it makes one graph a batch of lessons. */
export class Network {
  readonly #tf: TensorFlow;
  readonly #shape: Shape;
  readonly #variables: Readonly<Record<LayerName, Variable>>;

  constructor(tf: TensorFlow, { shape, weights }: Model) {
    this.#tf = tf;
    this.#shape = shape;
    const variable = ({ rows, columns, at }: Layer): Variable => {
      const values = weights.slice(at, at + rows * columns);
      const tensor = tf.tensor2d(values, [rows, columns]);
      const made = tf.variable(tensor);
      tensor.dispose();
      return made;
    };
    this.#variables = Object.fromEntries(
      LAYERS.map((name) => [name, variable(shape[name])]),
    ) as Record<LayerName, Variable>;
  }

  get variables(): Variable[] {
    return Object.values(this.#variables);
  }

  /** The weights as they are now. */
  async model(): Promise<Model> {
    const weights = new Float32Array(this.#shape.size);
    for (const name of LAYERS) {
      weights.set(await this.#variables[name].data(), this.#shape[name].at);
    }
    return { shape: this.#shape, weights };
  }

  dispose(): void {
    for (const variable of this.variables) variable.dispose();
  }

  /** Means and quantiles in scales, cuts × windows rows of 6. */
  predict(lessons: Lessons): Tensor2D {
    return this.#tf.tidy(() => {
      const { mean, quantiles } = this.#answers(lessons);
      return this.#tf.concat([mean, ...quantiles], 1) as Tensor2D;
    });
  }

  /**
   * Of the mean the Poisson loss m - y ln m, of each quantile the pinball loss; the sum of them,
   * averaged over the lessons that have an answer.
   */
  loss(lessons: Lessons): Scalar {
    const tf = this.#tf;
    const { mean, quantiles } = this.#answers(lessons);
    const rows = lessons.cuts * lessons.windows;
    const units = tf.tensor2d(lessons.units, [rows, 1]);
    const weights = tf.tensor2d(lessons.weights, [rows, 1]);
    let losses = tf.sub(mean, tf.mul(units, tf.log(tf.add(mean, LEAST_MEAN))));
    QUANTILE_LEVELS.forEach((level, k) => {
      const error = tf.sub(units, quantiles[k] as Tensor);
      // level × e where e > 0, else (level - 1) × e.
      losses = tf.add(losses, tf.add(tf.mul(level, error), tf.relu(tf.neg(error))));
    });
    const known = Math.max(
      1,
      lessons.weights.reduce((sum, weight) => sum + weight, 0),
    );
    return tf.div(tf.sum(tf.mul(losses, weights)), known);
  }

  #answers(lessons: Lessons): { readonly mean: Tensor; readonly quantiles: readonly Tensor[] } {
    const tf = this.#tf;
    const { dense, denseBias, out, outBias } = this.#variables;
    const rows = lessons.cuts * lessons.windows;
    const seen = tf.concat(this.#states(lessons).slice(FIRST_CUT), 0);
    const targets = tf.tensor2d(lessons.targets, [rows, this.#shape.targetInputs]);
    const sums = tf.add(tf.matMul(tf.concat([seen, targets], 1), dense as never), denseBias);
    const last = tf.softplus(tf.add(tf.matMul(tf.relu(sums), out as never), outBias));
    const [mean, ...increments] = tf.split(last, OUTPUTS, 1) as Tensor[];
    const quantiles: Tensor[] = [];
    for (const increment of increments) {
      const below = quantiles.at(-1);
      quantiles.push(below === undefined ? increment : tf.add(below, increment));
    }
    return { mean: mean as Tensor, quantiles };
  }

  /** Hidden states behind each step, from nothing. */
  #states({ inputs, windows, steps }: Lessons): Tensor2D[] {
    const tf = this.#tf;
    const { kernel, recurrent, bias } = this.#variables;
    const all = tf.tensor2d(inputs, [steps * windows, this.#shape.inputs]);
    const sums = tf.add(tf.matMul(all, kernel as never), bias);
    const [ofGates, ofCandidate] = tf.split(recurrent, [2 * HIDDEN, HIDDEN], 1) as Tensor2D[];
    let hidden = tf.zeros([windows, HIDDEN]) as Tensor2D;
    return (tf.split(sums, steps, 0) as Tensor2D[]).map((sum) => {
      const [gateSum, candidateSum] = tf.split(sum, [2 * HIDDEN, HIDDEN], 1);
      const gates = tf.sigmoid(tf.add(gateSum as Tensor, tf.matMul(hidden, ofGates as Tensor2D)));
      const [update, reset] = tf.split(gates, 2, 1) as Tensor2D[];
      const gated = tf.mul(reset as Tensor2D, hidden) as Tensor2D;
      const candidate = tf.tanh(
        tf.add(candidateSum as Tensor, tf.matMul(gated, ofCandidate as Tensor2D)),
      );
      // z h + (1 - z) c = c + z (h - c).
      hidden = tf.add(candidate, tf.mul(update as Tensor2D, tf.sub(hidden, candidate)));
      return hidden;
    });
  }
}

const LEAST_MEAN = 1e-6;

// The model that training begins with: small seeded weights.

import { randomFrom } from '../../stats/random.js';
import type { Model } from './model.js';
import { type Layer, shapeOf } from './shape.js';

/** softplus(0.5413) = 1: the mean begins at the row's own. */
const ONE = 0.5413;
/** The first quantile begins low, the others a little above each other. */
const OUT_BIAS = [ONE, -2, 0, 0, -1, -1] as const;

/**
 * Weights uniform in ±√(6 / (rows + columns)) a layer, biases 0 but those of the outputs.
 * Source: Glorot & Bengio (2010), *Understanding the difficulty of training deep feedforward
 * neural networks*, eq. 16.
 * @param seed the same gives the same weights
 */
export function firstModel(seasons: number, seed: number): Model {
  const shape = shapeOf(seasons);
  const weights = new Float32Array(shape.size);
  const next = randomFrom(seed);
  const fill = ({ rows, columns, at }: Layer): void => {
    const limit = Math.sqrt(6 / (rows + columns));
    for (let i = 0; i < rows * columns; i++) weights[at + i] = limit * (2 * next() - 1);
  };
  for (const layer of [shape.kernel, shape.recurrent, shape.dense, shape.out]) fill(layer);
  weights.set(OUT_BIAS, shape.outBias.at);
  return { shape, weights };
}

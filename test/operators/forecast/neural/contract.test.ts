// The neural forecaster keeps the contract of all forecasters, with a network that adds little.
import { firstModel } from '../../../../operators/forecast/neural/first-model.js';
import { Neural, WARM_BUCKETS } from '../../../../operators/forecast/neural/neural.js';
import { HIDDEN } from '../../../../operators/forecast/neural/shape.js';
import { forecasterContract } from '../../../contracts/forecaster.contract.js';

/** Untaught, blind to sizes, its answers near those of its biases: the row's own mean. */
function quietModel(seasons: number) {
  const model = firstModel(seasons, 1);
  const { rows, columns, at } = model.shape.out;
  for (let i = at; i < at + rows * columns; i++) {
    model.weights[i] = 0.01 * (model.weights[i] as number);
  }
  const { dense } = model.shape;
  const sizeAt = dense.at + (HIDDEN + 5) * dense.columns;
  model.weights.fill(0, sizeAt, sizeAt + dense.columns);
  return model;
}

forecasterContract('a neural forecaster', {
  make: (table, course) => {
    const neural = new Neural(table, course);
    neural.use(quietModel(course.seasons), 'quiet');
    return neural;
  },
  warmAfter: { atLeast: WARM_BUCKETS, seasons: 1 },
  weekly: null,
  constant: { share: 1, error: 0.05 },
  overshoot: 1.05,
  fades: true,
});

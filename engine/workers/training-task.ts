// One training from begin to end: learns, rests, and compares what came out.
import { setTimeout } from 'node:timers/promises';
import { firstModel } from '../../operators/forecast/neural/first-model.js';
import {
  decodeModel,
  encodeModel,
  isModel,
  type Model,
} from '../../operators/forecast/neural/model.js';
import { HELD_BACK, scoreModel, scoreSeasonalMean } from '../../operators/forecast/neural/score.js';
import { loadTensorFlow } from './tensorflow.js';
import type { Trained, TrainingTask } from './trainer-protocol.js';
import { trainModel } from './training.js';

/** Windows of one step: 30 ms or so of work. */
const BATCH = 64;
const RATE = 0.01;
/** Of a model that is trained already. */
const NEXT_RATE = 0.004;
/** Every first model begins at the same weights. */
const FIRST_SEED = 1;

/** @throws Error when no TensorFlow works here, or a model given is none */
export async function runTask(task: TrainingTask): Promise<Trained> {
  const began = performance.now();
  const { tf, backend } = await loadTensorFlow({ info: () => undefined });
  const { windows, judged, seasons, steps, seed } = task;
  const passes = Math.max(1, Math.round(steps / Math.ceil(windows.count / BATCH)));
  const start = task.start === null ? firstModel(seasons, FIRST_SEED) : modelOf(task.start);
  let busyMs = 0;
  const { model, losses } = await trainModel(tf, start, windows, {
    ...{ passes, seed, batch: BATCH, heldBack: judged === null ? HELD_BACK : 0 },
    rate: task.start === null ? RATE : NEXT_RATE,
    rest: async (tookMs) => {
      busyMs += tookMs;
      const restMs = tookMs * (1 / task.cpuShare - 1);
      if (restMs > 0) await setTimeout(restMs);
    },
  });
  const by = judged ?? windows;
  const { present } = task;
  const scores = {
    trained: scoreModel(model, by, HELD_BACK),
    present: present === null ? null : scoreModel(modelOf(present), by, HELD_BACK),
    seasonalMean: scoreSeasonalMean(model.shape, by, HELD_BACK),
  };
  const seconds = (performance.now() - began) / 1000;
  return {
    model: encodeModel(model),
    scores,
    losses,
    seconds,
    busySeconds: busyMs / 1000,
    backend,
  };
}

function modelOf(bytes: Uint8Array): Model {
  const model = decodeModel(bytes);
  if (!isModel(model)) throw new Error(`not a model: ${model.refused}`);
  return model;
}

// How well a model does on the newest buckets, which it was not trained on.
import { Strip, type Windows } from '../strip.js';
import { lagBefore, type Target, writeStep, writeTarget } from './features.js';
import { Gru } from './gru.js';
import type { Model } from './model.js';
import { HIDDEN, OUTPUTS, QUANTILE_LEVELS, type Shape } from './shape.js';

/** Means over all targets, in scales of their rows; NaN without targets. Smaller is better. */
export interface Score {
  readonly targets: number;
  /** Poisson deviance / 2 of the mean: m - y + y ln(y / m). */
  readonly deviance: number;
  readonly absoluteError: number;
  /** Pinball loss, mean over the levels. */
  readonly pinball: number;
}

/** Newest buckets of each window that a training holds back, to judge by. */
export const HELD_BACK = 7;
/** Fewest buckets before the first target. */
export const LEAST_SEEN = 14;
/** A mean below so much of the scale counts as this, so that no deviance is infinite. */
const LEAST_MEAN = 0.01;
const MOST_SCALES = 50;

/** How a trained model did, and what it has to beat. */
export interface Scores {
  readonly trained: Score;
  /** Of the model in use; null: there is none. */
  readonly present: Score | null;
  readonly seasonalMean: Score;
}

/**
 * Whether a trained model shall take the place of the present one: its mean is better than the
 * seasonal mean, and mean and quantiles together are better than those of the present model.
 */
export function isBetter({ trained, present, seasonalMean }: Scores): boolean {
  if (!(trained.deviance < seasonalMean.deviance)) return false;
  if (present === null) return true;
  return trained.deviance + trained.pinball < present.deviance + present.pinball;
}

/** Answers: mean and quantiles, in scales. */
type Answer = (strip: Strip, target: Target, out: Float64Array) => void;

/**
 * From the bucket before the newest `heldBack` each of these is predicted, and each of them from
 * the one before it.
 */
export function scoreModel(model: Model, windows: Windows, heldBack: number): Score {
  const { shape } = model;
  const gru = new Gru(shape, model.weights);
  const inputs = new Float32Array(shape.inputs);
  const features = new Float32Array(shape.targetInputs);
  const hidden = new Float32Array(HIDDEN);
  let seen = 0;
  const see = (strip: Strip, target: Target): void => {
    const { b } = target;
    if (seen === 0 || b + 1 < seen) {
      hidden.fill(0);
      seen = 0;
    }
    for (; seen <= b; seen++) {
      writeStep(shape, strip, seen, inputs);
      gru.step(inputs, hidden, 0);
    }
    gru.look(hidden, 0);
    writeTarget(shape, strip, target, features);
  };
  const answer: Answer = (strip, target, out) => {
    see(strip, target);
    gru.predict(features, out);
  };
  return scoreOf(answer, windows, heldBack, () => {
    seen = 0;
  });
}

/** The same of the mean of remembered buckets of the target's season. */
export function scoreSeasonalMean(shape: Shape, windows: Windows, heldBack: number): Score {
  const answer: Answer = (strip, { b, season }, out) => {
    let [sum, count] = [0, 0];
    for (let lag = b + 1; ; ) {
      lag = lagBefore(shape, strip, lag, season);
      if (lag < 0) break;
      sum += strip.units[lag] as number;
      count++;
    }
    out.fill(count > 0 ? sum / count / (strip.scales[b] as number) : 1);
  };
  return scoreOf(answer, windows, heldBack, () => undefined);
}

function scoreOf(answer: Answer, windows: Windows, heldBack: number, onWindow: () => void): Score {
  const strip = new Strip();
  const out = new Float64Array(OUTPUTS);
  const sums = { targets: 0, deviance: 0, absoluteError: 0, pinball: 0 };
  const judge = (b: number, step: number): void => {
    const scale = strip.scales[b] as number;
    const units = (strip.units[b + step] as number) / scale;
    if (!(scale > 0)) return;
    answer(strip, { b, step, season: strip.season(b + step) }, out);
    add(sums, out, Math.min(MOST_SCALES, units));
  };
  for (let w = 0; w < windows.count; w++) {
    strip.take(windows, w);
    onWindow();
    const from = strip.length - heldBack - 1;
    if (from < LEAST_SEEN - 1) continue;
    for (let step = 1; step <= heldBack; step++) judge(from, step);
    for (let ahead = 1; ahead < heldBack; ahead++) judge(from + ahead, 1);
  }
  const { targets } = sums;
  return {
    targets,
    deviance: sums.deviance / targets,
    absoluteError: sums.absoluteError / targets,
    pinball: sums.pinball / targets,
  };
}

function add(
  sums: { targets: number; deviance: number; absoluteError: number; pinball: number },
  out: Float64Array,
  units: number,
): void {
  const mean = Math.max(LEAST_MEAN, out[0] as number);
  sums.targets++;
  sums.absoluteError += Math.abs(units - (out[0] as number));
  sums.deviance += mean - units + (units > 0 ? units * Math.log(units / mean) : 0);
  let pinball = 0;
  QUANTILE_LEVELS.forEach((level, k) => {
    const error = units - (out[k + 1] as number);
    pinball += Math.max(level * error, (level - 1) * error);
  });
  sums.pinball += pinball / QUANTILE_LEVELS.length;
}

// Lessons: what a network is shown of the windows, and what it should have said.
import { STRIP_LENGTH, Strip, type Windows } from '../strip.js';
import { writeStep, writeTarget } from './features.js';
import { FARTHEST, type Shape } from './shape.js';

/** The first bucket behind which something is predicted: a week has been seen then. */
export const FIRST_CUT = 6;
/** A target beyond so many scales counts as so many: one bulk order must not be the lesson. */
const MOST_SCALES = 50;
/** Every second target or so is the next bucket. */
const NEXT_SHARE = 0.4;

/**
 * Lessons of a few windows. At each cut c = 0 … cuts - 1 the network has seen buckets up to
 * 6 + c and says what a bucket behind them brings.
 */
export interface Lessons {
  readonly windows: number;
  readonly steps: number;
  readonly cuts: number;
  /** Step b of window w at (b * windows + w) * shape.inputs. */
  readonly inputs: Float32Array;
  /** Cut c of window w at (c * windows + w) * shape.targetInputs. */
  readonly targets: Float32Array;
  /** What came, in scales, and 1 where it is known, else 0: at c * windows + w. */
  readonly units: Float32Array;
  readonly weights: Float32Array;
}

export interface LessonOptions {
  readonly shape: Shape;
  /** The newest buckets of each window, which are not shown. */
  readonly heldBack: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Lessons of `windows[picks[0]], windows[picks[1]], …`. */
export function lessonsOf(
  windows: Windows,
  picks: ArrayLike<number>,
  options: LessonOptions,
): Lessons {
  const { shape, heldBack } = options;
  const count = picks.length;
  const steps = STRIP_LENGTH - heldBack - 1;
  const cuts = steps - FIRST_CUT;
  const lessons: Lessons = {
    windows: count,
    steps,
    cuts,
    inputs: new Float32Array(steps * count * shape.inputs),
    targets: new Float32Array(cuts * count * shape.targetInputs),
    units: new Float32Array(cuts * count),
    weights: new Float32Array(cuts * count),
  };
  const strip = new Strip();
  for (let w = 0; w < count; w++) {
    strip.take(windows, picks[w] as number);
    const shown = strip.length - heldBack;
    for (let b = 0; b < Math.min(steps, shown); b++) {
      writeStep(shape, strip, b, lessons.inputs, (b * count + w) * shape.inputs);
    }
    for (let c = 0; c < cuts; c++) ask(lessons, strip, { c, w, shown }, options);
  }
  return lessons;
}

function ask(
  lessons: Lessons,
  strip: Strip,
  where: { readonly c: number; readonly w: number; readonly shown: number },
  { shape, random }: LessonOptions,
): void {
  const b = FIRST_CUT + where.c;
  const farthest = Math.min(FARTHEST, where.shown - 1 - b);
  // Drawn in any case, so that one window's length changes nothing for the others.
  const [isNext, draw] = [random() < NEXT_SHARE, random()];
  if (farthest < 1) return;
  const step = isNext ? 1 : 1 + Math.floor(draw * farthest);
  const at = where.c * lessons.windows + where.w;
  const target = { b, step, season: strip.season(b + step) };
  writeTarget(shape, strip, target, lessons.targets, at * shape.targetInputs);
  const scale = strip.scales[b] as number;
  if (!(scale > 0)) return;
  lessons.units[at] = Math.min(MOST_SCALES, (strip.units[b + step] as number) / scale);
  lessons.weights[at] = 1;
}

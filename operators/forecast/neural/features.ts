// From remembered buckets to the numbers that the network sees.
import { CARTS_STEP, MARKS, MARKS_WIDTH, priceOf, type Strip } from '../strip.js';
import { FARTHEST, type Shape, STEP_INPUTS, TARGET_INPUTS } from './shape.js';

/** ln(1 + units / scale) is cut here: 400 times the mean is no rarer than 4,000 times. */
const MOST = 6;
const STEP_INPUT = Float32Array.from(
  { length: FARTHEST + 1 },
  (_, step) => Math.log(step) / Math.log(FARTHEST),
);

/** ln(1 + units / scale), 0 - 6; 0 where the scale is none. */
export function scaled(units: number, scale: number): number {
  return scale > 0 ? Math.min(MOST, Math.log1p(units / scale)) : 0;
}

/** Inputs of the step of bucket `b`, to `out[at … at + shape.inputs - 1]`. */
export function writeStep(shape: Shape, strip: Strip, b: number, out: Float32Array, at = 0): void {
  const marks = b * MARKS_WIDTH;
  out[at] = scaled(strip.units[b] as number, strip.scales[b] as number);
  out[at + 1] = priceOf(strip.marks[marks + MARKS.price] as number);
  out[at + 2] = (strip.marks[marks + MARKS.promotion] as number) / 255;
  out[at + 3] = (strip.marks[marks + MARKS.carts] as number) * CARTS_STEP;
  out[at + 4] = (strip.marks[marks + MARKS.stock] as number) / 255;
  writeSeason(shape, strip.season(b), out, at + STEP_INPUTS);
}

/** A bucket to be predicted, seen from bucket `b` of a strip. */
export interface Target {
  readonly b: number;
  /** How many buckets behind, >= 1. */
  readonly step: number;
  readonly season: number;
}

/**
 * Inputs of a target, to `out[at …]`: how far it is, what the last two buckets of its season (of
 * its hour) sold as far as they are remembered, the size of the scale, and its season.
 */
export function writeTarget(
  shape: Shape,
  strip: Strip,
  target: Target,
  out: Float32Array,
  at = 0,
): void {
  const scale = strip.scales[target.b] as number;
  out[at] = stepInput(target.step);
  const last = lagBefore(shape, strip, target.b + 1, target.season);
  const before = lagBefore(shape, strip, last, target.season);
  out[at + 1] = last < 0 ? 0 : scaled(strip.units[last] as number, scale);
  out[at + 2] = last < 0 ? 0 : 1;
  out[at + 3] = before < 0 ? 0 : scaled(strip.units[before] as number, scale);
  out[at + 4] = before < 0 ? 0 : 1;
  out[at + 5] = scale > 0 ? Math.min(3, Math.max(-3, Math.log(scale) / 4)) : -3;
  writeSeason(shape, target.season, out, at + TARGET_INPUTS);
}

/** How far a target is: 0 the next bucket … 1 the farthest that is told apart, or further. */
export function stepInput(step: number): number {
  return STEP_INPUT[Math.min(step, FARTHEST)] as number;
}

/** Last bucket before `b` that is of the season's phase; -1: none is remembered. */
export function lagBefore(shape: Shape, strip: Strip, b: number, season: number): number {
  const { period, seasons } = shape;
  const phase = season % period;
  for (let lag = b - 1; lag >= 0; lag--) {
    const other = strip.season(lag);
    if ((seasons === period ? other : other % period) === phase) return lag;
  }
  return -1;
}

function writeSeason(shape: Shape, season: number, out: Float32Array, at: number): void {
  const { calendar, calendarWidth } = shape;
  const from = season * calendarWidth;
  for (let n = 0; n < calendarWidth; n++) out[at + n] = calendar[from + n] as number;
}

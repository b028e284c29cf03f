// From remembered buckets to the numbers that the network sees.
import { CARTS_STEP, MARKS, MARKS_WIDTH, priceOf, type Strip } from '../strip.js';
import { FARTHEST, type Shape, STEP_INPUTS, TARGET_INPUTS } from './shape.js';

/** ln(1 + units / scale) is cut here: 400 times the mean is no rarer than 4,000 times. */
const MOST = 6;

/** ln(1 + units / scale), 0 - 6; 0 where the scale is none. */
export function scaled(units: number, scale: number): number {
  return scale > 0 ? Math.min(MOST, Math.log1p(units / scale)) : 0;
}

/** Inputs of the step of bucket `b`, to `out[at … at + shape.inputs - 1]`. */
export function writeStep(shape: Shape, strip: Strip, b: number, out: Float32Array, at = 0): void {
  const units = strip.units[b] as number;
  const isKnown = !Number.isNaN(units);
  const marks = b * MARKS_WIDTH;
  out[at] = isKnown ? scaled(units, strip.scales[b] as number) : 0;
  out[at + 1] = isKnown ? 1 : 0;
  out[at + 2] = priceOf(strip.marks[marks + MARKS.price] as number);
  out[at + 3] = (strip.marks[marks + MARKS.promotion] as number) / 255;
  out[at + 4] = (strip.marks[marks + MARKS.carts] as number) * CARTS_STEP;
  out[at + 5] = (strip.marks[marks + MARKS.stock] as number) / 255;
  writeSeason(shape, strip.season(b), out, at + STEP_INPUTS);
}

/** Season of the bucket `step` >= 1 behind bucket `b`. */
export function seasonAhead(shape: Shape, strip: Strip, b: number, step: number): number {
  return (strip.season(b) + step) % shape.seasons;
}

/**
 * Inputs of the target `step` >= 1 buckets behind bucket `b`, to `out[at …]`: what it sold one and
 * two periods before, as far as that is remembered, and its season.
 */
export function writeTarget(
  shape: Shape,
  strip: Strip,
  target: { readonly b: number; readonly step: number },
  out: Float32Array,
  at = 0,
): void {
  const { b, step } = target;
  const scale = strip.scales[b] as number;
  const season = seasonAhead(shape, strip, b, step);
  const lag = b + step - shape.period * Math.ceil(step / shape.period);
  out[at] = Math.log(Math.min(step, FARTHEST)) / Math.log(FARTHEST);
  writeLag(shape, strip, { lag, season, scale }, out, at + 1);
  writeLag(shape, strip, { lag: lag - shape.period, season, scale }, out, at + 3);
  out[at + 5] = scale > 0 ? Math.min(3, Math.max(-3, Math.log(scale) / 4)) : -3;
  writeSeason(shape, season, out, at + TARGET_INPUTS);
}

/** Units of a bucket of the same season, and whether they are known. */
function writeLag(
  shape: Shape,
  strip: Strip,
  want: { readonly lag: number; readonly season: number; readonly scale: number },
  out: Float32Array,
  at: number,
): void {
  const units = lagUnits(shape, strip, want.lag, want.season);
  const isKnown = !Number.isNaN(units);
  out[at] = isKnown ? scaled(units, want.scale) : 0;
  out[at + 1] = isKnown ? 1 : 0;
}

/** NaN: not known, or behind a gap of the data and so of another season. */
export function lagUnits(shape: Shape, strip: Strip, lag: number, season: number): number {
  if (lag < 0) return Number.NaN;
  if (strip.season(lag) % shape.period !== season % shape.period) return Number.NaN;
  return strip.units[lag] as number;
}

function writeSeason(shape: Shape, season: number, out: Float32Array, at: number): void {
  const { calendar, calendarWidth } = shape;
  const from = season * calendarWidth;
  for (let n = 0; n < calendarWidth; n++) out[at + n] = calendar[from + n] as number;
}

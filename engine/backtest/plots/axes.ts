// Axes of a picture: buckets of time along, units or shares up.
import { type Bucket, bucketText } from '../calendar.js';
import { element, text } from './svg.js';

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Axes {
  x(bucket: number): number;
  y(value: number): number;
  /** Grid and labels, to be drawn first. */
  readonly parts: readonly string[];
}

export interface AxesOptions {
  readonly area: Area;
  readonly bucket: Bucket;
  /** First and last bucket shown. */
  readonly from: number;
  readonly to: number;
  readonly least: number;
  readonly most: number;
  /** How a value is written at the axis. */
  readonly label: (value: number) => string;
}

const GRID = { stroke: '#e4e4e4' };
const LABEL = { fill: '#666', 'font-size': 11 };
const TIME_LABELS = 7;
/** Buckets from label to label that people can count in. */
const TIME_STEPS: Readonly<Record<Bucket, readonly number[]>> = {
  hour: [1, 3, 6, 12, 24, 48, 96, 168, 336, 672],
  day: [1, 2, 7, 14, 28, 56, 91, 182, 364],
  week: [1, 2, 4, 8, 13, 26, 52, 104],
  month: [1, 2, 3, 6, 12, 24, 60, 120],
};
const VALUE_LABELS = 5;

export function axesOf(options: AxesOptions): Axes {
  const { area, from, to, least, most } = options;
  const span = Math.max(1, to - from);
  const range = most > least ? most - least : 1;
  const x = (bucket: number): number => area.left + ((bucket - from) / span) * area.width;
  const y = (value: number): number =>
    area.top + area.height - ((value - least) / range) * area.height;
  return { x, y, parts: [...valueGrid(options, y), ...timeLabels(options, x)] };
}

function valueGrid({ area, least, most, label }: AxesOptions, y: (value: number) => number) {
  const step = niceStep((most - least) / VALUE_LABELS);
  const parts: string[] = [];
  for (let i = Math.ceil(least / step); i * step <= most * (1 + 1e-9); i++) {
    const at = y(i * step);
    const x2 = area.left + area.width;
    parts.push(element('line', { x1: area.left, x2, y1: at, y2: at, ...GRID }));
    const attributes = { x: area.left - 8, y: at + 4, 'text-anchor': 'end', ...LABEL };
    parts.push(text(label(i * step), attributes));
  }
  return parts;
}

function timeLabels({ area, bucket, from, to }: AxesOptions, x: (bucket: number) => number) {
  const rough = (to - from) / TIME_LABELS;
  const step = TIME_STEPS[bucket].find((one) => one >= rough) ?? Math.ceil(rough);
  const bottom = area.top + area.height;
  const parts: string[] = [];
  for (let at = from; at <= to; at += step) {
    const tick = { x1: x(at), x2: x(at), y1: bottom, y2: bottom + 4, stroke: '#999' };
    parts.push(element('line', tick));
    const attributes = { x: x(at), y: bottom + 18, 'text-anchor': 'middle', ...LABEL };
    parts.push(text(timeText(at, bucket), attributes));
  }
  return parts;
}

function timeText(number: number, bucket: Bucket): string {
  const whole = bucketText(number, bucket);
  if (bucket === 'month') return whole.slice(0, 7);
  return bucket === 'hour' ? whole.slice(5).replace('T', ' ') : whole;
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
export function niceStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) as number;
  return times * power;
}

// A fan: what a series sold, what was expected of it from one time on, and what came.
import { bucketText } from '../calendar.js';
import { FAN_LEVELS, type Fan } from '../fan.js';
import type { Recording } from '../recording.js';
import { type Axes, axesOf } from './axes.js';
import { element, line, picture, text } from './svg.js';

const SIZE = { width: 900, height: 380 };
const AREA = { left: 64, top: 78, width: 816, height: 256 };
/** Fills of FAN_LEVELS, widest first. */
const FILLS = ['#d6e6f5', '#a9cbea', '#75abdc'] as const;
const CAME = '#222';
const EXPECTED = '#0b4f94';
/** Buckets of the past shown for each one ahead, and the fewest of them. */
const PAST_SHARE = 2;
const LEAST_PAST = 42;

export function fanPlot(fan: Fan, recording: Recording): string {
  const { row, origin, points } = fan;
  const past = Math.max(LEAST_PAST, PAST_SHARE * points.length);
  const from = Math.max(recording.first(row), origin - past);
  const to = origin + points.length - 1;
  const came: [number, number][] = [];
  for (let bucket = from; bucket <= to; bucket++) came.push([bucket, recording.units(row, bucket)]);
  const tops = [
    ...came.map(([, units]) => units || 0),
    ...points,
    ...(fan.bands[0] ?? []).map(({ high }) => high),
  ];
  const most = 1.05 * Math.max(...tops, 1e-9);
  const { bucket } = recording;
  const label = (value: number): string => String(Number(value.toPrecision(6)));
  const axes = axesOf({ area: AREA, bucket, from, to, least: 0, most, label });
  const title = `${recording.series[row]}: ${fan.pattern} demand, ${fan.contender}`;
  return picture({ ...SIZE, title }, [
    text(recording.series[row] as string, { x: 64, y: 26, 'font-size': 16, 'font-weight': 600 }),
    text(`${fan.pattern} demand a ${bucket}; ${fan.contender} from ${bucketText(origin, bucket)}`, {
      x: 64,
      y: 46,
      fill: '#666',
    }),
    ...axes.parts,
    ...bands(fan, axes),
    border(axes, origin),
    line(at(axes, came), { stroke: CAME, 'stroke-width': 1.4 }),
    ...came.map(([x, y]) => dot(axes, x, y)),
    line(
      at(
        axes,
        points.map((units, h) => [origin + h, units]),
      ),
      {
        ...{ stroke: EXPECTED, 'stroke-width': 2 },
      },
    ),
    ...legend(fan),
  ]);
}

function at(axes: Axes, points: readonly (readonly [number, number])[]): [number, number][] {
  return points.map(([bucket, value]) => [axes.x(bucket), axes.y(value)]);
}

function bands(fan: Fan, axes: Axes): string[] {
  return fan.bands.map((band, i) => {
    if (band.length === 0) return '';
    const over = band.map(({ high }, h) => [fan.origin + h, high] as const);
    const under = band.map(({ low }, h) => [fan.origin + h, low] as const).reverse();
    const corners = at(axes, [...over, ...under]);
    const points = corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    return element('polygon', { points, fill: FILLS[i] as string });
  });
}

/** Where the past ends. */
function border(axes: Axes, origin: number): string {
  const x = axes.x(origin - 0.5);
  const y2 = AREA.top + AREA.height;
  const style = { stroke: '#999', 'stroke-dasharray': '3 3' };
  return element('line', { x1: x, x2: x, y1: AREA.top, y2, ...style });
}

function dot(axes: Axes, bucket: number, units: number): string {
  if (Number.isNaN(units)) return '';
  return element('circle', { cx: axes.x(bucket), cy: axes.y(units), r: 1.8, fill: CAME });
}

function legend(fan: Fan): string[] {
  const shown = [
    { name: 'what came', colour: CAME, height: 2 },
    { name: 'expected', colour: EXPECTED, height: 2 },
    ...FAN_LEVELS.map((level, i) => ({
      name: `${Math.round(100 * level)} %`,
      colour: FILLS[i] as string,
      height: 10,
    })).filter((_, i) => (fan.bands[i] ?? []).length > 0),
  ];
  return shown.flatMap(({ name, colour, height }, i) => {
    const x = 64 + 96 * i;
    return [
      element('rect', { x, y: 62 - height / 2, width: 18, height, fill: colour }),
      text(name, { x: x + 24, y: 66, 'font-size': 11 }),
    ];
  });
}

// A fan: what a series sold, what was expected of it from one time on, and what came.
import { bucketText } from '../calendar.js';
import { FAN_LEVELS, type Fan } from '../fan.js';
import type { Recording } from '../recording.js';
import { type Axes, axesOf } from './axes.js';
import { AREA, type LegendEntry, sheet } from './sheet.js';
import { element, line } from './svg.js';

/** Fills of FAN_LEVELS, widest first. */
const FILLS = ['#d6e6f5', '#a9cbea', '#75abdc'] as const;
const CAME = { stroke: '#222', 'stroke-width': 1.4 };
const EXPECTED = { stroke: '#c2410c', 'stroke-width': 2 };
/** Buckets of the past shown for each one ahead, and the fewest of them. */
const PAST_SHARE = 2;
const LEAST_PAST = 42;

type Points = readonly (readonly [bucket: number, units: number])[];

export function fanPlot(fan: Fan, recording: Recording): string {
  const { row, origin, pattern, contender } = fan;
  const { bucket } = recording;
  const name = recording.series[row] as string;
  const came = whatCame(fan, recording);
  const expected: Points = fan.points.map((units, h) => [origin + h, units]);
  const axes = fanAxes(fan, recording, came);
  return sheet({
    heading: name,
    subheading: `${pattern} demand by ${bucket}; ${contender} from ${bucketText(origin, bucket)}`,
    title: `${name}: ${pattern} demand, ${contender}`,
    legend: legendOf(fan),
    drawing: [
      ...axes.parts,
      ...bands(fan, axes),
      border(axes, origin),
      line(placed(axes, came), CAME),
      ...came.map(([at, units]) => dot(axes, at, units)),
      line(placed(axes, expected), EXPECTED),
    ],
  });
}

/** Some of the past, and the time of the fan; NaN where it is not known. */
function whatCame({ row, origin, points }: Fan, recording: Recording): Points {
  const past = Math.max(LEAST_PAST, PAST_SHARE * points.length);
  const from = Math.max(recording.first(row), origin - past);
  const length = origin + points.length - from;
  return Array.from({ length }, (_, i) => [from + i, recording.units(row, from + i)]);
}

function fanAxes(fan: Fan, { bucket }: Recording, came: Points): Axes {
  const tops = [
    ...came.map(([, units]) => (Number.isNaN(units) ? 0 : units)),
    ...fan.points,
    ...fan.bands.flatMap((band) => band.map(({ high }) => high)),
  ];
  const label = (value: number): string => String(Number(value.toPrecision(6)));
  const [from, to] = [came[0]?.[0] as number, came.at(-1)?.[0] as number];
  const most = 1.05 * Math.max(...tops, 1e-9);
  return axesOf({ area: AREA, bucket, from, to, least: 0, most, label });
}

function placed(axes: Axes, points: Points): [number, number][] {
  return points.map(([bucket, units]) => [axes.x(bucket), axes.y(units)]);
}

function bands(fan: Fan, axes: Axes): string[] {
  return fan.bands.map((band, i) => {
    if (band.length === 0) return '';
    const over: Points = band.map(({ high }, h) => [fan.origin + h, high]);
    const under: Points = band.map(({ low }, h) => [fan.origin + h, low]);
    const corners = placed(axes, [...over, ...under.toReversed()]);
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
  return element('circle', { cx: axes.x(bucket), cy: axes.y(units), r: 1.8, fill: CAME.stroke });
}

function legendOf(fan: Fan): LegendEntry[] {
  const shown = FAN_LEVELS.map((level, i) => ({
    name: `${Math.round(100 * level)} %`,
    colour: FILLS[i] as string,
    isArea: true,
  }));
  return [
    { name: 'what came', colour: CAME.stroke, isArea: false },
    { name: 'expected', colour: EXPECTED.stroke, isArea: false },
    ...shown.filter((_, i) => (fan.bands[i] ?? []).length > 0),
  ];
}

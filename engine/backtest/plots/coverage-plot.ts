// Coverage over time: how often intervals held, beside what they promised.
import type { Bucket } from '../calendar.js';
import type { Stretch } from '../coverage-course.js';
import { type Axes, axesOf } from './axes.js';
import { AREA, sheet } from './sheet.js';
import { element, line } from './svg.js';

/** Levels in percent. */
const COLOURS = { 50: '#b3561d', 80: '#2e7d4f', 95: '#0b4f94', 99: '#6b3fa0' } as const;
const LEVELS = ['50', '80', '95', '99'] as const;
type Level = (typeof LEVELS)[number];
/** Lowest share that is always shown. */
const LEAST = 0.4;

export interface CoveragePlot {
  readonly contender: string;
  readonly bucket: Bucket;
  /** In order of time. */
  readonly stretches: readonly Stretch[];
}

/** Empty where nothing with a distribution was scored. */
export function coveragePlot({ contender, bucket, stretches }: CoveragePlot): string {
  const scored = stretches.filter(({ forecasts }) => forecasts > 0);
  const [first, last] = [scored[0], scored.at(-1)];
  if (first === undefined || last === undefined) return '';
  const shares = scored.flatMap(({ coverage }) => LEVELS.map((level) => coverage[level] as number));
  const least = Math.floor(10 * Math.min(LEAST, ...shares)) / 10;
  const label = (value: number): string => `${Math.round(100 * value)} %`;
  const [from, to] = [first.from, last.to - 1];
  const axes = axesOf({ area: AREA, bucket, from, to, least, most: 1, label });
  const title = `Coverage of the ${contender}'s central intervals over time`;
  return sheet({
    ...{ heading: title, title },
    subheading: 'share of forecasts that held; dashed: what was promised',
    legend: LEVELS.map((level) => ({ name: `${level} %`, colour: COLOURS[level], isArea: false })),
    drawing: [...axes.parts, ...LEVELS.flatMap((level) => levelParts(level, scored, axes))],
  });
}

function levelParts(level: Level, scored: readonly Stretch[], axes: Axes): string[] {
  const stroke = COLOURS[level];
  const y = axes.y(Number(level) / 100);
  const promised = { x1: AREA.left, x2: AREA.left + AREA.width, y1: y, y2: y, stroke };
  const points = scored.map(({ from, to, coverage }): [number, number] => {
    return [axes.x((from + to - 1) / 2), axes.y(coverage[level] as number)];
  });
  return [
    element('line', { ...promised, 'stroke-dasharray': '5 4', 'stroke-opacity': 0.55 }),
    line(points, { stroke, 'stroke-width': 2 }),
    ...points.map(([cx, cy]) => element('circle', { cx, cy, r: 2.2, fill: stroke })),
  ];
}

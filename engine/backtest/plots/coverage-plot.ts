// Coverage over time: how often intervals held, beside what they promised.
import type { Bucket } from '../calendar.js';
import type { Stretch } from '../coverage-course.js';
import { axesOf } from './axes.js';
import { element, line, picture, text } from './svg.js';

const SIZE = { width: 900, height: 380 };
const AREA = { left: 64, top: 78, width: 816, height: 256 };
const COLOURS: Readonly<Record<string, string>> = {
  50: '#b3561d',
  80: '#2e7d4f',
  95: '#0b4f94',
  99: '#6b3fa0',
};
const LEVELS = Object.keys(COLOURS);
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
  if (scored.length === 0) return '';
  const shares = scored.flatMap(({ coverage }) => LEVELS.map((level) => coverage[level] as number));
  const from = stretches[0]?.from as number;
  const to = (stretches.at(-1)?.to as number) - 1;
  const least = Math.floor(10 * Math.min(LEAST, ...shares)) / 10;
  const label = (value: number): string => `${Math.round(100 * value)} %`;
  const axes = axesOf({ area: AREA, bucket, from, to, least, most: 1, label });
  const middle = ({ from, to }: Stretch): number => axes.x((from + to - 1) / 2);
  const lines = LEVELS.flatMap((level) => {
    const stroke = COLOURS[level] as string;
    const y = axes.y(Number(level) / 100);
    const promised = { x1: AREA.left, x2: AREA.left + AREA.width, y1: y, y2: y };
    const points = scored.map(
      (one) => [middle(one), axes.y(one.coverage[level] as number)] as const,
    );
    return [
      element('line', { ...promised, stroke, 'stroke-dasharray': '5 4', 'stroke-opacity': 0.55 }),
      line(points, { stroke, 'stroke-width': 2 }),
      ...points.map(([cx, cy]) => element('circle', { cx, cy, r: 2.2, fill: stroke })),
    ];
  });
  const title = `Coverage of the ${contender}'s central intervals over time`;
  return picture({ ...SIZE, title }, [
    text(title, { x: 64, y: 26, 'font-size': 16, 'font-weight': 600 }),
    text('share of forecasts that held; dashed: what was promised', { x: 64, y: 46, fill: '#666' }),
    ...axes.parts,
    ...lines,
    ...legend(),
  ]);
}

function legend(): string[] {
  return LEVELS.flatMap((level, i) => {
    const x = 64 + 96 * i;
    return [
      element('rect', { x, y: 61, width: 18, height: 2, fill: COLOURS[level] as string }),
      text(`${level} %`, { x: x + 24, y: 66, 'font-size': 11 }),
    ];
  });
}

// The sheet that all pictures share: size, place of the drawing, headings and the legend.
import type { Area } from './axes.js';
import { element, picture, text } from './svg.js';

const SIZE = { width: 900, height: 380 };
export const AREA: Area = { left: 64, top: 78, width: 788, height: 256 };
const LEGEND_Y = 62;
const LEGEND_STEP = 96;

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  /** A line, or the area between lines. */
  readonly isArea: boolean;
}

export interface Sheet {
  readonly heading: string;
  readonly subheading: string;
  /** Of the picture, for those who cannot see it. */
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  /** What is drawn, the lowest first. */
  readonly drawing: readonly string[];
}

export function sheet({ heading, subheading, title, legend, drawing }: Sheet): string {
  const x = AREA.left;
  return picture({ ...SIZE, title }, [
    text(heading, { x, y: 26, 'font-size': 16, 'font-weight': 600 }),
    text(subheading, { x, y: 46, fill: '#666' }),
    ...drawing,
    ...legend.flatMap(legendParts),
  ]);
}

function legendParts({ name, colour, isArea }: LegendEntry, i: number): string[] {
  const x = AREA.left + LEGEND_STEP * i;
  const height = isArea ? 10 : 2;
  return [
    element('rect', { x, y: LEGEND_Y - height / 2, width: 18, height, fill: colour }),
    text(name, { x: x + 24, y: LEGEND_Y + 4, 'font-size': 11 }),
  ];
}

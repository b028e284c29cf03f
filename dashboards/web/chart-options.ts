// How the two charts are drawn: scales, axes, series, and the line at the present.
import uPlot from 'uplot';
import type { SkuView } from '../protocol.js';
import type { ChartColumns } from './chart-data.js';
import { compactCount } from './format.js';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartContext {
  readonly columns: () => ChartColumns;
  readonly view: () => SkuView;
  readonly pointedAt: (index: number | null) => void;
}

const font = '11px "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export function demandOptions(context: ChartContext, size: ChartSize): uPlot.Options {
  const colours = readColours();
  const bars = uPlot.paths.bars?.({ size: [0.66, 24], radius: 0.15 });
  return {
    ...common(context, size, () => 0),
    axes: [timeAxis(colours, false), valueAxis(colours, 'Demand')],
    series: [
      {},
      { fill: colours.bar, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) },
      // Rare large demand makes the wide fan many times as high: it may leave the chart.
      ...[false, false, true, true].map((auto) => ({ auto, width: 0, points: { show: false } })),
      { stroke: colours.forecast, width: 1.75, points: { show: false } },
    ],
    bands: [
      { series: [2, 4], fill: colours.wideBand },
      { series: [4, 5], fill: colours.band },
      { series: [5, 3], fill: colours.wideBand },
    ],
    hooks: {
      drawClear: [(chart) => drawFuture(chart, context.columns(), colours.future)],
      setCursor: [(chart) => context.pointedAt(chart.cursor.idx ?? null)],
    },
  };
}

export function stockOptions(context: ChartContext, size: ChartSize): uPlot.Options {
  const colours = readColours();
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    // The reorder point must always be in sight.
    ...common(context, size, () => context.view().position.reorderPoint ?? 0),
    axes: [timeAxis(colours, true), valueAxis(colours, 'On hand')],
    series: [
      {},
      {
        stroke: colours.stock,
        fill: colours.stockArea,
        width: 1.5,
        points: { show: false },
        ...(steps ? { paths: steps } : {}),
      },
      { stroke: colours.stock, width: 1.5, dash: [3, 3], points: { show: false } },
    ],
    hooks: {
      drawClear: [(chart) => drawFuture(chart, context.columns(), colours.future)],
      draw: [(chart) => drawReorderPoint(chart, context.view().position.reorderPoint, colours)],
    },
  };
}

/** `atLeast`: a value that the scale reaches whatever the data. */
function common(context: ChartContext, size: ChartSize, atLeast: () => number) {
  const sync = uPlot.sync('sku');
  return {
    ...size,
    legend: { show: false },
    padding: [8, 6, 0, 0] as uPlot.Padding,
    tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), context.view().timeZone),
    scales: {
      x: { range: (chart: uPlot): uPlot.Range.MinMax => timeRange(chart) },
      y: {
        range: (_chart: uPlot, _low: number, high: number): uPlot.Range.MinMax => {
          const top = Math.max(1, high, atLeast());
          return [0, uPlot.rangeNum(0, top, 0.1, true)[1] ?? top];
        },
      },
    },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: sync.key },
    },
  };
}

/** Half a bucket of room on both sides, so that the outer bars are whole. */
function timeRange(chart: uPlot): uPlot.Range.MinMax {
  const starts = chart.data[0];
  const first = starts[0] ?? 0;
  const last = starts.at(-1) ?? 1;
  const half = starts.length > 1 ? (last - first) / (starts.length - 1) / 2 : 43_200;
  return [first - half, last + half];
}

function timeAxis(colours: Colours, labelled: boolean): uPlot.Axis {
  const ticks = { stroke: colours.grid, size: 4, width: 1 };
  const shared = { stroke: colours.text, font, grid: { show: false }, ticks, gap: 3 };
  if (!labelled) return { ...shared, size: 8, values: (_chart, splits) => splits.map(() => '') };
  return {
    ...shared,
    size: 28,
    space: 64,
    values: [
      [86_400, '{D} {MMM}', null, null, null, null, null, null, 1],
      [3600, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
      [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
    ],
  };
}

function valueAxis(colours: Colours, label: string): uPlot.Axis {
  return {
    label,
    labelFont: font,
    labelSize: 16,
    labelGap: 0,
    stroke: colours.text,
    font,
    size: 40,
    gap: 4,
    space: 32,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    values: (_chart, splits) => splits.map((value) => (value % 1 === 0 ? compactCount(value) : '')),
  };
}

/** Shades what has not happened yet. */
function drawFuture(chart: uPlot, columns: ChartColumns, colour: string): void {
  const first = columns.start[columns.firstOpen];
  if (first === undefined) return;
  const before = columns.start[columns.firstOpen - 1] ?? first;
  const { left, top, width, height } = chart.bbox;
  const from = Math.max(left, chart.valToPos((first + before) / 2, 'x', true));
  chart.ctx.fillStyle = colour;
  chart.ctx.fillRect(from, top, left + width - from, height);
}

function drawReorderPoint(chart: uPlot, reorderPoint: number | null, colours: Colours): void {
  if (reorderPoint === null) return;
  const { ctx } = chart;
  const { left, width } = chart.bbox;
  const y = Math.round(chart.valToPos(reorderPoint, 'y', true));
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colours.reorder;
  ctx.fillStyle = colours.reorder;
  ctx.lineWidth = ratio;
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.font = font.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText('reorder at', left + width - 4 * ratio, y - 2 * ratio);
  ctx.restore();
}

type Colours = ReturnType<typeof readColours>;

/** The style sheet's colours, resolved for the theme that is on. */
function readColours() {
  const probe = document.createElement('span');
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--chart-${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    bar: read('bar'),
    forecast: read('forecast'),
    band: read('band'),
    wideBand: read('wide-band'),
    stock: read('stock'),
    stockArea: read('stock-area'),
    reorder: read('reorder'),
    future: read('future'),
    grid: read('grid'),
    text: read('text'),
  };
  probe.remove();
  return colours;
}

// The two charts of a SKU, one time axis: demand with its forecast, and stock.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { SkuView } from '../protocol.js';
import { type ChartColumns, chartColumns } from './chart-data.js';
import { type ChartSize, demandOptions, stockOptions } from './chart-options.js';
import { ChartReadout } from './chart-readout.js';
import { skuKey } from './route.js';
import { streamTimeMs } from './store.js';
import { theme } from './theme.js';

interface Charts {
  readonly demand: uPlot;
  readonly stock: uPlot;
}

export function SkuCharts({ view }: { readonly view: SkuView }) {
  const demandHost = useRef<HTMLDivElement>(null);
  const stockHost = useRef<HTMLDivElement>(null);
  const charts = useRef<Charts | null>(null);
  const pointed = useSignal<number | null>(null);
  const columns = chartColumns(view, streamTimeMs.value);
  const latest = useRef({ view, columns });
  latest.current = { view, columns };
  const key = `${skuKey(view.position)} ${view.bucket} ${theme.value}`;

  // Made anew for another SKU or theme only; new data goes into the charts that stand.
  useEffect(() => {
    if (demandHost.current === null || stockHost.current === null) return;
    const context = {
      columns: () => latest.current.columns,
      view: () => latest.current.view,
      pointedAt: (index: number | null) => {
        pointed.value = index;
      },
    };
    const demand = new uPlot(
      demandOptions(context, sizeOf(demandHost.current)),
      demandData(columns),
      demandHost.current,
    );
    const stock = new uPlot(
      stockOptions(context, sizeOf(stockHost.current)),
      stockData(columns),
      stockHost.current,
    );
    charts.current = { demand, stock };
    const resized = new ResizeObserver(() => {
      if (demandHost.current !== null) fillHost(demand, sizeOf(demandHost.current));
      if (stockHost.current !== null) fillHost(stock, sizeOf(stockHost.current));
    });
    resized.observe(demandHost.current);
    resized.observe(stockHost.current);
    return () => {
      resized.disconnect();
      demand.destroy();
      stock.destroy();
      charts.current = null;
      pointed.value = null;
    };
  }, [key]);

  useEffect(() => {
    charts.current?.demand.setData(demandData(columns));
    charts.current?.stock.setData(stockData(columns));
  });

  return (
    <figure class="charts">
      <ChartReadout view={view} columns={columns} index={pointed.value} />
      <div
        class="chart-hosts"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the cursor
        tabIndex={0}
        aria-label="Demand with its forecast, and stock. The same numbers are in the table below."
        onKeyDown={(event) => stepCursor(event, charts.current, columns, pointed.value)}
      >
        <div ref={demandHost} class="chart-host demand" />
        <div ref={stockHost} class="chart-host stock" />
      </div>
    </figure>
  );
}

function sizeOf(host: HTMLElement): ChartSize {
  return { width: host.clientWidth, height: host.clientHeight };
}

function fillHost(chart: uPlot, size: ChartSize): void {
  if (size.width === 0 || (size.width === chart.width && size.height === chart.height)) return;
  chart.setSize({ ...size });
}

function demandData(columns: ChartColumns): uPlot.AlignedData {
  const { start, units, forecast, upper95, lower95, upper80, lower80 } = columns;
  return [start, units, upper95, lower95, upper80, lower80, forecast];
}

function stockData(columns: ChartColumns): uPlot.AlignedData {
  return [columns.start, columns.onHand, columns.projected];
}

/** Left and right move the cursor by a bucket, Escape takes it away. */
function stepCursor(
  event: KeyboardEvent,
  charts: Charts | null,
  columns: ChartColumns,
  index: number | null,
): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (charts === null || (step === undefined && event.key !== 'Escape')) return;
  event.preventDefault();
  const from = index ?? columns.firstOpen - (step === 1 ? 1 : 0);
  const next = Math.min(columns.start.length - 1, Math.max(0, from + (step ?? 0)));
  const left = step === undefined ? -10 : charts.demand.valToPos(columns.start[next] ?? 0, 'x');
  charts.demand.setCursor({ left, top: step === undefined ? -10 : 10 });
}

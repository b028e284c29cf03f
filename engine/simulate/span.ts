// The parts of a simulated time: first the forecasts learn, then stock is measured.
import { DAY_MS, type RecordedDemand } from './recorded-demand.js';

export interface Measured {
  /** Stock of each series is measured from here on; Infinity: not at all (ms). */
  readonly startMs: Float64Array;
  readonly toMs: number;
}

/** Midnight at a share of the recorded time. */
export function borderAt({ fromMs, toMs }: RecordedDemand, share: number): number {
  return fromMs + Math.round((share * (toMs - fromMs)) / DAY_MS) * DAY_MS;
}

/**
 * A series is measured from the border on, or once it has been on sale for `warmUpDays`: until
 * then nobody knows it, and no policy is to blame.
 */
export function measuredFrom(
  { series }: RecordedDemand,
  span: { readonly borderMs: number; readonly toMs: number; readonly warmUpDays: number },
): Measured {
  const { borderMs, toMs, warmUpDays } = span;
  const startMs = Float64Array.from(series, ({ firstMs }) => {
    const known = Math.ceil(firstMs / DAY_MS + warmUpDays) * DAY_MS;
    const start = Math.max(borderMs, known);
    return start < toMs ? start : Number.POSITIVE_INFINITY;
  });
  return { startMs, toMs };
}

/** Hands out the series that are to be opened, as time goes on. */
export class Openings {
  private readonly order: readonly number[];
  private at = 0;

  constructor(private readonly measured: Measured) {
    const { startMs } = measured;
    this.order = Array.from(startMs.keys()).sort(
      (a, b) => (startMs[a] as number) - (startMs[b] as number) || a - b,
    );
  }

  /** Series that open up to `nowMs`, each once. */
  take(nowMs: number): number[] {
    const from = this.at;
    const { startMs } = this.measured;
    while ((startMs[this.order[this.at] as number] as number) <= nowMs) this.at++;
    return this.order.slice(from, this.at);
  }
}

// A SKU's view as columns for the charts: history, then forecast, on one time axis. Pure.
import type { SkuView } from '../protocol.js';

type Column = (number | null)[];

export interface ChartColumns {
  /** Seconds since 1970, as the chart library wants them. */
  readonly start: number[];
  readonly units: Column;
  readonly forecast: Column;
  readonly lower80: Column;
  readonly upper80: Column;
  /** Of buckets to come alone. */
  readonly lower95: Column;
  readonly upper95: Column;
  readonly onHand: Column;
  /** On hand as it would fall if nothing were received, from the last closed bucket on. */
  readonly projected: Column;
  /** Index of the first bucket that has not closed. */
  readonly firstOpen: number;
}

const bucketMs = { hour: 3_600_000, day: 86_400_000 } as const;

export function chartColumns(view: SkuView, streamTimeMs: number | null): ChartColumns {
  const { history, forecast } = view;
  const noHistory = history.map(() => null);
  const noForecast = forecast.map(() => null);
  const lastOnHand = history.at(-1)?.onHandAtEnd ?? null;
  return {
    start: [...history, ...forecast].map((bucket) => bucket.startMs / 1000),
    units: [...history.map((bucket) => bucket.units), ...noForecast],
    forecast: [
      ...history.map((bucket) => bucket.forecast),
      ...forecast.map((bucket) => bucket.mean),
    ],
    lower80: [...history, ...forecast].map((bucket) => bucket.lower80),
    upper80: [...history, ...forecast].map((bucket) => bucket.upper80),
    lower95: [...noHistory, ...forecast.map((bucket) => bucket.lower95)],
    upper95: [...noHistory, ...forecast.map((bucket) => bucket.upper95)],
    onHand: [...history.map((bucket) => bucket.onHandAtEnd), ...noForecast],
    projected: [
      ...noHistory.slice(1),
      ...(history.length > 0 ? [lastOnHand] : []),
      ...projection(view, streamTimeMs),
    ],
    firstOpen: history.length,
  };
}

/** Available stock less the forecast, bucket by bucket; never below zero. */
function projection(view: SkuView, streamTimeMs: number | null): number[] {
  let left = view.position.available - view.position.backordered;
  return view.forecast.map((bucket, index) => {
    // Of the running bucket only the rest is still to come.
    const endMs = bucket.startMs + bucketMs[view.bucket];
    const rest =
      index > 0 || streamTimeMs === null ? 1 : (endMs - streamTimeMs) / bucketMs[view.bucket];
    left -= bucket.mean * Math.min(1, Math.max(0, rest));
    return Math.max(0, left);
  });
}

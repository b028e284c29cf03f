// Recorded sales as order lines: a bucket's units are one order in the middle of the bucket.

import { emptyBucket } from '../../operators/forecast/forecaster.js';
import { bucketStart } from '../backtest/calendar.js';
import type { Recording } from '../backtest/recording.js';
import { BUCKET_MS, DAY_MS, type RecordedDemand, type SimulatedBucket } from './recorded-demand.js';

/** Where all of it is sold. */
const LOCATION = 'shop';

/**
 * Buckets of unknown units bring nothing. Recorded sales count as what was asked for: what nobody
 * could buy, because it was out of stock then, is not known here.
 */
export function demandOfRecording(recording: Recording, bucket: SimulatedBucket): RecordedDemand {
  const found: { readonly s: number; readonly at: number; readonly units: number }[] = [];
  const priced = recording.series.map(() => ({ sum: 0, count: 0 }));
  const out = emptyBucket();
  recording.series.forEach((_, s) => {
    for (let at = recording.first(s); at < recording.end(s); at++) {
      recording.fill(s, at, out);
      if (out.units > 0) found.push({ s, at, units: out.units });
      const price = priced[s] as { sum: number; count: number };
      if (!(out.price > 0)) continue;
      price.sum += out.price;
      price.count++;
    }
  });
  found.sort((a, b) => a.at - b.at || a.s - b.s);
  const half = BUCKET_MS[bucket] / 2;
  return {
    bucket,
    series: recording.series.map((sku, s) => ({
      ...{ sku, location: LOCATION, category: recording.categories[s] ?? null },
      price: (priced[s]?.sum ?? 0) / (priced[s]?.count ?? 0),
      firstMs: bucketStart(recording.first(s), bucket),
    })),
    fromMs: floorDay(bucketStart(recording.firstBucket, bucket)),
    toMs: floorDay(bucketStart(recording.endBucket, bucket) + DAY_MS - 1),
    lines: {
      series: Int32Array.from(found, ({ s }) => s),
      timeMs: Float64Array.from(found, ({ at }) => bucketStart(at, bucket) + half),
      units: Float64Array.from(found, ({ units }) => units),
    },
  };
}

function floorDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

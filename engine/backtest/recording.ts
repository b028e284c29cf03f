// A recording: series of buckets side by side, each whole from its first row to its last.
import { isFullyStocked } from '../../operators/forecast/cleaning.js';
import type { DemandBucket } from '../../operators/forecast/forecaster.js';
import { type Bucket, bucketStart, seasonAt } from './calendar.js';
import { CHANNEL_NAMES, CHANNELS, type ChannelName } from './channels.js';

/**
 * Series number s has the buckets `first(s)` … `end(s)` - 1. Made of `buildRecording`; what is
 * after a time is taken off by `before`.
 */
export class Recording {
  readonly firstBucket: number;
  readonly endBucket: number;

  constructor(
    readonly bucket: Bucket,
    readonly series: readonly string[],
    readonly categories: readonly (string | null)[],
    private readonly cells: Cells,
    private readonly limit = Number.POSITIVE_INFINITY,
  ) {
    let [firstBucket, endBucket] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let s = 0; s < series.length; s++) {
      firstBucket = Math.min(firstBucket, this.first(s));
      endBucket = Math.max(endBucket, this.end(s));
    }
    this.firstBucket = firstBucket;
    this.endBucket = endBucket;
  }

  first(s: number): number {
    return this.cells.first[s] as number;
  }

  /** Behind the last bucket; not above `first` where nothing is left of the series. */
  end(s: number): number {
    return Math.min(this.limit, this.cells.end[s] as number);
  }

  /** Buckets of all series. */
  get buckets(): number {
    let sum = 0;
    for (let s = 0; s < this.series.length; s++) sum += Math.max(0, this.end(s) - this.first(s));
    return sum;
  }

  has(s: number, bucket: number): boolean {
    return bucket >= this.first(s) && bucket < this.end(s);
  }

  /** NaN: not known. */
  units(s: number, bucket: number): number {
    return this.cells.units[this.at(s, bucket)] as number;
  }

  /** Units where they are known and there was stock all the time; else NaN, as outside of it. */
  demand(s: number, bucket: number): number {
    if (!this.has(s, bucket)) return Number.NaN;
    return isFullyStocked(this.inStockShare(s, bucket)) ? this.units(s, bucket) : Number.NaN;
  }

  /** Share of the bucket in which there was stock, 0-1; 1: nobody says. */
  inStockShare(s: number, bucket: number): number {
    return this.cells.channels.inStockShare?.[this.at(s, bucket)] ?? 1;
  }

  /** What forecasters learn of it. */
  fill(s: number, bucket: number, out: DemandBucket): void {
    const at = this.at(s, bucket);
    out.startMs = bucketStart(bucket, this.bucket);
    out.season = seasonAt(bucket, this.bucket);
    out.units = this.cells.units[at] as number;
    for (const name of CHANNEL_NAMES) {
      out[name] = this.cells.channels[name]?.[at] ?? CHANNELS[name].silent;
    }
  }

  /** The recording up to a bucket, without it and all that is behind it. */
  before(bucket: number): Recording {
    const limit = Math.min(bucket, this.limit);
    return new Recording(this.bucket, this.series, this.categories, this.cells, limit);
  }

  private at(s: number, bucket: number): number {
    return (this.cells.offset[s] as number) + bucket - this.first(s);
  }
}

/** All buckets of all series, one series behind the other. */
export interface Cells {
  readonly first: Float64Array;
  readonly end: Float64Array;
  /** Where a series begins in the columns. */
  readonly offset: Float64Array;
  readonly units: Float64Array;
  readonly channels: Partial<Record<ChannelName, Float32Array>>;
}

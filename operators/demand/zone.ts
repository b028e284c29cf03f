// A zone: the buckets of one time zone that are open, oldest first.
import { type BucketLength, bucketStart, nextBucketStart } from './calendar.js';

export interface ZoneOptions {
  readonly timeZone: string;
  readonly length: BucketLength;
  /** A bucket closes when this much has passed since its end (ms). */
  readonly allowedLatenessMs: number;
}

/**
 * Buckets have running numbers. Bucket `first` is the oldest open one; those behind it are opened
 * when something falls into them.
 */
export class Zone {
  /** Number of the oldest open bucket. */
  first = 0;
  /** Starts of buckets first, first + 1, … and the end of the last one behind them. */
  private bounds: number[] = [];
  private lastDataMs = Number.NEGATIVE_INFINITY;

  constructor(readonly options: ZoneOptions) {}

  get isStarted(): boolean {
    return this.bounds.length > 0;
  }

  /** Opens the first bucket: the oldest that is not closed at `watermarkMs`. */
  start(watermarkMs: number): void {
    if (this.isStarted) return;
    this.openAt(watermarkMs - this.options.allowedLatenessMs);
  }

  /** Number of the bucket that holds `ms`, opened when needed; -1: it is closed. */
  bucketOf(ms: number): number {
    const { bounds } = this;
    if (ms < (bounds[0] as number)) return -1;
    while (ms >= (bounds[bounds.length - 1] as number)) this.openNext();
    let i = bounds.length - 2;
    while (ms < (bounds[i] as number)) i--;
    return this.first + i;
  }

  startMs(bucket: number): number {
    return this.bounds[bucket - this.first] as number;
  }
  endMs(bucket: number): number {
    return this.bounds[bucket - this.first + 1] as number;
  }

  /** When the oldest open bucket closes; Infinity before the first event. */
  closesAtMs(): number {
    if (!this.isStarted) return Number.POSITIVE_INFINITY;
    return this.endMs(this.first) + this.options.allowedLatenessMs;
  }

  /** Something was counted at `ms`. */
  sawData(ms: number): void {
    if (ms > this.lastDataMs) this.lastDataMs = ms;
  }

  /** True: something was counted at `ms` or later. */
  hasDataSince(ms: number): boolean {
    return this.lastDataMs >= ms;
  }

  /**
   * Closes the oldest bucket. When nothing was counted behind it and the watermark is more than
   * `maxGapMs` on, the silence is a gap in the data: what lies between is skipped, not closed,
   * and the answer is true.
   */
  close(watermarkMs: number, maxGapMs: number): boolean {
    const nextOpenMs = watermarkMs - this.options.allowedLatenessMs;
    const endMs = this.endMs(this.first);
    this.first++;
    if (this.lastDataMs < endMs && nextOpenMs - endMs > maxGapMs) {
      this.openAt(nextOpenMs);
      return true;
    }
    if (this.bounds.length === 2) this.openNext();
    this.bounds.shift();
    return false;
  }

  save(): number[] {
    return [this.first, this.lastDataMs, ...this.bounds];
  }
  restore(saved: readonly number[]): void {
    this.first = saved[0] as number;
    this.lastDataMs = saved[1] as number;
    this.bounds = saved.slice(2);
  }

  private openAt(ms: number): void {
    const { timeZone, length } = this.options;
    const startMs = bucketStart(ms, timeZone, length);
    this.bounds = [startMs, nextBucketStart(startMs, timeZone, length)];
  }

  private openNext(): void {
    const { timeZone, length } = this.options;
    const last = this.bounds[this.bounds.length - 1] as number;
    this.bounds.push(nextBucketStart(last, timeZone, length));
  }
}

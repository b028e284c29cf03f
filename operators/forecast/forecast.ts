// The forecast operator: judges and teaches the forecasters as buckets close, nowcasts in between.

import type { Closing } from '../demand/buckets.js';
import { BUCKET_DAYS, type BucketLength, SEASONS } from '../demand/calendar.js';
import type { Demand } from '../demand/demand.js';
import { TYPE } from '../events/event.js';
import { normalQuantile } from '../stats/normal.js';
import type { Batch } from '../stream/batch.js';
import type { Column } from '../stream/columns.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { Outbox } from '../stream/outbox.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { LEVELS, OverallAccuracy, RowAccuracy } from './accuracy.js';
import { Course } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { HoltWintersAdditive } from './holt-winters.js';
import { Profile, restOfBucket } from './nowcast.js';
import { SeasonalNaive } from './seasonal-naive.js';

export interface ForecastOptions {
  readonly length: BucketLength;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  /** Learns with the others; null: there is none. */
  readonly neural: OnlineForecaster | null;
}

/** Half width of a central interval of each level, in standard deviations. */
const QUANTILES = LEVELS.map((level) => normalQuantile((1 + level) / 2));
const Q80 = QUANTILES[0] as number;
const NO_CHAMPION = 255;

export class Forecast implements Operator {
  readonly name = 'forecast';
  readonly overall = new OverallAccuracy();
  readonly accuracy: RowAccuracy;
  private readonly course: Course;
  private readonly bank: readonly OnlineForecaster[];
  private readonly champion: Column<Uint8Array>;
  /** Champion's forecasts of the next two buckets behind the last closed one. */
  private readonly next: Column<Float64Array>;
  private readonly profile = new Profile();
  private readonly scratch = new Float64Array(2);
  private readonly bucket: DemandBucket = {
    startMs: 0,
    season: 0,
    units: 0,
    inStockShare: 1,
    price: Number.NaN,
    promotion: 0,
    cartAdds: 0,
    cartRemovals: 0,
    cartsAbandoned: 0,
    views: 0,
  };

  constructor(
    readonly table: Table,
    private readonly demand: Demand,
    private readonly outbox: Outbox,
    private readonly options: ForecastOptions,
  ) {
    this.course = new Course(table, SEASONS[options.length]);
    this.bank = [
      new SeasonalNaive(table, this.course),
      new HoltWintersAdditive(table, this.course, options),
    ];
    this.accuracy = new RowAccuracy(table, this.bank.length);
    const columns = table.columns('forecast');
    this.champion = columns.uint8('champion', 1, NO_CHAMPION);
    this.next = columns.float64('next', 2, Number.NaN);
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    if (batch.type[i] !== TYPE['order.placed']) return true;
    const timeMs = batch.occurredAtMs[i] as number;
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const row = batch.lineRow[n] as number;
      const { buckets } = this.demand;
      const bucket = buckets.bucketOf(row, timeMs, moment.watermarkMs);
      if (bucket < 0) continue;
      this.profile.learn(buckets.zoneOf(row), this.elapsed(row, bucket, timeMs));
    }
    return true;
  }

  *onTime(_moment: Moment, sliceRows: number): Steps {
    for (const closing of this.demand.closings) {
      this.profile.age(closing.zone);
      yield* this.demand.forRows(closing, sliceRows, (row) => {
        if (this.demand.buckets.isAlive(row, closing.bucket)) this.closeBucket(row, closing);
      });
    }
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Expected units of the next `horizon` buckets behind the last closed one. False: cold. */
  predict(row: number, horizon: number, out: Float64Array): boolean {
    return this.bank[this.champion.values[row] as number]?.predict(row, horizon, out) ?? false;
  }

  /** Name of the forecaster in use; '' while all are cold. */
  championName(row: number): string {
    return this.bank[this.champion.values[row] as number]?.name ?? '';
  }

  /** Standard deviation of a bucket's forecast error: measured, at first that of Poisson demand. */
  errorSd(row: number): number {
    const measured = this.accuracy.errorSd(row);
    return Number.isNaN(measured) ? Math.sqrt(this.nextForecast(row, 0)) : measured;
  }

  /** Expected units that the bucket that holds `nowMs` will still bring, and the time left of it. */
  rest(row: number, nowMs: number): { units: number; buckets: number } {
    const { buckets } = this.demand;
    const running = buckets.bucketOf(row, nowMs, nowMs);
    if (running < 0) return { units: 0, buckets: 0 };
    const elapsed = this.elapsed(row, running, nowMs);
    const units = restOfBucket({
      forecast: this.nextForecast(row, running - buckets.first(row)),
      sd: this.accuracy.errorSd(row),
      soFar: buckets.read(row, running, 'units'),
      share: this.profile.shareBy(buckets.zoneOf(row), elapsed),
    });
    return { units, buckets: 1 - elapsed };
  }

  get bucketDays(): number {
    return BUCKET_DAYS[this.options.length];
  }

  save(out: StateWriter): void {
    this.overall.save(out);
    this.profile.save(out);
  }

  load(from: StateReader): void {
    this.overall.load(from);
    this.profile.load(from);
  }

  /** Forecast of bucket `ahead` behind the last closed one; the last one known stands for later. */
  private nextForecast(row: number, ahead: number): number {
    return this.next.values[row * 2 + Math.min(ahead, 1)] as number;
  }

  private elapsed(row: number, bucket: number, nowMs: number): number {
    const { buckets } = this.demand;
    const start = buckets.startMs(row, bucket);
    return (nowMs - start) / (buckets.endMs(row, bucket) - start);
  }

  private closeBucket(row: number, closing: Closing): void {
    const { buckets, exposure } = this.demand;
    const { bucket } = this;
    bucket.startMs = closing.startMs;
    bucket.season = closing.season;
    bucket.units = buckets.read(row, closing.bucket, 'units');
    bucket.inStockShare = exposure.share(row, closing.bucket);
    const isSilent = closing.gap?.beginsHere === true;
    if (!isSilent) this.report(row, closing.bucket);
    // Nothing sold for want of stock, or nothing heard: no news of demand, and no error either.
    const isUnknown = isSilent || (bucket.units === 0 && bucket.inStockShare === 0);
    if (isUnknown) bucket.units = Number.NaN;
    else this.judge(row);
    this.teach(row);
    if (closing.gap !== null) this.skipTo(row, closing.gap.lastSeason);
    this.elect(row);
  }

  private teach(row: number): void {
    for (const forecaster of this.bank) forecaster.learn(row, this.bucket);
    this.options.neural?.learn(row, this.bucket);
    this.course.advance(row, this.bucket);
  }

  /** Behind a gap the seasons go on where the calendar is. */
  private skipTo(row: number, lastSeason: number): void {
    this.bucket.season = lastSeason;
    this.bucket.units = Number.NaN;
    this.teach(row);
  }

  private report(row: number, number: number): void {
    const { buckets } = this.demand;
    const forecast = this.nextForecast(row, 0);
    const half = Q80 * this.errorSd(row);
    this.outbox.bucket({
      row,
      startMs: this.bucket.startMs,
      units: this.bucket.units,
      forecast,
      lower80: Math.max(0, forecast - half),
      upper80: forecast + half,
      inStockShare: this.bucket.inStockShare,
      champion: this.championName(row),
      cartAdds: buckets.read(row, number, 'cartAdds'),
      cartRemovals: buckets.read(row, number, 'cartRemovals'),
      cartsAbandoned: buckets.read(row, number, 'cartsAbandoned'),
      views: buckets.read(row, number, 'views'),
    });
  }

  private judge(row: number): void {
    const { units } = this.bucket;
    this.bank.forEach((forecaster, n) => {
      if (!forecaster.predict(row, 1, this.scratch)) return;
      this.accuracy.judge(row, n, units - (this.scratch[0] as number));
    });
    const forecast = this.nextForecast(row, 0);
    if (Number.isNaN(forecast)) return;
    this.overall.judge(units - forecast, units, this.errorSd(row), QUANTILES);
    this.accuracy.judgeChampion(row, units - forecast, units);
  }

  /** The warm forecaster with the least recent error leads; the first of the bank wins a tie. */
  private elect(row: number): void {
    let champion = NO_CHAMPION;
    this.bank.forEach((forecaster, n) => {
      if (!forecaster.predict(row, 1, this.scratch)) return;
      const leads = champion === NO_CHAMPION;
      if (leads || this.accuracy.meanError(row, n) < this.accuracy.meanError(row, champion)) {
        champion = n;
      }
    });
    this.champion.values[row] = champion;
    if (this.predict(row, 2, this.scratch)) this.next.values.set(this.scratch, row * 2);
  }
}

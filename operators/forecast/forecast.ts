// The forecast operator: has rows learn as their buckets close, and nowcasts in between.
import type { Closing } from '../demand/buckets.js';
import { BUCKET_DAYS, type BucketLength, SEASONS } from '../demand/calendar.js';
import type { Demand } from '../demand/demand.js';
import { TYPE } from '../events/event.js';
import type { Batch } from '../stream/batch.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { Outbox } from '../stream/outbox.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { OverallAccuracy, RowAccuracy } from './accuracy.js';
import { Categories, type Facts } from './categories.js';
import { Distribution } from './distribution.js';
import { type DemandBucket, emptyBucket, type OnlineForecaster } from './forecaster.js';
import type { Horizons, Target } from './horizons.js';
import { Learner } from './learner.js';
import { Profile, restOfBucket } from './nowcast.js';
import { RowProfile } from './row-profile.js';

export interface ForecastOptions {
  readonly length: BucketLength;
  /** Learns with the others; null: there is none. */
  readonly neural: OnlineForecaster | null;
}

export interface ForecastParts {
  readonly table: Table;
  readonly demand: Demand;
  readonly outbox: Outbox;
  readonly facts: Facts;
}

/** Horizons for which distributions are calibrated: a week and four, a day and a week of hours. */
export const HORIZONS: Readonly<Record<BucketLength, Horizons>> = {
  day: { near: 7, far: 28 },
  hour: { near: 24, far: 168 },
};
const NEXT: Target = { from: 1, to: 1 };

export class Forecast implements Operator {
  readonly name = 'forecast';
  readonly learner: Learner;
  private readonly categories: Categories;
  private readonly profile = new Profile();
  private readonly rowProfile: RowProfile;
  private readonly answer = new Distribution();
  private readonly bucket: DemandBucket = emptyBucket();

  constructor(
    private readonly parts: ForecastParts,
    private readonly options: ForecastOptions,
  ) {
    const { table, facts } = parts;
    const categories = new Categories(table, facts);
    this.categories = categories;
    this.rowProfile = new RowProfile(table);
    this.learner = new Learner(table, {
      seasons: SEASONS[options.length],
      horizons: HORIZONS[options.length],
      categoryOf: (row) => categories.of(row),
      nameOf: (row) => facts.name(row),
      withCarts: true,
      withCensoring: true,
      neural: options.neural,
    });
  }

  /** How good the forecasts of all rows were, and of each. */
  get overall(): OverallAccuracy {
    return this.learner.overall;
  }
  get accuracy(): RowAccuracy {
    return this.learner.accuracy;
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    if (batch.catalog.has(i)) {
      this.categories.forget(batch.lineSku[batch.lineStart[i] as number] as number);
      this.learner.refresh();
    } else if (batch.type[i] === TYPE['control.model']) this.learner.refresh();
    if (batch.type[i] !== TYPE['order.placed']) return true;
    const timeMs = batch.occurredAtMs[i] as number;
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const row = batch.lineRow[n] as number;
      const { buckets } = this.parts.demand;
      const bucket = buckets.bucketOf(row, timeMs, moment.watermarkMs);
      if (bucket < 0) continue;
      const elapsed = this.elapsed(row, bucket, timeMs);
      this.profile.learn(buckets.zoneOf(row), elapsed);
      this.rowProfile.learn(row, elapsed);
    }
    return true;
  }

  *onTime(_moment: Moment, sliceRows: number): Steps {
    const { demand } = this.parts;
    for (const closing of demand.closings) {
      this.profile.age(closing.zone);
      yield* demand.forRows(closing, sliceRows, (row) => {
        if (demand.buckets.isAlive(row, closing.bucket)) this.closeBucket(row, closing);
      });
      this.learner.apply();
    }
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Expected units of the next `horizon` buckets behind the last closed one. False: cold. */
  predict(row: number, horizon: number, out: Float64Array): boolean {
    return this.learner.combination.predict(row, horizon, out);
  }

  /**
   * Distribution of the units of a target.
   * @param expected what is forecast for it, in all
   * @param into takes it; absent: an object that is the same for every call
   */
  distribution(row: number, target: Target, expected: number, into = this.answer): Distribution {
    return this.learner.outlook.distribution(row, target, expected, into);
  }

  /** The 99.5 % quantile of the row's next bucket, what it learns at most; Infinity: cold. */
  most(row: number): number {
    const forecast = this.nextForecast(row, 0);
    return Number.isNaN(forecast)
      ? Number.POSITIVE_INFINITY
      : this.learner.outlook.most(row, forecast);
  }

  /** Name of the expert that has most weight; '' while all are cold. */
  championName(row: number): string {
    return this.learner.champion(row);
  }

  /** Standard deviation of a bucket's forecast error: measured, at first that of Poisson demand. */
  errorSd(row: number): number {
    const measured = this.learner.accuracy.errorSd(row);
    return Number.isNaN(measured) ? Math.sqrt(this.nextForecast(row, 0)) : measured;
  }

  /** Expected units that the bucket that holds `nowMs` will still bring, and the time left of it. */
  rest(row: number, nowMs: number): { units: number; buckets: number } {
    const { buckets } = this.parts.demand;
    const running = buckets.bucketOf(row, nowMs, nowMs);
    if (running < 0) return { units: 0, buckets: 0 };
    const elapsed = this.elapsed(row, running, nowMs);
    const units = restOfBucket({
      forecast: this.nextForecast(row, running - buckets.first(row)),
      sd: this.learner.accuracy.errorSd(row),
      soFar: buckets.read(row, running, 'units'),
      share: this.rowProfile.shareBy(
        row,
        elapsed,
        this.profile.shareBy(buckets.zoneOf(row), elapsed),
      ),
    });
    return { units, buckets: 1 - elapsed };
  }

  get bucketDays(): number {
    return BUCKET_DAYS[this.options.length];
  }

  save(out: StateWriter): void {
    this.categories.save(out);
    this.learner.save(out);
    this.profile.save(out);
  }

  load(from: StateReader): void {
    this.categories.load(from);
    this.learner.load(from);
    this.profile.load(from);
  }

  /** Forecast of bucket `ahead` behind the last closed one; the last one known stands for later. */
  private nextForecast(row: number, ahead: number): number {
    return this.learner.nextUnits(row, ahead > 0 ? 1 : 0);
  }

  private elapsed(row: number, bucket: number, nowMs: number): number {
    const { buckets } = this.parts.demand;
    const start = buckets.startMs(row, bucket);
    return (nowMs - start) / (buckets.endMs(row, bucket) - start);
  }

  private closeBucket(row: number, closing: Closing): void {
    const { bucket } = this;
    this.readBucket(row, closing);
    this.learner.open(bucket);
    const isSilent = closing.gap?.beginsHere === true;
    if (isSilent) bucket.units = Number.NaN;
    else this.report(row);
    this.learner.learn(row, bucket);
    if (closing.gap === null) return;
    // Behind a gap the seasons go on where the calendar is.
    bucket.season = closing.gap.lastSeason;
    bucket.units = Number.NaN;
    this.learner.learn(row, bucket);
  }

  private readBucket(row: number, closing: Closing): void {
    const { buckets, exposure } = this.parts.demand;
    const { bucket } = this;
    const number = closing.bucket;
    bucket.startMs = closing.startMs;
    bucket.season = closing.season;
    bucket.units = buckets.read(row, number, 'units');
    bucket.inStockShare = exposure.share(row, number);
    bucket.price = buckets.read(row, number, 'revenue') / buckets.read(row, number, 'pricedUnits');
    bucket.cartAdds = buckets.read(row, number, 'cartAdds');
    bucket.cartRemovals = buckets.read(row, number, 'cartRemovals');
    bucket.cartsAbandoned = buckets.read(row, number, 'cartsAbandoned');
    bucket.views = buckets.read(row, number, 'views');
  }

  /** An object written out at once: one put together of others takes twenty times as long. */
  private report(row: number): void {
    const { bucket } = this;
    const forecast = this.nextForecast(row, 0);
    const isCold = Number.isNaN(forecast);
    const usual = isCold ? null : this.distribution(row, NEXT, forecast);
    this.parts.outbox.bucket({
      row,
      startMs: bucket.startMs,
      units: bucket.units,
      forecast,
      inStockShare: bucket.inStockShare,
      lower80: usual === null ? Number.NaN : usual.quantile(0.1),
      upper80: usual === null ? Number.NaN : usual.quantile(0.9),
      champion: this.championName(row),
      cartAdds: bucket.cartAdds,
      cartRemovals: bucket.cartRemovals,
      cartsAbandoned: bucket.cartsAbandoned,
      views: bucket.views,
    });
  }
}

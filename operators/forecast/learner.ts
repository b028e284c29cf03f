// The learner: takes each closed bucket through judging, cleaning, learning and weighing.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { OverallAccuracy, RowAccuracy } from './accuracy.js';
import { Ahead } from './ahead.js';
import { createBank } from './bank.js';
import { demandOf, isFullyStocked, LEAST_SHARE } from './cleaning.js';
import { ColdStart } from './cold-start.js';
import { Combination } from './combination.js';
import { Course } from './course.js';
import { Distribution } from './distribution.js';
import { Ensemble } from './ensemble.js';
import { type DemandBucket, emptyBucket, type OnlineForecaster } from './forecaster.js';
import type { Horizons, Target } from './horizons.js';
import { Outlook } from './outlook.js';
import { Regression } from './regression.js';

export interface LearnerOptions {
  /** The network; null: there is none. */
  readonly neural: OnlineForecaster | null;
  /** Buckets of a season. */
  readonly seasons: number;
  readonly horizons: Horizons;
  /** Category of a row, 1 … 1023; 0: none. */
  readonly categoryOf: (row: number) => number;
  /** Name of the row's SKU; '': none. */
  readonly nameOf: (row: number) => string;
  /** False: cart events are not looked at. */
  readonly withCarts: boolean;
  /** False: sales are taken for demand, whether there was stock or not. */
  readonly withCensoring: boolean;
}

/** Stands in for a network that is switched off. */
const ASLEEP: OnlineForecaster = { name: 'neural', learn: () => undefined, predict: () => false };

/** Forecasts that are kept a row: of the bucket that runs and of the one behind it. */
const KEPT = 2;
/** Share that categories keep of what they have learned, from bucket to bucket. */
const FORGETTING = 0.995;
const RIDGE = 10;
/** Quantile of a row's own distribution that a bucket is learned with at most. */
const BULK_LEVEL = 0.995;
const NONE = 255;
const NEXT: Target = { from: 1, to: 1 };

/**
 * All that is learned about the demand of each row, bucket by bucket: the same for the engine, a
 * replay and a back-test. `learn` for each row whose bucket closes, then `apply` once for all.
 */
export class Learner implements Stateful {
  readonly course: Course;
  readonly experts: readonly OnlineForecaster[];
  readonly combination: Combination;
  readonly outlook: Outlook;
  readonly accuracy: RowAccuracy;
  readonly overall = new OverallAccuracy();
  private readonly ensemble: Ensemble;
  private readonly ahead: Ahead;
  private readonly stateful: readonly Stateful[];
  /** Ensemble's forecast of the next two buckets; NaN: cold. */
  private readonly next: Column<Float32Array>;
  /** Expert with the largest weight in the next bucket's forecast; NONE: cold. */
  private readonly leader: Column<Uint8Array>;
  private readonly two = new Float64Array(KEPT);
  private readonly shares: Float64Array;
  private readonly usual = new Distribution();
  private readonly cleaned: DemandBucket = emptyBucket();

  constructor(
    table: Table,
    private readonly options: LearnerOptions,
  ) {
    const { seasons, horizons } = options;
    const course = new Course(table, seasons);
    const shared = { ...options, forgetting: FORGETTING, ridge: RIDGE };
    const regression = new Regression(table, course, shared);
    const coldStart = new ColdStart(table, course, shared);
    this.course = course;
    // The place of the network is kept where there is none, so that a state fits with and without.
    const neural = options.neural ?? ASLEEP;
    this.experts = [...createBank(table, course), regression, coldStart, neural];
    this.ensemble = new Ensemble(table, this.experts.length);
    this.ahead = new Ahead(this.experts.length, horizons.near);
    this.combination = new Combination(this.experts, this.ensemble, horizons.near);
    const predictor = this.combination;
    this.outlook = new Outlook({ table, course, predictor, horizons, scope: 'outlook' });
    this.accuracy = new RowAccuracy(table);
    const { ensemble, ahead, outlook, overall } = this;
    this.stateful = [regression, coldStart, ensemble, ahead, outlook, overall];
    const columns = table.columns('learner');
    this.next = columns.float32('next', KEPT, Number.NaN);
    this.leader = columns.uint8('leader', 1, NONE);
    this.shares = new Float64Array(this.experts.length);
  }

  /** Takes the bucket of the row that has closed. */
  learn(row: number, bucket: DemandBucket): void {
    const expected = this.nextUnits(row, 0);
    const share = this.options.withCensoring ? bucket.inStockShare : 1;
    const units = demandOf(bucket.units, share, expected);
    const isAll = isFullyStocked(share);
    const below = this.outlook.judge(row, isAll ? units : Number.NaN, expected);
    if (below !== null) {
      this.overall.judge(units - expected, units, below);
      this.accuracy.judge(row, units - expected, units);
    }
    if (share >= LEAST_SHARE && !Number.isNaN(units)) this.judge(row, bucket.units, share);
    copyBucket(bucket, this.cleaned);
    this.cleaned.units = this.damped(row, units, expected);
    for (const expert of this.experts) expert.learn(row, this.cleaned);
    this.course.advance(row, this.cleaned);
    const isWarm = this.combination.predict(row, KEPT, this.two);
    if (isWarm) {
      this.next.values.set(this.two, row * KEPT);
      this.leader.values[row] = this.combination.leader();
    }
    this.keepAhead(row);
    this.outlook.keep(row);
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.ensemble.apply();
    this.outlook.apply();
    this.overall.apply();
  }

  /** Forecast of the next bucket (0) or of the one behind it (1), in units; NaN: cold. */
  nextUnits(row: number, ahead: 0 | 1): number {
    return this.next.values[row * KEPT + ahead] as number;
  }

  /** Name of the expert that has most weight; '' while all are asleep. */
  champion(row: number): string {
    return this.experts[this.leader.values[row] as number]?.name ?? '';
  }

  save(out: StateWriter): void {
    for (const part of this.stateful) part.save(out);
  }

  load(from: StateReader): void {
    for (const part of this.stateful) part.load(from);
  }

  /** Where stock ran out, experts are judged by what they expected of the time with stock. */
  private judge(row: number, sold: number, share: number): void {
    const expected = this.nextUnits(row, 0);
    if (!Number.isNaN(expected) && this.combination.ask(row, 1)) {
      for (let i = 0; i < this.shares.length; i++) {
        this.shares[i] = share * (this.combination.firsts[i] as number);
      }
      this.ensemble.judge(row, sold, this.shares, share * expected);
    }
    const over = this.ahead.take(row);
    if (over === null) return;
    for (let i = 0; i < over.length; i++) over[i] = share * (over[i] as number);
    this.ensemble.judgeAhead(row, sold, over);
  }

  /**
   * Units as forecasters learn them: a bucket beyond the 99.5 % quantile of the row's own
   * distribution, as of a bulk order, counts as that quantile. If demand stays up there, the
   * distribution follows within some buckets, and so does what is learned.
   */
  private damped(row: number, units: number, expected: number): number {
    if (Number.isNaN(expected) || !(units > expected)) return units;
    const usual = this.outlook.distribution(row, NEXT, expected, this.usual);
    return Math.min(units, Math.max(1, expected, usual.quantile(BULK_LEVEL)));
  }

  private keepAhead(row: number): void {
    const { ahead, combination } = this;
    if (!ahead.isDue(row, this.course.known(row))) return;
    combination.ask(row, ahead.buckets);
    for (let i = 0; i < this.shares.length; i++) {
      this.shares[i] = combination.forecast(i, ahead.buckets - 1);
    }
    ahead.put(row, this.shares);
  }
}

/** Faster than Object.assign, which this is done once a row and bucket. */
function copyBucket(from: DemandBucket, to: DemandBucket): void {
  to.startMs = from.startMs;
  to.season = from.season;
  to.inStockShare = from.inStockShare;
  to.price = from.price;
  to.promotion = from.promotion;
  to.cartAdds = from.cartAdds;
  to.cartRemovals = from.cartRemovals;
  to.cartsAbandoned = from.cartsAbandoned;
  to.views = from.views;
}

// The learner: takes each closed bucket through judging, cleaning, learning and weighing.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { OverallAccuracy, RowAccuracy } from './accuracy.js';
import { Ahead } from './ahead.js';
import { Bank } from './bank.js';
import { demandOf, isFullyStocked, LEAST_SHARE } from './cleaning.js';
import { ColdStart } from './cold-start.js';
import { Combination } from './combination.js';
import { Course } from './course.js';
import { Ensemble } from './ensemble.js';
import { type DemandBucket, emptyBucket, type OnlineForecaster } from './forecaster.js';
import type { Horizons } from './horizons.js';
import { NextForecasts } from './next-forecasts.js';
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

/** Share that categories keep of what they have learned, from bucket to bucket. */
const FORGETTING = 0.995;
const RIDGE = 10;

/**
 * All that is learned about the demand of each row, bucket by bucket: the same for the engine, a
 * replay and a back-test. `learn` for each row whose bucket closes, then `apply` once for all.
 */
export class Learner implements Stateful {
  readonly course: Course;
  readonly experts: readonly OnlineForecaster[];
  readonly combination: Combination;
  readonly outlook: Outlook;
  /** Two of the experts, which can say what makes their forecasts. */
  readonly regression: Regression;
  readonly coldStart: ColdStart;
  readonly accuracy: RowAccuracy;
  readonly overall = new OverallAccuracy();
  private readonly bank: Bank;
  private readonly neural: OnlineForecaster;
  private readonly ensemble: Ensemble;
  private readonly ahead: Ahead;
  private readonly stateful: readonly Stateful[];
  private readonly next: NextForecasts;
  private readonly one = new Float64Array(1);
  private readonly two = new Float64Array(2);
  private readonly shares: Float64Array;
  private readonly cleaned: DemandBucket = emptyBucket();
  /** Start of the bucket that closes, or closed last. */
  private startMs = Number.NaN;

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
    this.regression = regression;
    this.coldStart = coldStart;
    // The place of the network is kept where there is none, so that a state fits with and without.
    this.neural = options.neural ?? ASLEEP;
    this.bank = new Bank(table, course);
    this.experts = [...this.bank.experts, regression, coldStart, this.neural];
    this.ensemble = new Ensemble(table, this.experts.length);
    this.ahead = new Ahead(this.experts.length, horizons.near);
    this.combination = new Combination(this.experts, this.ensemble, horizons.near, (row, out) =>
      this.askNext(row, out),
    );
    const predictor = this.combination;
    this.outlook = new Outlook({ table, course, predictor, horizons, scope: 'outlook' });
    this.accuracy = new RowAccuracy(table);
    const { ensemble, ahead, outlook, overall } = this;
    this.stateful = [regression, coldStart, ensemble, ahead, outlook, overall];
    this.next = new NextForecasts(this.combination);
    this.shares = new Float64Array(this.experts.length);
  }

  /** A bucket closes: for all of its rows what was shared before is shared alike. */
  open(bucket: DemandBucket): void {
    if (bucket.startMs === this.startMs) return;
    this.startMs = bucket.startMs;
    this.regression.turn(bucket);
    this.coldStart.turn(bucket);
    this.next.forgetAll();
  }

  /** Takes the bucket of the row that has closed. */
  learn(row: number, bucket: DemandBucket): void {
    this.open(bucket);
    const expected = this.next.of(row);
    const share = this.options.withCensoring ? bucket.inStockShare : 1;
    const units = demandOf(bucket.units, share, expected);
    const isAll = isFullyStocked(share);
    const below = this.outlook.judge(row, isAll ? units : Number.NaN, expected);
    if (below !== null) {
      this.overall.judge(units - expected, units, below);
      this.accuracy.judge(row, units - expected, units);
    }
    if (share >= LEAST_SHARE && !Number.isNaN(units)) {
      this.judge(row, bucket.units, share, expected);
    }
    copyBucket(bucket, this.cleaned);
    this.cleaned.units = isAll
      ? this.outlook.learn(row, units, expected)
      : this.outlook.bounded(row, units, expected);
    this.teach(row);
    this.course.advance(row, this.cleaned);
    this.next.forget(row);
    this.keepAhead(row);
    this.outlook.keep(row);
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.ensemble.apply();
    this.outlook.apply();
    this.overall.apply();
    this.next.forgetAll();
  }

  /** Forecast of the next bucket (0) or of the one behind it (1), in units; NaN: cold. */
  nextUnits(row: number, ahead: 0 | 1): number {
    if (ahead === 0) return this.next.of(row);
    return this.combination.predict(row, 2, this.two) ? (this.two[1] as number) : Number.NaN;
  }

  /** Name of the expert that has most weight; '' while all are asleep. */
  champion(row: number): string {
    return this.experts[this.combination.leader(row)]?.name ?? '';
  }

  /** What experts go by has changed from outside: a new network, other categories or names. */
  refresh(): void {
    this.next.forgetAll();
  }

  save(out: StateWriter): void {
    for (const part of this.stateful) part.save(out);
  }

  load(from: StateReader): void {
    for (const part of this.stateful) part.load(from);
  }

  /** Where stock ran out, experts are judged by what they expected of the time with stock. */
  private judge(row: number, sold: number, share: number, expected: number): void {
    if (!Number.isNaN(expected)) {
      // They were asked for `expected`, and nothing has changed since.
      this.combination.ask(row, 1);
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

  private teach(row: number): void {
    const { cleaned } = this;
    this.bank.learn(row, cleaned);
    this.regression.learn(row, cleaned);
    this.coldStart.learn(row, cleaned);
    this.neural.learn(row, cleaned);
  }

  /** What each expert expects of the row's next bucket; NaN: asleep. */
  private askNext(row: number, out: Float64Array): void {
    const { one, bank } = this;
    const n = bank.experts.length;
    bank.next(row, out);
    out[n] = this.regression.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[n + 1] = this.coldStart.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[n + 2] = this.neural.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
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

// Regression: one online regression a category, shared by its SKUs, each with a level of its own.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { BucketNews } from './bucket-news.js';
import { type Course, isKnown, WARM } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { NormalEquations } from './normal-equations.js';
import { PooledSums } from './pooled-sums.js';
import { SeasonIndex } from './season-index.js';
import { SeasonProfile, trustIn } from './season-profile.js';

export interface RegressionOptions {
  /** Category of a row, 1 … 1023; 0: none. */
  readonly categoryOf: (row: number) => number;
  /** False: cart events are not looked at, and take no room. */
  readonly withCarts: boolean;
  /** Share of what was learned that is kept from bucket to bucket, in (0, 1]; .995: 200 buckets. */
  readonly forgetting: number;
  /** Weight of "no feature says anything", in observations of a SKU of many units; > 0. */
  readonly ridge: number;
}

/** Least gain of the level, and of the shorter means that stand against it. */
const LEVEL_GAIN = 0.1;
const SHORT_GAINS = [0.02, 0.3];
/** Demand beyond so many times the level teaches the category no more than this. */
const MOST_RATIO = 12;
/** Forecasts are at most this many times the recent maximum, of which this is left a bucket later. */
const MOST_PEAKS = 2;
const PEAK_FADE = 0.995;
/** Buckets of life at which an observation has half its weight: the level is that uncertain. */
const HALF_KNOWN = 7;
/** A shorter mean is at most this far above the level, in levels. */
const MOST_SHORT = 3;
/** Observations of all categories that stand in for those that a category has not made itself. */
const OVERALL = 1000;
/** What is left a bucket later of news, and of the shorter means' distance from the level. */
const NEWS_FADE = 0.7;
const SHORT_FADE = 0.97;

/** Places of the features: the constant, season, youth, shorter means, then the bucket's news. */
const SEASON = 1;
const YOUTH = 2;
const FIRST_SHORT = 3;
const FIRST_NEWS = FIRST_SHORT + SHORT_GAINS.length;

/**
 * Units of the next bucket / level of the SKU are the season's index plus a linear function of
 *   1, index - 1, youth 7 / (n + 7), short mean / level - 1, and the news of the last bucket:
 *   surprise, price, promotion, stock-out and carts, each against the SKU's own average,
 * whose coefficients all SKUs of a category share: least squares with forgetting and a ridge, each
 * observation with weight level / (level + 2) x n / (n + 7), so that neither the big SKUs nor the
 * noise of small ones rules. So a SKU of three weeks has the coefficients of its category.
 * A category's sums are helped by 1000 observations of the average over all categories; without
 * a category only those count. Coefficients are solved anew once a bucket, and count for one step:
 * for step h news is multiplied by .7^(h-1), the short mean's distance by .97^(h-1).
 * Forecasts are at most twice the row's recent maximum.
 * O(d^2 / 2) a bucket with d = 8, 12 with carts; a row is 24 + 4 seasons bytes, 44 with carts.
 * Cold for the first 3 buckets.
 */
export class Regression implements OnlineForecaster, Stateful {
  readonly name = 'regression';
  private readonly level: Column<Float64Array>;
  private readonly short: Column<Float32Array>;
  private readonly peak: Column<Float32Array>;
  private readonly season: SeasonIndex;
  private readonly news: BucketNews;
  private readonly equations: NormalEquations;
  private readonly pool: PooledSums;
  private readonly x: Float64Array;
  private readonly mixed: Float64Array;
  /** By category: coefficients, and the version of the pool that they were solved from. */
  private readonly coefficients: Float64Array[] = [];
  private readonly solvedAt: number[] = [];
  private readonly told = { known: 0, index: 1 };

  /** @throws RangeError when an option is out of its range */
  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: RegressionOptions,
  ) {
    if (!(options.ridge > 0)) throw new RangeError(`ridge must be > 0, got ${options.ridge}`);
    const columns = table.columns('regression');
    this.level = columns.float64('level');
    this.short = columns.float32('short', SHORT_GAINS.length);
    this.peak = columns.float32('peak');
    this.news = new BucketNews(table, 'regression.news', options.withCarts);
    this.equations = new NormalEquations(FIRST_NEWS + this.news.count);
    const { width, features } = this.equations;
    const pooled = width + SeasonProfile.width(course.seasons);
    this.pool = new PooledSums('regression.pool', pooled, options.forgetting);
    const profile = new SeasonProfile(course.seasons, this.pool, width);
    this.season = new SeasonIndex(table, 'regression.season', course, profile);
    this.x = new Float64Array(features);
    this.mixed = new Float64Array(width);
  }

  learn(row: number, bucket: DemandBucket): void {
    this.pool.turn(bucket);
    if (!isKnown(bucket.units)) {
      this.news.fade(row, NEWS_FADE);
      return;
    }
    const category = this.options.categoryOf(row);
    const level = this.level.values[row] as number;
    const index = this.season.of(row, category, bucket.season);
    const { units } = bucket;
    const ratio = level > 0 ? Math.min(MOST_RATIO, units / level) : index;
    if (level > 0) this.teach(row, category, bucket.season, { index, ratio });
    this.told.known = this.course.known(row);
    this.told.index = index;
    this.news.learn(row, bucket, this.told, ratio - index);
    this.follow(row, units, index);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (this.course.known(row) < WARM) return false;
    const { x } = this;
    const category = this.options.categoryOf(row);
    const beta = this.coefficientsOf(category);
    const level = this.level.values[row] as number;
    this.describe(row, 1);
    const steady = (beta[0] as number) + (beta[YOUTH] as number) * (x[YOUTH] as number);
    let short = product(beta, x, FIRST_SHORT, FIRST_NEWS);
    let news = product(beta, x, FIRST_NEWS, x.length);
    const most = MOST_PEAKS * (this.peak.values[row] as number);
    const next = this.course.nextSeason(row);
    for (let h = 0; h < horizon; h++) {
      const index = this.season.of(row, category, (next + h) % this.course.seasons);
      const season = index + (beta[SEASON] as number) * (index - 1);
      out[h] = Math.min(most, level * Math.max(0, season + steady + short + news));
      short *= SHORT_FADE;
      news *= NEWS_FADE;
    }
    return true;
  }

  save(out: StateWriter): void {
    this.pool.save(out);
  }

  load(from: StateReader): void {
    this.pool.load(from);
  }

  private teach(
    row: number,
    category: number,
    season: number,
    { index, ratio }: { readonly index: number; readonly ratio: number },
  ): void {
    const known = this.course.known(row);
    const level = this.level.values[row] as number;
    const weight = trustIn(level) * (known / (known + HALF_KNOWN));
    this.describe(row, index);
    const place = this.pool.place(category);
    this.equations.add(this.pool.fresh, place, this.x, ratio - index, weight);
    // What demand as a whole does of late is no news of the season.
    const pace = this.x[FIRST_NEWS - 1] as number;
    this.season.learn(row, category, season, ratio - index * pace, weight);
  }

  /** Writes the features of a row before its next bucket to `x`. */
  private describe(row: number, index: number): void {
    const { x } = this;
    const level = this.level.values[row] as number;
    x[0] = 1;
    x[SEASON] = index - 1;
    x[YOUTH] = HALF_KNOWN / (this.course.known(row) + HALF_KNOWN);
    for (let n = 0; n < SHORT_GAINS.length; n++) {
      const mean = this.short.values[row * SHORT_GAINS.length + n] as number;
      x[FIRST_SHORT + n] = level > 0 ? Math.min(MOST_SHORT, mean / level - 1) : 0;
    }
    for (let n = 0; n < this.news.count; n++) x[FIRST_NEWS + n] = this.news.get(row, n);
  }

  /** The level and the shorter means take the bucket in, the season taken out. */
  private follow(row: number, units: number, index: number): void {
    const early = 1 / (this.course.known(row) + 1);
    const level = this.level.values[row] as number;
    this.level.values[row] = stepped(level, Math.max(LEVEL_GAIN, early), units, index);
    const { values } = this.short;
    for (let n = 0; n < SHORT_GAINS.length; n++) {
      const at = row * SHORT_GAINS.length + n;
      const gain = Math.max(SHORT_GAINS[n] as number, early);
      values[at] = stepped(values[at] as number, gain, units, index);
    }
    const peak = PEAK_FADE * (this.peak.values[row] as number);
    this.peak.values[row] = Math.max(peak, units);
  }

  private coefficientsOf(category: number): Float64Array {
    const { pool } = this;
    const number = pool.find(category) / pool.width;
    let solved = this.coefficients[number];
    if (solved === undefined) {
      solved = new Float64Array(this.equations.features);
      this.coefficients[number] = solved;
    }
    if (this.solvedAt[number] !== pool.version) {
      this.solvedAt[number] = pool.version;
      this.mix(number);
      const { ridge } = this.options;
      if (!this.equations.solve(this.mixed, 0, ridge, solved)) solved.fill(0);
    }
    return solved;
  }

  /** A category's sums and its share of all; of all only, where there is no category. */
  private mix(category: number): void {
    const { past } = this.pool;
    const { mixed, equations } = this;
    mixed.set(past.subarray(0, equations.width));
    if (category === 0) return;
    const share = OVERALL / Math.max(OVERALL, equations.weight(past, 0));
    const place = this.pool.find(category);
    for (let n = 0; n < mixed.length; n++) {
      mixed[n] = share * (mixed[n] as number) + (past[place + n] as number);
    }
  }
}

/** Exponential smoothing of units whose season has this index. */
function stepped(mean: number, gain: number, units: number, index: number): number {
  return Math.max(0, mean + gain * (units - mean * index));
}

/** Sum of beta x over places from, …, to - 1. */
function product(beta: Float64Array, x: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += (beta[n] as number) * (x[n] as number);
  return sum;
}

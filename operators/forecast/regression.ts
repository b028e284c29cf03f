// Regression: one online regression a category, shared by its SKUs, each with a level of its own.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { BucketNews, CART_NEWS, NEWS } from './bucket-news.js';
import { type Course, isKnown, WARM } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { NormalEquations } from './normal-equations.js';
import { PooledFit } from './pooled-fit.js';
import { PooledSums } from './pooled-sums.js';
import { SeasonIndex } from './season-index.js';
import { SeasonProfile, trustIn } from './season-profile.js';

export interface RegressionOptions {
  /** Category of a row, 1 … 1023; 0: none. */
  readonly categoryOf: (row: number) => number;
  /** False: cart events are not looked at, and take no room. */
  readonly withCarts: boolean;
  /**
   * Share of what was learned that is kept from bucket to bucket, in (0, 1]. It is the memory of
   * the category's seasons, too, and has to span many of each: .995 for days, .9998 for hours.
   */
  readonly forgetting: number;
  /** Weight of "no feature says anything", in observations of a SKU of many units; > 0. */
  readonly ridge: number;
}

/** Least gain of the level, and of the longer and the shorter mean that stand against it. */
const LEVEL_GAIN = 0.1;
const MEAN_GAINS = [0.02, 0.3];
/** Demand beyond so many times the level teaches the category no more than this. */
const MOST_RATIO = 12;
/** Forecasts are at most so many times the recent maximum, of which this is left a bucket later. */
const MOST_PEAKS = 2;
const PEAK_FADE = 0.995;
/** Buckets of life at which an observation has half its weight: the level is that uncertain. */
const HALF_KNOWN = 7;
/** With more seasons than this the longer mean spans about one round of them, else the shorter. */
const MANY_SEASONS = 24;
/** A mean is at most this far above the level, in levels. */
const MOST_MEAN = 3;
/** What is left a bucket later of news, and of the means' distance from the level. */
const NEWS_FADE = 0.7;
const MEAN_FADE = 0.97;

/** Places of the features: the constant, season, youth, both means, then the bucket's news. */
const SEASON = 1;
const YOUTH = 2;
const FIRST_MEAN = 3;
const FIRST_NEWS = FIRST_MEAN + MEAN_GAINS.length;

/** Names of the features, in order. */
const FEATURES = ['constant', 'season', 'youth', 'longMean', 'shortMean', ...NEWS, ...CART_NEWS];

/** What a feature adds to the forecast of the next bucket, in units; negative: takes away. */
export interface Contribution {
  readonly feature: string;
  readonly units: number;
}

/**
 * Units of the next bucket / level of the SKU are the season's index plus a linear function of
 *   1, index - 1, youth 7 / (n + 7), a longer and a shorter mean / level - 1,
 *   and the news of the last bucket: surprise, price, promotion, stock-out and carts,
 * each against what is usual for the SKU. The coefficients are shared by all SKUs of a category:
 * least squares with forgetting and a ridge, an observation of a SKU that has n buckets with weight
 * level / (level + 2) x n / (n + 7), so that neither big SKUs nor the noise of small ones rule. A
 * SKU of three weeks so has the coefficients of its category, and where nothing is known of them the
 * forecast is level x index. Coefficients are solved once a bucket and count for one step: for step
 * h news is multiplied by .7^(h-1), the distance of the means by .97^(h-1), as their weight is
 * lost. What has not been said is usual. Forecasts are at most twice the row's recent maximum.
 * O(d^2 / 2) a bucket, d = 9, or 13 with carts; 28 + 4 seasons bytes a row, or 48 + 4 seasons.
 * Cold for the first 3 buckets.
 */
export class Regression implements OnlineForecaster, Stateful {
  readonly name = 'regression';
  private readonly level: Column<Float32Array>;
  private readonly means: Column<Float32Array>;
  private readonly peak: Column<Float32Array>;
  private readonly season: SeasonIndex;
  private readonly news: BucketNews;
  private readonly equations: NormalEquations;
  private readonly pool: PooledSums;
  private readonly fit: PooledFit;
  private readonly x: Float64Array;
  private readonly told = { known: 0, index: 1 };

  /** @throws RangeError when an option is out of its range */
  constructor(
    table: Table,
    private readonly course: Course,
    private readonly options: RegressionOptions,
  ) {
    const columns = table.columns('regression');
    this.level = columns.float32('level');
    this.means = columns.float32('means', MEAN_GAINS.length);
    this.peak = columns.float32('peak');
    this.news = new BucketNews(table, 'regression.news', options.withCarts);
    this.equations = new NormalEquations(FIRST_NEWS + this.news.count);
    const { width, features } = this.equations;
    const pooled = width + SeasonProfile.width(course.seasons);
    this.pool = new PooledSums('regression.pool', pooled, options.forgetting);
    this.fit = new PooledFit(this.equations, this.pool, options.ridge);
    const profile = new SeasonProfile(course.seasons, this.pool, width);
    this.season = new SeasonIndex(table, 'regression.season', course, profile);
    this.x = new Float64Array(features);
  }

  /** A bucket closes: what the rows of the last one have shown counts from now on. */
  turn(bucket: DemandBucket): void {
    this.pool.turn(bucket);
  }

  learn(row: number, bucket: DemandBucket): void {
    this.turn(bucket);
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
    const beta = this.fit.of(category);
    const level = this.level.values[row] as number;
    this.describe(row, 1);
    const steady = (beta[0] as number) + (beta[YOUTH] as number) * (x[YOUTH] as number);
    let means = product(beta, x, FIRST_MEAN, FIRST_NEWS);
    let news = product(beta, x, FIRST_NEWS, x.length);
    const most = MOST_PEAKS * (this.peak.values[row] as number);
    const next = this.course.nextSeason(row);
    for (let h = 0; h < horizon; h++) {
      const index = this.season.of(row, category, (next + h) % this.course.seasons);
      const season = index + (beta[SEASON] as number) * (index - 1);
      out[h] = Math.min(most, level * Math.max(0, season + steady + means + news));
      means *= MEAN_FADE;
      news *= NEWS_FADE;
    }
    return true;
  }

  /** What makes the forecast of the next bucket: the level and its season, then each feature. */
  explain(row: number): readonly Contribution[] {
    const category = this.options.categoryOf(row);
    const level = this.level.values[row] as number;
    const index = this.season.of(row, category, this.course.nextSeason(row));
    this.describe(row, index);
    const parts = [{ feature: 'level', units: level * index }];
    this.fit.of(category).forEach((beta, n) => {
      const units = level * beta * (this.x[n] as number);
      parts.push({ feature: FEATURES[n] as string, units });
    });
    return parts;
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
    // What demand did over the last round of seasons is no news of this one. A mean that is
    // shorter would take what neighbouring hours have in common for it.
    const isLong = this.course.seasons > MANY_SEASONS;
    const pace = this.x[isLong ? FIRST_MEAN : FIRST_MEAN + 1] as number;
    this.season.learn(row, category, season, ratio - index * pace, weight);
  }

  /** Writes the features of a row before its next bucket to `x`. */
  private describe(row: number, index: number): void {
    const { x } = this;
    const level = this.level.values[row] as number;
    x[0] = 1;
    x[SEASON] = index - 1;
    x[YOUTH] = HALF_KNOWN / (this.course.known(row) + HALF_KNOWN);
    for (let n = 0; n < MEAN_GAINS.length; n++) {
      const mean = this.means.values[row * MEAN_GAINS.length + n] as number;
      x[FIRST_MEAN + n] = level > 0 ? Math.min(MOST_MEAN, mean / level - 1) : 0;
    }
    this.news.read(row, x, FIRST_NEWS);
  }

  /** The level and the means take the bucket in, the season taken out. */
  private follow(row: number, units: number, index: number): void {
    const early = 1 / (this.course.known(row) + 1);
    const level = this.level.values[row] as number;
    this.level.values[row] = stepped(level, Math.max(LEVEL_GAIN, early), units, index);
    const { values } = this.means;
    for (let n = 0; n < MEAN_GAINS.length; n++) {
      const at = row * MEAN_GAINS.length + n;
      const gain = Math.max(MEAN_GAINS[n] as number, early);
      values[at] = stepped(values[at] as number, gain, units, index);
    }
    const peak = PEAK_FADE * (this.peak.values[row] as number);
    this.peak.values[row] = Math.max(peak, units);
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

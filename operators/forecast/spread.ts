// The spread: what is known of a row's demand beside its forecast: how often, and how unevenly.
import { type DemandPattern, demandPattern } from '../demand/pattern.js';
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';

/** Gain of a row's mean and of its share of buckets with demand. */
const GAIN = 0.05;
/** Weight that a size keeps from one bucket with demand to the next. */
const KEPT = 0.95;
/** Buckets that a row's own share weighs as, at most; those that the share of all weighs as. */
const OWN_BUCKETS = 20;
const SHARED_BUCKETS = 1;
/** Sizes that the unevenness of all rows weighs as. */
const SHARED_SIZES = 10;
/** A size counts as this squared distance from what was expected, at most. */
const MOST_SQUARED = 9;
/** What sums over all rows keep from bucket to bucket. */
const SHARED_KEPT = 0.98;
/** A forecast is taken as this many times the row's mean at least, and at most. */
const LEAST_RATIO = 0.2;
const MOST_RATIO = 20;
const LEAST_MEAN = 1e-9;
/** Squared coefficient of variation that sizes have at least: a spread of 5 %. */
const LEAST_CV2 = 0.0025;
const MOST_CHANCE = 0.9999;
const LEAST_CHANCE = 1e-4;
/** Share of each error by which a total's level is taken to have moved, as in SES with gain .1. */
const DRIFT = 0.1;
/** Variance that a bucket has more of for each step ahead, in variances of the next; up to a step. */
const GROWTH = 0.025;
const MOST_STEPS = 28;

/** Units of a row: not known yet, whole ones only, or fractions too. */
const WHOLE = { unknown: 0, whole: 1, fractions: 2 } as const;

/** A forecast as a chance that there is demand at all, and a size if there is. */
export interface Hurdle {
  /** Expected units, > 0. */
  mean: number;
  /** P(units > 0), in (0, 1). */
  chance: number;
  /** Squared coefficient of variation of units where there are any, > 0. */
  cv2: number;
}

/** Places in the sums over all rows; and in what is counted of each row's life. */
const SQUARES = 0;
const SIZES = 1;
const SALES = 2;
const BUCKETS = 3;
const LOG_UNITS = 4;
const WHOLE_SALES = 5;
/** Most buckets of a life that are counted. */
const MOST_LIFE = 65_535;

/**
 * Per row: mean demand m, share p of buckets with demand, both exponentially smoothed, and squared
 * coefficient of variation of sizes around what was expected, each shrunk to what all rows have.
 * A forecast M of the total of n buckets is a hurdle, with r = (M / n m)^p: the less often there is
 * demand, the less a forecast above or below the mean has to go by;
 *   P(units > 0) = 1 - (1 - p)^(n r): with more expected, empty buckets are rarer;
 *   E[units | units > 0] = n r m / P(units > 0);
 *   variance of the total = that of one bucket times the sum of (1 + (j - 1) .1)^2, j = 1 … n,
 * as errors of the level add up over a lead time. A bucket j steps ahead has 1 + (j - 1) .025 times
 * the variance of the next, up to step 28, around the same median: a level drifts up as likely as
 * down, so that its mean grows. O(1) a bucket; 6 Float32 and 5 bytes a row.
 * Sources: Croston 1972 and Teunter, Syntetos & Babai 2011 (chance and size apart); Hyndman,
 * Koehler, Ord & Snyder, *Forecasting with Exponential Smoothing*, 2008, 6.3 (lead-time demand).
 */
export class Spread implements Stateful {
  private readonly mean: Column<Float32Array>;
  private readonly share: Column<Float32Array>;
  private readonly squares: Column<Float32Array>;
  private readonly sizes: Column<Float32Array>;
  private readonly wholeness: Column<Uint8Array>;
  /** Over its life: buckets and those with demand; mean size and squared deviations from it. */
  private readonly lives: Column<Uint16Array>;
  private readonly lifeSizes: Column<Float32Array>;
  private readonly hurdle: Hurdle = { mean: 0, chance: 0, cv2: 0 };
  /** What `hurdle` was last made of; row -1: something was learned since. */
  private readonly made = { row: -1, known: 0, expected: 0, buckets: 0, step: 0 };
  private readonly shared = Float64Array.of(0.5, 1, 0.5, 1, 0, 0.5);
  /** What all rows have, as of the last bucket that has closed for all. */
  private readonly common = { cv2: 0.5, share: 0.5, size: 1, isWhole: true };

  constructor(
    table: Table,
    private readonly scope: string,
  ) {
    const columns = table.columns(scope);
    this.mean = columns.float32('mean');
    this.share = columns.float32('share');
    this.squares = columns.float32('squares');
    this.sizes = columns.float32('sizes');
    this.wholeness = columns.uint8('wholeness');
    this.lives = columns.uint16('lives', 2);
    this.lifeSizes = columns.float32('lifeSizes', 2);
  }

  /**
   * Takes a bucket.
   * @param units >= 0
   * @param known buckets of known demand that the row had before it
   */
  learn(row: number, units: number, known: number): void {
    this.made.row = -1;
    this.live(row, units);
    if (units > 0) {
      this.learnWholeness(row, units);
      this.add(SALES, 1);
    }
    this.add(BUCKETS, 1);
    const gain = Math.max(GAIN, 1 / (known + 1));
    follow(this.mean.values, row, units, gain);
    follow(this.share.values, row, units > 0 ? 1 : 0, gain);
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    const { shared } = this;
    this.made.row = -1;
    this.readCommon();
    for (let i = 0; i < shared.length; i++) shared[i] = (shared[i] as number) * SHARED_KEPT;
  }

  /** True: all demand of the row has come in whole units; of a row without any: of most rows. */
  isWhole(row: number): boolean {
    const seen = this.wholeness.values[row];
    return seen === WHOLE.unknown ? this.common.isWhole : seen === WHOLE.whole;
  }

  /** Demand pattern over the row's life; intermittent before the first demand. */
  pattern(row: number): DemandPattern {
    const sales = this.lives.values[2 * row + 1] as number;
    if (sales === 0) return 'intermittent';
    const mean = this.lifeSizes.values[2 * row] as number;
    const cv2 = (this.lifeSizes.values[2 * row + 1] as number) / sales / (mean * mean);
    return demandPattern({ adi: (this.lives.values[2 * row] as number) / sales, cv2 });
  }

  /**
   * A forecast of `expected` units as a hurdle; the object is the same for every call.
   * @param buckets whose total it is, >= 1
   * @param step which bucket ahead it is, or the last of them: 1 is the next
   */
  of(row: number, known: number, expected: number, buckets: number, step: number): Hurdle {
    const { hurdle, made } = this;
    const isMade = row === made.row && known === made.known && expected === made.expected;
    if (isMade && buckets === made.buckets && step === made.step) return hurdle;
    made.row = row;
    made.known = known;
    made.expected = expected;
    made.buckets = buckets;
    made.step = step;
    const share = this.shareOf(row, known);
    const own = this.mean.values[row] as number;
    // A row that has sold nothing yet will sell like the others when it does.
    const mean = Math.max(LEAST_MEAN, own > 0 ? own : share * this.common.size);
    const asked = Math.min(MOST_RATIO, Math.max(LEAST_RATIO, expected / buckets / mean));
    // asked ** share, at half the cost.
    const ratio = share > 0.99 ? asked : Math.exp(share * Math.log(asked));
    hurdle.mean = ratio * mean * buckets;
    hurdle.chance = chanceOf(share, ratio * buckets);
    hurdle.cv2 = this.cv2Of(row);
    if (buckets > 1 || step > 1) {
      const { cv2 } = hurdle;
      const each = (1 + cv2) / chanceOf(share, ratio) - 1;
      const variance = (each * inflation(buckets, step)) / (buckets * buckets);
      hurdle.cv2 = Math.max(LEAST_CV2, hurdle.chance * (1 + variance) - 1);
      // The median of lognormal sizes is their mean by this root.
      if (buckets === 1) hurdle.mean *= Math.sqrt((1 + hurdle.cv2) / (1 + cv2));
    }
    return hurdle;
  }

  save(out: StateWriter): void {
    out.put(`${this.scope}.shared`, this.shared.slice());
    const { cv2, share, size, isWhole } = this.common;
    out.put(`${this.scope}.common`, Float64Array.of(cv2, share, size, isWhole ? 1 : 0));
  }

  load(from: StateReader): void {
    this.made.row = -1;
    this.shared.set(from.float64(`${this.scope}.shared`));
    const [cv2, share, size, isWhole] = from.float64(`${this.scope}.common`);
    Object.assign(this.common, { cv2, share, size, isWhole: isWhole === 1 });
  }

  /** Share of buckets with demand, smoothed and shrunk, in (0, 1). */
  private shareOf(row: number, known: number): number {
    const own = Math.min(known, OWN_BUCKETS);
    const share =
      (SHARED_BUCKETS * this.common.share + own * (this.share.values[row] as number)) /
      (SHARED_BUCKETS + own);
    return Math.min(MOST_CHANCE, Math.max(LEAST_CHANCE, share));
  }

  private cv2Of(row: number): number {
    const squares = SHARED_SIZES * this.common.cv2 + (this.squares.values[row] as number);
    return Math.max(LEAST_CV2, squares / (SHARED_SIZES + (this.sizes.values[row] as number)));
  }

  private readCommon(): void {
    const { shared, common } = this;
    common.cv2 = (shared[SQUARES] as number) / (shared[SIZES] as number);
    common.share = (shared[SALES] as number) / (shared[BUCKETS] as number);
    common.size = Math.exp((shared[LOG_UNITS] as number) / (shared[SALES] as number));
    common.isWhole = (shared[WHOLE_SALES] as number) * 2 > (shared[SALES] as number);
  }

  /** Takes what came where `hurdle` had been forecast for a bucket. */
  learnSize(row: number, units: number, { mean, chance }: Hurdle): void {
    if (!(units > 0)) return;
    this.made.row = -1;
    const distance = (units * chance) / mean - 1;
    const squared = Math.min(MOST_SQUARED, distance * distance);
    const { squares, sizes } = this;
    squares.values[row] = KEPT * (squares.values[row] as number) + squared;
    sizes.values[row] = KEPT * (sizes.values[row] as number) + 1;
    this.add(SQUARES, squared);
    this.add(SIZES, 1);
  }

  private learnWholeness(row: number, units: number): void {
    const isWhole = Number.isInteger(units);
    const hadFractions = this.wholeness.values[row] === WHOLE.fractions;
    this.wholeness.values[row] = isWhole && !hadFractions ? WHOLE.whole : WHOLE.fractions;
    this.add(LOG_UNITS, Math.log(units));
    if (isWhole) this.add(WHOLE_SALES, 1);
  }

  private live(row: number, units: number): void {
    const counts = this.lives.values;
    const sizes = this.lifeSizes.values;
    const at = 2 * row;
    if (counts[at] === MOST_LIFE) this.halve(row);
    counts[at] = (counts[at] as number) + 1;
    if (!(units > 0)) return;
    const sales = (counts[at + 1] as number) + 1;
    const off = units - (sizes[at] as number);
    const mean = (sizes[at] as number) + off / sales;
    counts[at + 1] = sales;
    sizes[at] = mean;
    sizes[at + 1] = (sizes[at + 1] as number) + off * (units - mean);
  }

  /** A long life goes on with half its weight, so that its counts fit. */
  private halve(row: number): void {
    const counts = this.lives.values;
    const sales = counts[2 * row + 1] as number;
    const kept = sales >> 1;
    counts[2 * row] = MOST_LIFE >> 1;
    counts[2 * row + 1] = kept;
    if (sales === 0) return;
    const squares = this.lifeSizes.values;
    squares[2 * row + 1] = ((squares[2 * row + 1] as number) * kept) / sales;
  }

  private add(place: number, amount: number): void {
    this.shared[place] = (this.shared[place] as number) + amount;
  }
}

function chanceOf(share: number, ratio: number): number {
  const chance = 1 - Math.exp(ratio * Math.log(1 - share));
  return Math.min(MOST_CHANCE, Math.max(LEAST_CHANCE, chance));
}

/** Variance of a total, or of a bucket some steps ahead, in variances of the next bucket. */
function inflation(buckets: number, step: number): number {
  if (buckets === 1) return 1 + (Math.min(step, MOST_STEPS) - 1) * GROWTH;
  const n = buckets - 1;
  return buckets + DRIFT * buckets * n + (DRIFT * DRIFT * n * buckets * (2 * n + 1)) / 6;
}

function follow(values: Float32Array, row: number, value: number, gain: number): void {
  const before = values[row] as number;
  values[row] = before + gain * (value - before);
}

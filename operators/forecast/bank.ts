// The bank: all experts that learn in O(1), over one table and one course.
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import type { DemandBucket, OnlineForecaster } from './forecaster.js';
import { HoltWintersAdditive } from './holt-winters.js';
import { HoltWintersMultiplicative } from './holt-winters-multiplicative.js';
import { Croston, Sba, Tsb, type TsbOptions } from './intermittent.js';
import { SeasonalMean, type SeasonalMeanOptions } from './seasonal-mean.js';
import { SeasonalNaive } from './seasonal-naive.js';
import type { HoltWintersOptions } from './seasonal-smoothing.js';
import { DampedHolt, type HoltOptions, SimpleSmoothing } from './smoothing.js';

/** Gains of each expert. */
export interface BankGains {
  /** Gains of the level in simple smoothing, slow and fast, in [0, 1]. */
  readonly sesSlow: number;
  readonly sesFast: number;
  readonly holt: HoltOptions;
  readonly additive: HoltWintersOptions;
  readonly multiplicative: HoltWintersOptions;
  readonly seasonalMean: SeasonalMeanOptions;
  /** Gain of Croston and of SBA, which shares its state, in [0, 1]. */
  readonly croston: number;
  readonly tsb: TsbOptions;
}

/*
 * Tuned by grid search on the first three quarters of the time of four data sets: daily sales of an
 * online shop, of fresh food and of a bakery, monthly sales of car parts (seasons: 7, and 12).
 * Sought: the least mean over the sets of the mean MASE of one-step and of seven-step forecasts;
 * among gains within 1 % of the least, those with the least RMSSE, which does not reward zeros.
 * Simple smoothing is tuned as a pair: the least MASE of the better of both on each series.
 */
export const DEFAULT_GAINS: BankGains = {
  sesSlow: 0.05,
  sesFast: 0.4,
  holt: { alpha: 0.1, beta: 0.01, phi: 0.9 },
  additive: { alpha: 0.1, beta: 0.001, gamma: 0.05, phi: 0.9 },
  multiplicative: { alpha: 0.1, beta: 0.001, gamma: 0.1, phi: 0.9 },
  seasonalMean: { alpha: 0.25, gamma: 0.2 },
  croston: 0.15,
  tsb: { alpha: 0.2, beta: 0.3 },
};

/**
 * The experts in their fixed order, over one course. Whoever has them learn a bucket then advances
 * the course. Each is called at a place of its own in the code: a call that always goes to the same
 * function costs a third of one that goes to ten in turn.
 * @example bank.learn(row, bucket); course.advance(row, bucket); bank.next(row, out)
 */
export class Bank {
  readonly experts: readonly OnlineForecaster[];
  private readonly naive: SeasonalNaive;
  private readonly slow: SimpleSmoothing;
  private readonly fast: SimpleSmoothing;
  private readonly holt: DampedHolt;
  private readonly additive: HoltWintersAdditive;
  private readonly multiplicative: HoltWintersMultiplicative;
  private readonly croston: Croston;
  private readonly sba: Sba;
  private readonly tsb: Tsb;
  private readonly mean: SeasonalMean;
  private readonly one = new Float64Array(1);

  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(table: Table, course: Course, gains: BankGains = DEFAULT_GAINS) {
    this.croston = new Croston(table, course, gains.croston);
    this.naive = new SeasonalNaive(table, course);
    this.slow = new SimpleSmoothing(table, course, { name: 'ses-slow', alpha: gains.sesSlow });
    this.fast = new SimpleSmoothing(table, course, { name: 'ses-fast', alpha: gains.sesFast });
    this.holt = new DampedHolt(table, course, gains.holt);
    this.additive = new HoltWintersAdditive(table, course, gains.additive);
    this.multiplicative = new HoltWintersMultiplicative(table, course, gains.multiplicative);
    this.sba = new Sba(this.croston);
    this.tsb = new Tsb(table, course, gains.tsb);
    this.mean = new SeasonalMean(table, course, gains.seasonalMean);
    const { naive, slow, fast, holt, additive, multiplicative, croston, sba, tsb, mean } = this;
    this.experts = [naive, slow, fast, holt, additive, multiplicative, croston, sba, tsb, mean];
  }

  /** All take the bucket of the row. */
  learn(row: number, bucket: DemandBucket): void {
    this.naive.learn(row, bucket);
    this.slow.learn(row, bucket);
    this.fast.learn(row, bucket);
    this.holt.learn(row, bucket);
    this.additive.learn(row, bucket);
    this.multiplicative.learn(row, bucket);
    // SBA has Croston's state.
    this.croston.learn(row, bucket);
    this.tsb.learn(row, bucket);
    this.mean.learn(row, bucket);
  }

  /** Writes what each expects of the row's next bucket to `out[0 … 9]`, in units; NaN: cold. */
  next(row: number, out: Float64Array): void {
    const { one } = this;
    out[0] = this.naive.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[1] = this.slow.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[2] = this.fast.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[3] = this.holt.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[4] = this.additive.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[5] = this.multiplicative.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[6] = this.croston.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[7] = this.sba.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[8] = this.tsb.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    out[9] = this.mean.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
  }
}

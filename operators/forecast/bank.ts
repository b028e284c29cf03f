// The bank: all experts that learn in O(1), over one table and one course.
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import type { OnlineForecaster } from './forecaster.js';
import { HoltWintersAdditive, type HoltWintersOptions } from './holt-winters.js';
import { HoltWintersMultiplicative } from './holt-winters-multiplicative.js';
import { Croston, Sba, Tsb, type TsbOptions } from './intermittent.js';
import { SeasonalMean, type SeasonalMeanOptions } from './seasonal-mean.js';
import { SeasonalNaive } from './seasonal-naive.js';
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
 * The experts in their fixed order. Whoever runs them lets each learn a bucket, SBA's Croston among
 * them, and then advances the course.
 * @throws RangeError when a gain is not in [0, 1]
 */
export function createBank(
  table: Table,
  course: Course,
  gains: BankGains = DEFAULT_GAINS,
): readonly OnlineForecaster[] {
  const croston = new Croston(table, course, gains.croston);
  return [
    new SeasonalNaive(table, course),
    new SimpleSmoothing(table, course, { name: 'ses-slow', alpha: gains.sesSlow }),
    new SimpleSmoothing(table, course, { name: 'ses-fast', alpha: gains.sesFast }),
    new DampedHolt(table, course, gains.holt),
    new HoltWintersAdditive(table, course, gains.additive),
    new HoltWintersMultiplicative(table, course, gains.multiplicative),
    croston,
    new Sba(croston),
    new Tsb(table, course, gains.tsb),
    new SeasonalMean(table, course, gains.seasonalMean),
  ];
}

// Service levels for any demand distribution: what a policy gives, and what gives a service level.
import type { DemandDistribution } from '../stats/demand-distribution.js';

const HALVINGS = 200;

/** What a service level asks of a demand distribution. */
export type ServedDemand = Pick<
  DemandDistribution,
  'mean' | 'isWhole' | 'cdf' | 'quantile' | 'loss'
>;

/** An (s, Q) policy and the demand over its lead time. */
export interface LotService {
  /** Demand over the lead time. */
  readonly demand: ServedDemand;
  /** Q, units, > 0. */
  readonly lot: number;
}

/** An order-up-to policy and its demands; nothing but the last is met from the shelf late. */
export interface ReviewService {
  /** Demand over the lead time alone. */
  readonly overLeadTime: ServedDemand;
  /** Demand over the review period and the lead time after it. */
  readonly overReviewAndLeadTime: ServedDemand;
}

/**
 * Reorder point, or order-up-to level, for a cycle service level: the smallest level that demand
 * over the exposed time stays within with that probability. For (s, Q) that time is the lead time,
 * for (R, S) review period plus lead time. Not below 0.
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, 6.7, 6.9.
 * @param level in (0, 1)
 * @throws RangeError outside
 * @example levelForCycleService(new PoissonDemand(6), 0.95) // 10
 */
export function levelForCycleService(demand: ServedDemand, level: number): number {
  return Math.max(0, demand.quantile(level));
}

/**
 * Fill rate of (s, Q): the share of demand met at once from the shelf,
 *   1 - (loss(s) - loss(s + Q)) / Q:
 * units short before an arrival less those that were short already after the one before.
 * Source: Silver, Pyke & Thomas, 6.11; Zipkin, *Foundations of Inventory Management*, chapter 6.
 * @param reorderPoint s, units
 * @returns in [0, 1]
 * @throws RangeError when the lot is out of its range
 * @example lotFillRate({demand: new NormalDemand(100, 900), lot: 200}, 130) // .9875
 */
export function lotFillRate({ demand, lot }: LotService, reorderPoint: number): number {
  if (!(lot > 0)) throw new RangeError(`lot must be > 0, got ${lot}`);
  return inUnit(1 - (demand.loss(reorderPoint) - demand.loss(reorderPoint + lot)) / lot);
}

/**
 * Reorder point of (s, Q) for a fill rate: the smallest level (for whole demand: the smallest whole
 * one) with that fill rate. Not below 0: an order is not held back until somebody waits.
 * @param fillRate in (0, 1)
 * @throws RangeError when an argument is out of its range
 * @example reorderPointForFillRate({demand: new NormalDemand(100, 900), lot: 200}, 0.99) // 133.44
 */
export function reorderPointForFillRate(service: LotService, fillRate: number): number {
  checkFillRate(fillRate);
  return smallest(service.demand, (level) => lotFillRate(service, level) >= fillRate);
}

/**
 * Fill rate of an order-up-to level S at periodic review:
 *   1 - (loss over R + L of S - loss over L of S) / mean demand of R.
 * Source: Silver, Pyke & Thomas, 6.9; Johnson, Lee, Davis & Hall, *Expressions for Item Fill Rates
 * in Periodic Inventory Systems*, Naval Research Logistics 42, 1995.
 * @param orderUpToLevel S, units
 * @returns in [0, 1]
 * @throws RangeError unless the demand of the review period is positive
 */
export function reviewFillRate(service: ReviewService, orderUpToLevel: number): number {
  const { overLeadTime, overReviewAndLeadTime } = service;
  const demand = overReviewAndLeadTime.mean - overLeadTime.mean;
  if (!(demand > 0)) {
    throw new RangeError(`demand of the review period must be > 0, got ${demand}`);
  }
  const short = overReviewAndLeadTime.loss(orderUpToLevel) - overLeadTime.loss(orderUpToLevel);
  return inUnit(1 - short / demand);
}

/**
 * Order-up-to level at periodic review for a fill rate: the smallest level (for whole demand: the
 * smallest whole one) with that fill rate. Not below 0.
 * @param fillRate in (0, 1)
 * @throws RangeError when an argument is out of its range
 */
export function orderUpToForFillRate(service: ReviewService, fillRate: number): number {
  checkFillRate(fillRate);
  const isEnough = (level: number) => reviewFillRate(service, level) >= fillRate;
  return smallest(service.overReviewAndLeadTime, isEnough);
}

/** Smallest level >= 0 from which on isEnough: doubles, then halves; whole where demand is. */
function smallest(demand: ServedDemand, isEnough: (level: number) => boolean): number {
  if (isEnough(0)) return 0;
  let low = 0;
  let high = Math.max(1, Math.ceil(demand.mean));
  while (!isEnough(high)) {
    low = high;
    high *= 2;
  }
  const unit = demand.isWhole ? 1 : high * 1e-14;
  for (let i = 0; i < HALVINGS && high - low > unit; i++) {
    const middle = demand.isWhole ? Math.floor((low + high) / 2) : (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function inUnit(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function checkFillRate(fillRate: number): void {
  if (!(fillRate > 0 && fillRate < 1)) {
    throw new RangeError(`fillRate must be in (0, 1), got ${fillRate}`);
  }
}

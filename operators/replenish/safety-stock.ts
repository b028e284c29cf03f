// Safety stock: lead-time demand, and what to hold above its mean by normal theory.
import type { DemandDistribution } from '../stats/demand-distribution.js';
import { demandOf } from '../stats/demand-of.js';
import { normalLoss, normalQuantile } from '../stats/normal.js';

/** Demand per bucket and lead time in buckets, each with its standard deviation. */
export interface LeadTimeInput {
  /** Units a bucket. */
  readonly demandMean: number;
  readonly demandSd: number;
  /** Buckets. */
  readonly leadTimeMean: number;
  readonly leadTimeSd: number;
}

/**
 * Standard deviation of the demand over a random lead time:
 *   sqrt(L sd_d^2 + d^2 sd_L^2), in units.
 * Demand of different buckets and the lead time are taken as independent.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3; Silver, Pyke & Thomas,
 * *Inventory and Production Management in Supply Chains*, 6.7.
 * @example leadTimeSd({demandMean: 100, demandSd: 20, leadTimeMean: 7, leadTimeSd: 2}) // 206.88
 */
export function leadTimeDemandSd(input: LeadTimeInput): number {
  const { demandMean, demandSd, leadTimeMean, leadTimeSd } = input;
  return Math.sqrt(leadTimeMean * demandSd ** 2 + demandMean ** 2 * leadTimeSd ** 2);
}

/**
 * Distribution of the demand over a random lead time, by its mean d L and its standard deviation as
 * above. For Poisson demand over a gamma distributed lead time that is exact: negative binomial.
 * For a review period of R buckets add R to the lead time.
 * Source: Silver, Pyke & Thomas, 6.7; Zipkin, *Foundations of Inventory Management*, chapter 7.
 * @param isWhole demand comes in whole units
 * @throws RangeError when mean or standard deviation are out of their range
 * @example
 *   leadTimeDemand({demandMean: 2, demandSd: 1.4142, leadTimeMean: 3, leadTimeSd: 1.2247}, true)
 *   // negative binomial, mean 6, variance 12
 */
export function leadTimeDemand(input: LeadTimeInput, isWhole: boolean): DemandDistribution {
  const mean = input.demandMean * input.leadTimeMean;
  return demandOf({ mean, variance: leadTimeDemandSd(input) ** 2, isWhole });
}

/** Safety stock z sd for a cycle service level: P(no stockout in an order cycle) = level. */
export function safetyStockForCycleService(level: number, sd: number): number {
  return normalQuantile(level) * sd;
}

const LOW_Z = -8;
const HIGH_Z = 8;

/**
 * Safety stock for a fill rate: with order quantity Q, expected shortage a cycle is sd L(z), so
 *   fill rate = 1 - sd L(z) / Q; solved for z by bisection. Not below zero: where the lot alone
 * gives the fill rate, nothing is held on top.
 * Source: Silver, Pyke & Thomas, 6.11.
 * @param fillRate in (0, 1)
 * @param orderQuantity units, > 0
 * @throws RangeError when an argument is out of its range
 * @example safetyStockForFillRate(0.99, 30, 200) // 33.44: z = 1.1145639
 */
export function safetyStockForFillRate(
  fillRate: number,
  sd: number,
  orderQuantity: number,
): number {
  if (!(fillRate > 0 && fillRate < 1)) {
    throw new RangeError(`fillRate must be in (0, 1), got ${fillRate}`);
  }
  if (!(orderQuantity > 0)) throw new RangeError(`orderQuantity must be > 0, got ${orderQuantity}`);
  if (sd === 0) return 0;
  const allowed = ((1 - fillRate) * orderQuantity) / sd;
  let low = LOW_Z;
  let high = HIGH_Z;
  for (let i = 0; i < 60; i++) {
    const z = (low + high) / 2;
    if (normalLoss(z) > allowed) low = z;
    else high = z;
  }
  return Math.max(0, ((low + high) / 2) * sd);
}

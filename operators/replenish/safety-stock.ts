// Safety stock: lead-time demand and what to hold above its mean, normal theory.
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

// The newsvendor: one order for one span of demand, what is left is lost or marked down.
import { type DemandDistribution, leftOver } from '../stats/demand-distribution.js';

/** What a unit too many and a unit too few come to. */
export interface MismatchCosts {
  /** h, of each unit left at the end: unit cost less salvage, plus holding; > 0. */
  readonly overageCost: number;
  /** p, of each unit short: margin lost, plus goodwill; > 0. */
  readonly underageCost: number;
}

/**
 * Critical ratio p / (p + h): the cycle service level at which a unit more costs as much as it
 * saves. Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3.
 * @throws RangeError when a cost is out of its range
 * @example criticalRatio({overageCost: 1, underageCost: 4}) // 0.8
 */
export function criticalRatio({ overageCost, underageCost }: MismatchCosts): number {
  if (!(overageCost > 0)) throw new RangeError(`overageCost must be > 0, got ${overageCost}`);
  if (!(underageCost > 0)) throw new RangeError(`underageCost must be > 0, got ${underageCost}`);
  return underageCost / (underageCost + overageCost);
}

/**
 * Newsvendor quantity: the smallest q with P(demand <= q) >= critical ratio, for any distribution.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3; Arrow, Harris & Marschak 1951.
 * @returns units
 * @throws RangeError when a cost is out of its range
 * @example
 *   newsvendorQuantity(new NormalDemand(50, 64), {overageCost: 0.18, underageCost: 0.7}) // 56.604
 */
export function newsvendorQuantity(demand: DemandDistribution, costs: MismatchCosts): number {
  return demand.quantile(criticalRatio(costs));
}

/**
 * Expected cost of having `quantity` for the span: h E[units left] + p E[units short].
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 4.3.
 * @example
 *   newsvendorCost(new NormalDemand(50, 64), {overageCost: 0.18, underageCost: 0.7}, 60) // 2.156
 */
export function newsvendorCost(
  demand: DemandDistribution,
  { overageCost, underageCost }: MismatchCosts,
  quantity: number,
): number {
  return overageCost * leftOver(demand, quantity) + underageCost * demand.loss(quantity);
}

/**
 * Order for goods that keep n days, first expired first sold. A unit ordered now is sold in time
 * if demand over its n days reaches all that stands before it, so the stock to have is the
 * newsvendor quantity for the demand over the shelf life, and the order lifts what is there to it.
 * An approximation: units in stock that expire on the way are taken to be sold, which overstates
 * what expires (the upper bound of Chazan & Gal, *A Markovian Model for a Perishable Product
 * Inventory*, Management Science 23, 1977); exact where one order serves one shelf life (n = review
 * period: the newsvendor). With longer orders than that it bounds the order-up-to level from above.
 * Source: Nahmias, *Perishable Inventory Theory: A Review*, Operations Research 30, 1982.
 * @param demandOverShelfLife over the days from the order's arrival to its expiry
 * @param usable units there on arrival that keep for a while, >= 0
 * @returns units, >= 0
 * @throws RangeError when an argument is out of its range
 * @example
 *   shortLifeQuantity(new PoissonDemand(6), {overageCost: 1, underageCost: 4}, 3) // 8 - 3
 */
export function shortLifeQuantity(
  demandOverShelfLife: DemandDistribution,
  costs: MismatchCosts,
  usable: number,
): number {
  if (!(usable >= 0)) throw new RangeError(`usable must be >= 0, got ${usable}`);
  return Math.max(0, newsvendorQuantity(demandOverShelfLife, costs) - usable);
}

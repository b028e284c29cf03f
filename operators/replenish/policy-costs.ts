// What an (s, S) policy costs: the renewal masses of demand and the cost rates of positions.
import { type DemandDistribution, leftOver } from '../stats/demand-distribution.js';

/** What a periodically reviewed item costs; demand that is not met waits. */
export interface PeriodicItem {
  /** K, fixed cost of an order, >= 0. */
  readonly orderingCost: number;
  /** h, of each unit left at the end of a period, > 0. */
  readonly holdingCost: number;
  /** p, of each unit waiting at the end of a period, > 0. */
  readonly backorderCost: number;
  /** Demand of one period. */
  readonly demand: DemandDistribution;
  /** Demand over lead time and one period; that of one period where orders come at once. */
  readonly leadTimeDemand: DemandDistribution;
}

/** G(y) = h E[left] + p E[waiting] of y units over lead time and period. */
export function rateOf(
  { holdingCost, backorderCost, leadTimeDemand }: PeriodicItem,
  level: number,
): number {
  return holdingCost * leftOver(leadTimeDemand, level) + backorderCost * leadTimeDemand.loss(level);
}

/**
 * Costs of (s, S) policies on a lattice of levels: level n is origin + n step units. What policies
 * share, the renewal masses and the rates of levels, is kept from one to the next.
 * Source: Zheng & Federgruen 1991; masses: Klugman, Panjer & Willmot, *Loss Models*, 9.6.5.
 */
export class PolicyCosts {
  readonly step: number;
  private readonly rates = new Map<number, number>();
  private readonly masses: number[] = [];
  /** m(0) ... and their sums: m(0), m(0) + m(1), ... */
  private readonly renewals: number[] = [];
  private readonly sums: number[] = [];
  private readonly moving: number;
  private readonly origin: number;

  constructor(
    private readonly item: PeriodicItem,
    lattice: { readonly origin: number; readonly step: number },
  ) {
    this.step = lattice.step;
    this.origin = lattice.origin;
    // 1 - P(0), without the loss of digits of the subtraction.
    this.moving = (item.demand.loss(0) - item.demand.loss(this.step)) / this.step;
    if (!(this.moving > 0)) {
      throw new RangeError(`demand of a step must be possible, got ${this.moving}`);
    }
  }

  /** c(s, S) of two levels, low < high. */
  of(low: number, high: number): number {
    const count = high - low;
    this.extend(count);
    let total = this.item.orderingCost;
    for (let j = 0; j < count; j++) total += (this.renewals[j] as number) * this.rate(high - j);
    return total / (this.sums[count - 1] as number);
  }

  /** G of a level. */
  rate(level: number): number {
    let rate = this.rates.get(level);
    if (rate === undefined) {
      rate = rateOf(this.item, this.origin + this.step * level);
      this.rates.set(level, rate);
    }
    return rate;
  }

  private extend(count: number): void {
    for (let j = this.renewals.length; j < count; j++) {
      this.masses.push(j === 0 ? 1 - this.moving : this.massOf(j));
      let sum = j === 0 ? 1 : 0;
      for (let i = 1; i <= j; i++)
        sum += (this.masses[i] as number) * (this.renewals[j - i] as number);
      this.renewals.push(sum / this.moving);
      this.sums.push((this.sums[j - 1] ?? 0) + sum / this.moving);
    }
  }

  private massOf(j: number): number {
    const { item, step } = this;
    const [before, at, after] = [j - 1, j, j + 1].map((n) => item.demand.loss(n * step));
    return Math.max(0, (before as number) - 2 * (at as number) + (after as number)) / step;
  }
}

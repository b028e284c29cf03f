// Planning: what each row's policy comes to by its forecast: lead-time demand, buffers, levels.

import type { Distribution } from '../forecast/distribution.js';
import type { Forecast } from '../forecast/forecast.js';
import type { Target } from '../forecast/horizons.js';
import type { Ledger } from '../ledger/ledger.js';
import type { DemandDistribution } from '../stats/demand-distribution.js';
import { demandOf } from '../stats/demand-of.js';
import type { MeanAndSd } from '../stats/recent-moments.js';
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { CostDemand } from './cost-levels.js';
import { LeadTimeAhead, type LeadTimeOptions } from './lead-time-ahead.js';
import { LeadTimeDemand } from './lead-time-demand.js';
import { OrderSizes } from './order-sizes.js';
import {
  type Buffers,
  buffersOf,
  isPeriodic,
  type LeadTimeMoments,
  levelsOf,
  notReplenished,
  type Plan,
} from './policy.js';
import { leadTimeDemandSd } from './safety-stock.js';
import type { Catalog, Terms } from './terms.js';

/** Most buckets ahead that are forecast one by one. */
const MAX_HORIZON = 400;
/** Days behind the lead time over which lots are planned where the item's lot sizing says so. */
const PLANNED_DAYS = 56;
/** Share by which demand must have moved before the cheapest policy is looked for anew. */
const MOVED = 0.05;
const NO_DEMAND: LeadTimeMoments = { mean: 0, sd: 0, perDay: 0 };
const NO_BUFFERS: Buffers = { safetyStock: 0, undershoot: 0, orderQuantity: 1 };

export interface PlanningParts {
  readonly table: Table;
  readonly ledger: Ledger;
  readonly forecast: Forecast;
  readonly catalog: Catalog;
}

/**
 * What is dear to compute stands from one bucket of a row to the next: the average demand ahead and
 * the buffers. What the running bucket brings moves the mean with every event.
 */
export class Planning {
  readonly orderSizes: OrderSizes;
  /** Expected units a bucket over the lead time behind the running bucket; NaN: cold. */
  private readonly ahead: Column<Float64Array>;
  private readonly safetyStock: Column<Float64Array>;
  private readonly undershoot: Column<Float64Array>;
  private readonly orderQuantity: Column<Float64Array>;
  /** Mean and sd of lead-time demand at which the cheapest policy was found; NaN: it was not. */
  private readonly basis: Column<Float32Array>;
  readonly leadTimes: LeadTimeAhead;
  private readonly exposed = new LeadTimeDemand();
  private readonly overLeadTime = new LeadTimeDemand();
  private readonly path = new Float64Array(MAX_HORIZON);

  constructor(
    private readonly parts: PlanningParts,
    options: LeadTimeOptions,
  ) {
    const columns = parts.table.columns('planning');
    this.ahead = columns.float64('ahead', 1, Number.NaN);
    this.safetyStock = columns.float64('safetyStock', 1, Number.NaN);
    this.undershoot = columns.float64('undershoot');
    this.orderQuantity = columns.float64('orderQuantity', 1, Number.NaN);
    this.basis = columns.float32('basis', 2, Number.NaN);
    this.orderSizes = new OrderSizes(parts.table);
    const { table, ledger, forecast } = parts;
    const { purchases } = ledger;
    const { bucketDays } = forecast;
    this.leadTimes = new LeadTimeAhead({ table, purchases, bucketDays }, options);
  }

  /** Expected units a day over the lead time; NaN: cold. */
  demandPerDay(row: number): number {
    return (this.ahead.values[row] as number) / this.parts.forecast.bucketDays;
  }

  /** A row's terms, with the lead time that it is planned by. */
  terms(row: number): Terms {
    return this.leadTimes.terms(row, this.parts.catalog.of(row));
  }

  /** Null: nothing is planned for the row: stock never told, or no forecast and no given levels. */
  plan(row: number, nowMs: number): Plan | null {
    const terms = this.terms(row);
    if (!this.parts.ledger.positions.isTold(row) || notReplenished(terms) !== null) return null;
    const isCold = Number.isNaN(this.ahead.values[row] as number);
    const isGiven = !Number.isNaN(terms.reorderPoint) || !Number.isNaN(terms.orderUpToLevel);
    if (isCold && !isGiven) return null;
    const demand = isCold ? NO_DEMAND : this.leadTimeDemand(row, terms, nowMs);
    return { terms, demand, levels: levelsOf(terms, demand, this.buffers(row, terms)) };
  }

  /** The row's terms are new: nothing that was found for the old ones stands. */
  renew(row: number, nowMs: number): void {
    this.basis.values.fill(Number.NaN, 2 * row, 2 * row + 2);
    this.lookAhead(row, nowMs);
  }

  /** The row's bucket has closed: looks ahead over the lead time. */
  lookAhead(row: number, nowMs: number): void {
    const { catalog, forecast } = this.parts;
    const terms = catalog.of(row);
    const isReviewed = isPeriodic(terms);
    const { overLead, exposed: leadTime } = this.leadTimes.look(row, terms, nowMs);
    const longest = leadTime.buckets[leadTime.buckets.length - 1] as number;
    const planned = terms.lotSizing === 'economic' ? 1 : PLANNED_DAYS / forecast.bucketDays;
    const horizon = Math.min(MAX_HORIZON, Math.max(1, Math.ceil(longest)) + Math.ceil(planned));
    const path = this.path.subarray(0, horizon);
    if (!forecast.predict(row, horizon, path)) {
      this.ahead.values[row] = Number.NaN;
      return;
    }
    this.ahead.values[row] = averageBehindFirst(path, leadTime.mean);
    const outlooks = (target: Target, expected: number, into: Distribution): Distribution =>
      forecast.distribution(row, target, expected, into);
    const { exposed, overLeadTime } = this;
    exposed.set(leadTime, path, outlooks);
    if (isReviewed) overLeadTime.set(overLead, path, outlooks);
    const costs = this.costDemand(row, overLead);
    if (terms.service.kind === 'cost' && this.isAsBefore(row, costs)) return;
    const buffers = buffersOf(terms, {
      exposed,
      overLeadTime: isReviewed ? overLeadTime : exposed,
      costs,
      lot: {
        perDay: this.demandPerDay(row),
        path: path.subarray(Math.min(path.length - 1, Math.round(leadTime.mean))),
        bucketDays: forecast.bucketDays,
      },
      overShelfLife: this.overShelfLife(row, terms),
      undershoot: this.orderSizes.undershoot(row, exposed.isWhole),
    });
    this.safetyStock.values[row] = buffers.safetyStock;
    this.undershoot.values[row] = buffers.undershoot;
    this.orderQuantity.values[row] = buffers.orderQuantity;
  }

  /** Looks ahead where that was not done yet: the state is of a version that did not need to. */
  prepare(row: number, nowMs: number): void {
    const isMissing = Number.isNaN(this.safetyStock.values[row] as number);
    if (isMissing && !Number.isNaN(this.ahead.values[row] as number)) this.lookAhead(row, nowMs);
  }

  /** Mean and sd of a day's demand, and over the lead time alone. */
  private costDemand(row: number, leadTime: MeanAndSd): CostDemand {
    const { forecast } = this.parts;
    const { bucketDays } = forecast;
    const ahead = this.ahead.values[row] as number;
    const demandSd = forecast.errorSd(row);
    const sd = leadTimeDemandSd({
      demandMean: ahead,
      demandSd,
      leadTimeMean: leadTime.mean,
      leadTimeSd: leadTime.sd,
    });
    return {
      day: { mean: ahead / bucketDays, sd: demandSd / Math.sqrt(bucketDays) },
      leadTime: { mean: ahead * leadTime.mean, sd },
      isWhole: this.exposed.isWhole,
    };
  }

  private overShelfLife(row: number, terms: Terms): DemandDistribution | null {
    if (Number.isNaN(terms.shelfLifeDays)) return null;
    const buckets = terms.shelfLifeDays / this.parts.forecast.bucketDays;
    const ahead = this.ahead.values[row] as number;
    const sd = Math.sqrt(buckets) * this.parts.forecast.errorSd(row);
    return demandOf({ mean: ahead * buckets, variance: sd ** 2, isWhole: this.exposed.isWhole });
  }

  /** The cheapest policy is dear to find: it stands until demand has moved. */
  private isAsBefore(row: number, { leadTime }: CostDemand): boolean {
    const [mean, sd] = [this.basis.values[2 * row], this.basis.values[2 * row + 1]] as number[];
    const near = (now: number, then = Number.NaN) => Math.abs(now - then) <= MOVED * then;
    if (near(leadTime.mean, mean) && near(leadTime.sd, sd)) return true;
    this.basis.values[2 * row] = leadTime.mean;
    this.basis.values[2 * row + 1] = leadTime.sd;
    return false;
  }

  private buffers(row: number, terms: Terms): Buffers {
    const safetyStock = this.safetyStock.values[row] as number;
    if (Number.isNaN(safetyStock)) {
      const { orderQuantity } = terms;
      return Number.isNaN(orderQuantity) ? NO_BUFFERS : { ...NO_BUFFERS, orderQuantity };
    }
    return {
      safetyStock,
      undershoot: this.undershoot.values[row] as number,
      orderQuantity: this.orderQuantity.values[row] as number,
    };
  }

  /**
   * Mean: the nowcast rest of the running bucket, then the average ahead for what is left of the
   * lead time. Sd: of forecast errors and lead time together.
   */
  private leadTimeDemand(row: number, terms: Terms, nowMs: number): LeadTimeMoments {
    const { forecast } = this.parts;
    const buckets = this.leadTimes.exposedBuckets(row, this.parts.catalog.of(row));
    const ahead = this.ahead.values[row] as number;
    const rest = forecast.rest(row, nowMs);
    const inRest = rest.buckets > 0 ? Math.min(1, buckets / rest.buckets) : 0;
    const behind = Math.max(0, buckets - rest.buckets);
    const sd = leadTimeDemandSd({
      demandMean: ahead,
      demandSd: forecast.errorSd(row),
      leadTimeMean: buckets,
      leadTimeSd: terms.leadTimeSdDays / forecast.bucketDays,
    });
    const mean = rest.units * inRest + behind * ahead;
    return { mean, sd, perDay: ahead / forecast.bucketDays };
  }
}

/** Expected units a bucket over `buckets` behind the first, which is running. */
function averageBehindFirst(path: Float64Array, buckets: number): number {
  const horizon = Math.min(path.length, Math.max(1, Math.ceil(buckets)) + 1);
  let sum = 0;
  for (let h = 1; h < horizon; h++) sum += path[h] as number;
  return sum / (horizon - 1);
}

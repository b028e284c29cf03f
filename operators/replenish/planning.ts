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
import { type LeadTime, leadTimeOf, momentsOf } from './lead-time.js';
import { LeadTimeDemand } from './lead-time-demand.js';
import { LeadTimes } from './lead-times.js';
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
import { type CalendarOptions, RowCalendars } from './row-calendars.js';
import { leadTimeDemandSd } from './safety-stock.js';
import type { Catalog, Terms } from './terms.js';
import type { Calendars } from './working-calendar.js';

/** Most buckets ahead that are forecast one by one. */
const MAX_HORIZON = 400;
/** Different lead times whose probabilities are kept at hand. */
const MOST_LEAD_TIMES = 4096;
/** Days behind the lead time over which lots are planned where the item's lot sizing says so. */
const PLANNED_DAYS = 56;
/** Share by which demand must have moved before the cheapest policy is looked for anew. */
const MOVED = 0.05;
const NO_DEMAND: LeadTimeMoments = { mean: 0, sd: 0, perDay: 0 };
const NO_BUFFERS: Buffers = { safetyStock: 0, undershoot: 0, orderQuantity: 1 };

/** Learned mean and sd are rounded to this many steps a doubling, so that rows share lead times. */
const STEPS = 32;

/** A lead time with its moments, all in buckets. */
interface Ahead extends LeadTime, MeanAndSd {}

export interface PlanningOptions {
  /** Lead times as the catalog gives them, or as receipts show them. */
  readonly leadTimes: 'given' | 'learned';
  readonly calendars: CalendarOptions;
}

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
  /** Buckets of the lead time, mean and sd, and with the review period of RS; NaN: by the terms. */
  private readonly leadTime: Column<Float64Array>;
  private readonly leadTimeSd: Column<Float64Array>;
  private readonly exposedTime: Column<Float64Array>;
  readonly learned: LeadTimes;
  readonly calendars: RowCalendars;
  private readonly exposed = new LeadTimeDemand();
  private readonly overLeadTime = new LeadTimeDemand();
  private readonly known = new Map<string, LeadTime>();
  private readonly path = new Float64Array(MAX_HORIZON);

  constructor(
    private readonly parts: PlanningParts,
    private readonly options: PlanningOptions,
  ) {
    const columns = parts.table.columns('planning');
    this.ahead = columns.float64('ahead', 1, Number.NaN);
    this.safetyStock = columns.float64('safetyStock', 1, Number.NaN);
    this.undershoot = columns.float64('undershoot');
    this.orderQuantity = columns.float64('orderQuantity', 1, Number.NaN);
    this.basis = columns.float32('basis', 2, Number.NaN);
    this.leadTime = columns.float64('leadTime', 1, Number.NaN);
    this.leadTimeSd = columns.float64('leadTimeSd', 1, Number.NaN);
    this.exposedTime = columns.float64('exposedTime', 1, Number.NaN);
    this.orderSizes = new OrderSizes(parts.table);
    const { table, ledger } = parts;
    const calendars = new RowCalendars(table, options.calendars);
    this.calendars = calendars;
    this.learned = new LeadTimes({ table, purchases: ledger.purchases, calendars });
  }

  /** Expected units a day over the lead time; NaN: cold. */
  demandPerDay(row: number): number {
    return (this.ahead.values[row] as number) / this.parts.forecast.bucketDays;
  }

  /** A row's terms, with the lead time that it is planned by. */
  terms(row: number): Terms {
    const terms = this.parts.catalog.of(row);
    const { bucketDays } = this.parts.forecast;
    const leadTimeDays = (this.leadTime.values[row] as number) * bucketDays;
    const leadTimeSdDays = (this.leadTimeSd.values[row] as number) * bucketDays;
    const isPlain = this.options.leadTimes === 'given' && this.calendarsOf(row, terms) === null;
    return isPlain || Number.isNaN(leadTimeDays)
      ? terms
      : { ...terms, leadTimeDays, leadTimeSdDays };
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
    const overLead = this.leadTimeAhead(row, terms, 0, nowMs);
    const leadTime = isReviewed
      ? this.leadTimeAhead(row, terms, terms.reviewDays, nowMs)
      : overLead;
    this.leadTime.values[row] = overLead.mean;
    this.leadTimeSd.values[row] = overLead.sd;
    this.exposedTime.values[row] = leadTime.mean;
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
    const buckets = this.exposedBuckets(row, terms);
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

  /** Lead time by the catalog, or as learned, in days. */
  private leadTimeDays(row: number, terms: Terms, nowMs: number): MeanAndSd {
    const given = { mean: terms.leadTimeDays, sd: terms.leadTimeSdDays };
    if (this.options.leadTimes === 'given') return given;
    const { mean, sd } = this.learned.of(row, terms.supplier, given, nowMs);
    return { mean: rounded(mean), sd: rounded(sd) };
  }

  /** Buckets until an order arrives that is placed `reviewDays` from now. */
  private leadTimeAhead(row: number, terms: Terms, reviewDays: number, nowMs: number): Ahead {
    const { bucketDays } = this.parts.forecast;
    const days = this.leadTimeDays(row, terms, nowMs);
    const calendars = this.calendarsOf(row, terms);
    if (calendars === null) {
      const mean = (days.mean + reviewDays) / bucketDays;
      const sd = days.sd / bucketDays;
      return { mean, sd, ...this.leadTimeOf(mean, sd) };
    }
    const workingDays = this.leadTimeOf(days.mean, days.sd);
    const arrivals = this.calendars.arrivals(row, calendars, { workingDays, reviewDays, nowMs });
    const buckets = arrivals.buckets.map((after) => after / bucketDays);
    return { ...momentsOf({ ...arrivals, buckets }), ...arrivals, buckets };
  }

  private calendarsOf(row: number, terms: Terms): Calendars | null {
    return this.calendars.of(row, this.learned.supplierOf(row, terms.supplier));
  }

  private leadTimeOf(mean: number, sd: number): LeadTime {
    const key = `${mean}/${sd}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_LEAD_TIMES) this.known.clear();
    const leadTime = leadTimeOf(mean, sd);
    this.known.set(key, leadTime);
    return leadTime;
  }

  /** Buckets over which the policy looks ahead: the lead time, under RS the review period too. */
  private exposedBuckets(row: number, terms: Terms): number {
    const noted = this.exposedTime.values[row] as number;
    if (!Number.isNaN(noted)) return noted;
    const reviewDays = isPeriodic(terms) ? terms.reviewDays : 0;
    return (terms.leadTimeDays + reviewDays) / this.parts.forecast.bucketDays;
  }
}

/** To 32 steps a doubling: within 1.6 %. */
function rounded(value: number): number {
  if (!(value > 0)) return 0;
  const step = 2 ** Math.floor(Math.log2(value)) / STEPS;
  return Math.round(value / step) * step;
}

/** Expected units a bucket over `buckets` behind the first, which is running. */
function averageBehindFirst(path: Float64Array, buckets: number): number {
  const horizon = Math.min(path.length, Math.max(1, Math.ceil(buckets)) + 1);
  let sum = 0;
  for (let h = 1; h < horizon; h++) sum += path[h] as number;
  return sum / (horizon - 1);
}

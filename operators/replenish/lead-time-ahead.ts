// The lead time ahead of a row: given or learned, in working days where set, as buckets from now.
import type { Purchases } from '../ledger/purchases.js';
import type { MeanAndSd } from '../stats/recent-moments.js';
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import { type LeadTime, leadTimeOf, momentsOf } from './lead-time.js';
import { LeadTimes } from './lead-times.js';
import { isPeriodic } from './policy.js';
import { type CalendarOptions, RowCalendars } from './row-calendars.js';
import type { Terms } from './terms.js';
import type { Calendars } from './working-calendar.js';

/** Different lead times whose probabilities are kept at hand. */
const MOST_LEAD_TIMES = 4096;
/** Learned mean and sd are rounded to this many steps a doubling, so that rows share lead times. */
const STEPS = 32;

export interface LeadTimeOptions {
  /** Lead times as the catalog gives them, or as receipts show them. */
  readonly leadTimes: 'given' | 'learned';
  readonly calendars: CalendarOptions;
}

export interface LeadTimeParts {
  readonly table: Table;
  readonly purchases: Purchases;
  readonly bucketDays: number;
}

/** A lead time with its moments, all in buckets. */
export interface Ahead extends LeadTime, MeanAndSd {}

/**
 * What it comes to stands from one bucket of a row to the next: by working days the same lead time
 * is longer on a Friday than on a Monday.
 */
export class LeadTimeAhead {
  readonly learned: LeadTimes;
  readonly calendars: RowCalendars;
  /** Buckets, mean and sd; and with the review period of RS. NaN: not looked at yet. */
  private readonly mean: Column<Float64Array>;
  private readonly sd: Column<Float64Array>;
  private readonly exposed: Column<Float64Array>;
  private readonly known = new Map<string, LeadTime>();
  private readonly bucketDays: number;

  constructor(
    { table, purchases, bucketDays }: LeadTimeParts,
    private readonly options: LeadTimeOptions,
  ) {
    const columns = table.columns('lead-time-ahead');
    this.mean = columns.float64('mean', 1, Number.NaN);
    this.sd = columns.float64('sd', 1, Number.NaN);
    this.exposed = columns.float64('exposed', 1, Number.NaN);
    this.calendars = new RowCalendars(table, options.calendars);
    this.learned = new LeadTimes({ table, purchases, calendars: this.calendars });
    this.bucketDays = bucketDays;
  }

  /** A row's terms, with the lead time that it is planned by, in calendar days. */
  terms(row: number, terms: Terms): Terms {
    if (this.isPlain(row, terms)) return terms;
    const leadTimeDays = (this.mean.values[row] as number) * this.bucketDays;
    const leadTimeSdDays = (this.sd.values[row] as number) * this.bucketDays;
    return { ...terms, leadTimeDays, leadTimeSdDays };
  }

  /** Buckets over which the policy looks ahead: the lead time, under RS the review period too. */
  exposedBuckets(row: number, terms: Terms): number {
    if (!this.isPlain(row, terms)) return this.exposed.values[row] as number;
    const days = terms.leadTimeDays + (isPeriodic(terms) ? terms.reviewDays : 0);
    return days / this.bucketDays;
  }

  /**
   * Looks ahead from now.
   * @returns until an order of now arrives, and under RS until one of the next review does
   */
  look(row: number, terms: Terms, nowMs: number): { overLead: Ahead; exposed: Ahead } {
    const overLead = this.from(row, terms, 0, nowMs);
    const isReviewed = isPeriodic(terms);
    const exposed = isReviewed ? this.from(row, terms, terms.reviewDays, nowMs) : overLead;
    this.mean.values[row] = overLead.mean;
    this.sd.values[row] = overLead.sd;
    this.exposed.values[row] = exposed.mean;
    return { overLead, exposed };
  }

  /** Nothing but what the terms give has a part in it, or it was not looked at yet. */
  private isPlain(row: number, terms: Terms): boolean {
    if (Number.isNaN(this.mean.values[row] as number)) return true;
    return this.options.leadTimes === 'given' && this.calendarsOf(row, terms) === null;
  }

  /** Buckets until an order arrives that is placed `reviewDays` from now. */
  private from(row: number, terms: Terms, reviewDays: number, nowMs: number): Ahead {
    const days = this.days(row, terms, nowMs);
    const calendars = this.calendarsOf(row, terms);
    if (calendars === null) {
      const mean = (days.mean + reviewDays) / this.bucketDays;
      const sd = days.sd / this.bucketDays;
      return { mean, sd, ...this.drawn(mean, sd) };
    }
    const workingDays = this.drawn(days.mean, days.sd);
    const arrivals = this.calendars.arrivals(row, calendars, { workingDays, reviewDays, nowMs });
    const buckets = arrivals.buckets.map((after) => after / this.bucketDays);
    const leadTime = { buckets, weights: arrivals.weights };
    return { ...momentsOf(leadTime), ...leadTime };
  }

  /** By the catalog or as learned, in the days that it is counted in. */
  private days(row: number, terms: Terms, nowMs: number): MeanAndSd {
    const given = { mean: terms.leadTimeDays, sd: terms.leadTimeSdDays };
    if (this.options.leadTimes === 'given') return given;
    const { mean, sd } = this.learned.of(row, terms.supplier, given, nowMs);
    return { mean: rounded(mean), sd: rounded(sd) };
  }

  private calendarsOf(row: number, terms: Terms): Calendars | null {
    return this.calendars.of(row, this.learned.supplierOf(row, terms.supplier));
  }

  private drawn(mean: number, sd: number): LeadTime {
    const key = `${mean}/${sd}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_LEAD_TIMES) this.known.clear();
    const leadTime = leadTimeOf(mean, sd);
    this.known.set(key, leadTime);
    return leadTime;
  }
}

/** To 32 steps a doubling: within 1.6 %. */
function rounded(value: number): number {
  if (!(value > 0)) return 0;
  const step = 2 ** Math.floor(Math.log2(value)) / STEPS;
  return Math.round(value / step) * step;
}

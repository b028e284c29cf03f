// The calendars of a row: its supplier's working days and its location's, where they are set.
import { dayNumber } from '../demand/calendar.js';
import type { Table } from '../stream/table.js';
import type { LeadTime } from './lead-time.js';
import {
  arrivalsOf,
  type Calendars,
  EVERY_DAY,
  type WorkingCalendar,
  workingCalendar,
  workingDayFrom,
  workingDaysBetween,
} from './working-calendar.js';

const DAY_MS = 86_400_000;
/** Moments whose local day is kept at hand. */
const MOST_MOMENTS = 64;
/** An order that arrives on its own day still takes some of it. */
const SHORTEST_DAYS = 0.01;

/** As text, for `workingCalendar`. */
export interface CalendarText {
  readonly workingDays: string | null;
  readonly holidays: string | null;
}

export interface CalendarOptions {
  /** Undefined: works every day. */
  readonly suppliers: Readonly<Record<string, CalendarText | undefined>>;
  readonly locations: Readonly<Record<string, CalendarText | undefined>>;
  timeZoneOf(location: string): string;
}

/** A bucket that has just ended. */
export interface EndedBucket {
  readonly bucket: number;
  readonly startMs: number;
  readonly endMs: number;
}

export class RowCalendars {
  private readonly suppliers: ReadonlyMap<string, WorkingCalendar>;
  private readonly locations: ReadonlyMap<string, WorkingCalendar>;
  private readonly dayAt = new Map<string, number>();

  /** @throws RangeError for a text that is no calendar */
  constructor(
    private readonly table: Table,
    private readonly options: CalendarOptions,
  ) {
    this.suppliers = calendarsIn(options.suppliers);
    this.locations = calendarsIn(options.locations);
  }

  /** Null: all days are alike to the row. */
  of(row: number, supplier: string | undefined): Calendars | null {
    if (this.suppliers.size === 0 && this.locations.size === 0) return null;
    const delivers = supplier === undefined ? undefined : this.suppliers.get(supplier);
    const receives = this.locations.get(this.table.location(row));
    if (delivers === undefined && receives === undefined) return null;
    return { supplier: delivers ?? EVERY_DAY, warehouse: receives ?? EVERY_DAY };
  }

  /** From `fromMs` to `toMs`: working days of the supplier, where it has any, else days. */
  daysBetween(row: number, supplier: string, fromMs: number, toMs: number): number {
    const calendar = this.suppliers.get(supplier);
    if (calendar === undefined) return (toMs - fromMs) / DAY_MS;
    return workingDaysBetween(calendar, this.dayOf(row, fromMs), this.dayOf(row, toMs));
  }

  /**
   * Calendar days from now to the arrival of an order that is placed in `reviewDays` from now; one
   * of a day off is placed on the supplier's next working day.
   * @param workingDays lead time in the supplier's working days
   * @param reviewDays 0: placed now
   */
  arrivals(
    row: number,
    calendars: Calendars,
    when: { readonly workingDays: LeadTime; readonly reviewDays: number; readonly nowMs: number },
  ): LeadTime {
    const { workingDays, reviewDays, nowMs } = when;
    const today = this.dayOf(row, nowMs);
    const orderDay = workingDayFrom(calendars.supplier, today + Math.round(reviewDays));
    const wait = reviewDays >= 1 ? orderDay - today : reviewDays;
    const { buckets, weights } = arrivalsOf(
      workingDays,
      calendars,
      reviewDays >= 1 ? orderDay : today,
    );
    return { buckets: buckets.map((days) => Math.max(SHORTEST_DAYS, days + wait)), weights };
  }

  /** Local day of a row's location, as days since 1970-01-01. */
  dayOf(row: number, ms: number): number {
    const zone = this.options.timeZoneOf(this.table.location(row));
    const key = `${zone}/${ms}`;
    const known = this.dayAt.get(key);
    if (known !== undefined) return known;
    if (this.dayAt.size >= MOST_MOMENTS) this.dayAt.clear();
    const day = dayNumber(ms, zone);
    this.dayAt.set(key, day);
    return day;
  }

  /**
   * True: a policy that reviews every `every` buckets does so now. A review that falls on a day on
   * which the supplier takes no orders waits for its next working day.
   */
  isReview(row: number, supplier: string | undefined, ended: EndedBucket, every: number): boolean {
    const since = ended.bucket % every;
    const calendars = this.of(row, supplier);
    if (calendars === null) return since === 0;
    const today = this.dayOf(row, ended.endMs);
    if (workingDayFrom(calendars.supplier, today) !== today) return false;
    if (since === 0) return true;
    let firstDayOff = today;
    while (workingDayFrom(calendars.supplier, firstDayOff - 1) === today) firstDayOff--;
    // Only the first bucket of the day makes up for those of the days off before it.
    if (this.dayOf(row, ended.startMs) === today) return false;
    // By the middle of its bucket: a day of 23 or 25 hours on the way moves it by an hour.
    const lengthMs = ended.endMs - ended.startMs > DAY_MS / 2 ? DAY_MS : DAY_MS / 24;
    const reviewDay = this.dayOf(row, ended.endMs + (0.5 - since) * lengthMs);
    return reviewDay >= firstDayOff && reviewDay < today;
  }
}

function calendarsIn(
  texts: Readonly<Record<string, CalendarText | undefined>>,
): ReadonlyMap<string, WorkingCalendar> {
  const calendars = new Map<string, WorkingCalendar>();
  for (const [id, text] of Object.entries(texts)) {
    if (text === undefined || (text.workingDays === null && text.holidays === null)) continue;
    calendars.set(id, workingCalendar(text.workingDays, text.holidays));
  }
  return calendars;
}

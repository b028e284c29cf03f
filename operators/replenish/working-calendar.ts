// Working calendars: days on which a supplier works or a warehouse receives, and days between.
import type { LeadTime } from './lead-time.js';

const DAY_MS = 86_400_000;
const WEEK: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 3;

/** Days are numbers: days since 1970-01-01. */
export interface WorkingCalendar {
  /** Monday first; one of them at least. */
  readonly week: readonly boolean[];
  readonly holidays: ReadonlySet<number>;
}

/** Who delivers and who receives. */
export interface Calendars {
  readonly supplier: WorkingCalendar;
  readonly warehouse: WorkingCalendar;
}

export const EVERY_DAY: WorkingCalendar = { week: WEEK.map(() => true), holidays: new Set() };

/**
 * A calendar by its text.
 * @param workingDays days and ranges with commas, such as `Mon-Fri` or `Sat-Wed,Fri`; null: all
 * @param holidays dates with commas, such as `2026-12-25, 2026-12-26`; null: none
 * @throws RangeError for what is no day or no date
 */
export function workingCalendar(
  workingDays: string | null,
  holidays: string | null,
): WorkingCalendar {
  const week = WEEK.map(() => workingDays === null);
  for (const part of listed(workingDays)) {
    const [from, to = from] = part.split('-').map(weekdayOf) as [number, number?];
    // A range may go over Sunday.
    for (let day = from; ; day = (day + 1) % 7) {
      week[day] = true;
      if (day === to) break;
    }
  }
  return { week, holidays: new Set(listed(holidays).map(dayOf)) };
}

export function isWorkingDay({ week, holidays }: WorkingCalendar, day: number): boolean {
  const weekday = (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
  return week[weekday] === true && !holidays.has(day);
}

/** The day itself if it is a working day, else the next one. */
export function workingDayFrom(calendar: WorkingCalendar, day: number): number {
  let at = day;
  while (!isWorkingDay(calendar, at)) at++;
  return at;
}

/**
 * The `count`-th working day behind `day`; 0: `day`. A day off counts as the next working day: an
 * order of Saturday is one of Monday to a supplier who works from Monday to Friday.
 * @param count whole, >= 0
 * @throws RangeError when it is not
 * @example addWorkingDays(monToFri, friday, 2) // the Tuesday behind it
 */
export function addWorkingDays(calendar: WorkingCalendar, day: number, count: number): number {
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`count must be whole and >= 0, got ${count}`);
  }
  let at = workingDayFrom(calendar, day);
  for (let n = 0; n < count; n++) at = workingDayFrom(calendar, at + 1);
  return at;
}

/**
 * Working days behind `from` up to `to`, `to` among them; 0 where it is not later. What
 * `addWorkingDays` takes to come from `from` to `to`, if that is a working day.
 */
export function workingDaysBetween(calendar: WorkingCalendar, from: number, to: number): number {
  let count = 0;
  for (let day = workingDayFrom(calendar, from) + 1; day <= to; day++) {
    if (isWorkingDay(calendar, day)) count++;
  }
  return count;
}

/**
 * When an order of `orderDay` arrives: calendar days from it, with their probabilities. The
 * supplier takes so many of its working days, and hands over on one; the warehouse receives on its
 * first working day from there on. Between two whole numbers of days a lead time is either, the
 * nearer one the more.
 * @param workingDays lead time in the supplier's working days
 * @returns days >= 0, rising; all of them lead to a working day of the warehouse
 * @example
 *   arrivalsOf(leadTimeOf(2, 0), { supplier: monToFri, warehouse: EVERY_DAY }, friday)
 *   // { buckets: [4], weights: [1] }: Tuesday
 */
export function arrivalsOf(
  workingDays: LeadTime,
  { supplier, warehouse }: Calendars,
  orderDay: number,
): LeadTime {
  const [days, weights]: [number[], number[]] = [[], []];
  let handedOver = workingDayFrom(supplier, orderDay);
  wholeDays(workingDays).forEach((weight, count) => {
    if (count > 0) handedOver = workingDayFrom(supplier, handedOver + 1);
    if (weight === 0) return;
    const after = workingDayFrom(warehouse, handedOver) - orderDay;
    const last = days.length - 1;
    if (days[last] === after) {
      weights[last] = (weights[last] as number) + weight;
    } else {
      days.push(after);
      weights.push(weight);
    }
  });
  return { buckets: Float64Array.from(days), weights: Float64Array.from(weights) };
}

/** Probability of each whole number of days from 0 on. */
function wholeDays({ buckets, weights }: LeadTime): Float64Array {
  const longest = Math.ceil(buckets[buckets.length - 1] as number);
  const whole = new Float64Array(longest + 1);
  buckets.forEach((days, i) => {
    const below = Math.floor(days);
    const share = (days - below) * (weights[i] as number);
    whole[below] = (whole[below] as number) + (weights[i] as number) - share;
    if (share > 0) whole[below + 1] = (whole[below + 1] as number) + share;
  });
  return whole;
}

function listed(text: string | null): string[] {
  return text === null ? [] : text.split(',').map((part) => part.trim());
}

function weekdayOf(name: string): number {
  const weekday = WEEK.indexOf(name.trim());
  if (weekday < 0) throw new RangeError(`workingDays must name days, got '${name}'`);
  return weekday;
}

function dayOf(date: string): number {
  const ms = Date.parse(`${date}T00:00:00Z`);
  // February 30 would be March 2.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) {
    throw new RangeError(`holidays must be dates, got '${date}'`);
  }
  return ms / DAY_MS;
}

// Times: RFC 3339 texts to milliseconds and back, strict and without the local clock.

const DAY_MS = 86_400_000;
/** Most milliseconds from 1970 that a Date can hold, either way. */
const MAX_MS = 8.64e15;
/** First and last millisecond that RFC 3339 can write: years 0000 to 9999 in UTC. */
export const FIRST_MS = -62_167_219_200_000;
export const LAST_MS = 253_402_300_799_999;
const MIN_LENGTH = 'yyyy-mm-ddThh:mm:ssZ'.length;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Milliseconds since 1970 (UTC) of an RFC 3339 text with an offset or of an integer; NaN when it
 * is neither, or outside of years 0000 to 9999. Digits beyond milliseconds are cut. A leap second counts as the second after it.
 * Source: RFC 3339, section 5.6.
 */
export function parseTime(time: string | number): number {
  if (typeof time === 'number') {
    return Number.isInteger(time) ? withinYears(time) : Number.NaN;
  }
  return withinYears(parseRfc3339(time));
}

/** NaN beyond the years that can be written; calendars end not far behind them. */
function withinYears(ms: number): number {
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : Number.NaN;
}

function parseRfc3339(text: string): number {
  if (text.length < MIN_LENGTH || !separatorsFit(text)) return Number.NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const dateFits = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
  if (!(year >= 0 && dateFits && hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  const [milliseconds, end] = fraction(text);
  const offset = offsetMs(text, end);
  const ofDay = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return daysSince1970(year, month, day) * DAY_MS + ofDay - offset;
}

function separatorsFit(text: string): boolean {
  const t = text[10];
  const isT = t === 'T' || t === 't' || t === ' ';
  return isT && text[4] === '-' && text[7] === '-' && text[13] === ':' && text[16] === ':';
}

/** Milliseconds of the fraction behind the seconds, and where it ends. NaN: a dot, no digit. */
function fraction(text: string): readonly [number, number] {
  if (text[19] !== '.') return [0, 19];
  let end = 20;
  while (isDigit(text.charCodeAt(end))) end++;
  if (end === 20) return [Number.NaN, end];
  return [Number(text.slice(20, Math.min(end, 23)).padEnd(3, '0')), end];
}

function offsetMs(text: string, at: number): number {
  const sign = text[at];
  if ((sign === 'Z' || sign === 'z') && text.length === at + 1) return 0;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') {
    return Number.NaN;
  }
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === '+' ? 1 : -1) * (hours * 60 + minutes) * 60_000;
}

/** The number that `count` digits from `from` on make; NaN where one is no digit. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let i = from; i < from + count; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return Number.NaN;
    number = number * 10 + code - 48;
  }
  return number;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function daysOfMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] as number);
}

/** Days from 1970-01-01 to a date of the Gregorian calendar, by eras of 400 years. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

/** RFC 3339 in UTC with milliseconds. @throws RangeError when `ms` is no time. */
export function formatTime(ms: number): string {
  if (!(Math.abs(ms) <= MAX_MS)) throw new RangeError(`ms must be a time, got ${ms}`);
  return new Date(ms).toISOString();
}

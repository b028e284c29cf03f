// Fields of a recorded bucket as text: times and numbers, or what is wrong with them.

/** What is wrong with a field, in words that follow its text: `"x" is not a number`. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}

const DATE = /(\d{4})-(\d\d)(?:-(\d\d))?/;
const CLOCK = /[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?/;
const TIME = new RegExp(`^${DATE.source}(?:${CLOCK.source})?$`);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A time as the clock on the wall showed it, ms since 1970 as if it were UTC; an offset behind it
 * changes nothing.
 * @param text 2026-03-01, 2026-03-01T07:00, 2026-03-01 07:00:00, 2026-03-01T07:00:00+01:00, 2026-03
 * @throws FieldError
 */
export function wallTime(text: string): number {
  const parts = TIME.exec(text);
  const [year, month, day, hour, minute, second] = (parts ?? [])
    .slice(1)
    .map((part, i) => Number(part ?? (i === 2 ? 1 : 0))) as number[];
  if (parts === null || year === undefined) {
    throw new FieldError(`${quoted(text)} is no date: write 2026-03-01 or 2026-03-01T07:00`);
  }
  const ms = Date.UTC(year, (month as number) - 1, day, hour, minute, second);
  const date = new Date(ms);
  // Date.UTC takes February 30 for March 2.
  const isReal = date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  const isTime = (hour as number) < 24 && (minute as number) < 60 && (second as number) < 60;
  if (!isReal || !isTime) throw new FieldError(`${quoted(text)} is not on the calendar`);
  return ms;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** @returns NaN for an empty field. @throws FieldError */
export function numberIn(text: string, { min, max }: Range): number {
  if (text === '') return Number.NaN;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) {
    throw new FieldError(`${quoted(text)} is not a number: write it like 12.5`);
  }
  if (number >= min && number <= max) return number;
  const wanted = max === Number.POSITIVE_INFINITY ? `${min} or more` : `from ${min} to ${max}`;
  throw new FieldError(`${quoted(text)} is out of range: it must be ${wanted}`);
}

const LONGEST_SHOWN = 40;

function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

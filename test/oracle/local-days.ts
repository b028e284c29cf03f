// Local days found by asking Intl for the date of instants: slow, and nothing to do with the engine.

const formats = new Map<string, Intl.DateTimeFormat>();
const ends = new Map<string, number>();
const MINUTE = 60_000;

/** Date such as 2011-03-27 that a clock on the wall shows at `ms`. */
export function localDate(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-CA', { timeZone, ...parts });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}

/** First instant (whole minutes) at which the wall shows another date than at `ms`. */
export function endOfLocalDay(ms: number, timeZone: string): number {
  const date = localDate(ms, timeZone);
  const key = `${timeZone} ${date}`;
  const known = ends.get(key);
  if (known !== undefined) return known;
  // Dates only go forward, so the change can be found by halving.
  let same = Math.floor(ms / MINUTE);
  let other = same + 26 * 60;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (localDate(middle * MINUTE, timeZone) === date) same = middle;
    else other = middle;
  }
  ends.set(key, other * MINUTE);
  return other * MINUTE;
}

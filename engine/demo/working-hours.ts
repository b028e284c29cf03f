// When the simulated warehouse works: 07:00 to 18:00 UTC, every day but Saturday, as the shop.

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const OPENS_MS = 7 * HOUR_MS;
const CLOSES_MS = 18 * HOUR_MS;
/** 1970-01-01 was a Thursday, so Saturdays are the days number 2, 9, 16, … */
const SATURDAY = 2;

/** Number of the UTC day since 1970. */
export function dayNumber(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

export function isWorkday(day: number): boolean {
  return ((day % 7) + 7) % 7 !== SATURDAY;
}

/**
 * `ms` where it is within working hours; else the next opening, plus as much of the closed time's
 * minutes as keeps what was spread over the night spread over the first hour.
 */
export function workingTime(ms: number): number {
  const day = dayNumber(ms);
  const ofDay = ms - day * DAY_MS;
  if (isWorkday(day) && ofDay >= OPENS_MS && ofDay < CLOSES_MS) return ms;
  let next = isWorkday(day) && ofDay < OPENS_MS ? day : day + 1;
  while (!isWorkday(next)) next++;
  return next * DAY_MS + OPENS_MS + (ofDay % HOUR_MS);
}

// The calendar of a backtest: buckets by the clock on the wall, numbered; no time zones.

export const BUCKETS = ['hour', 'day', 'week', 'month'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Buckets of a season: hours and days of the week, weeks and months of the year. */
export const SEASONS: Readonly<Record<Bucket, number>> = { hour: 168, day: 7, week: 52, month: 12 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days from the Monday of its week to 1970-01-01, which was a Thursday. */
const EPOCH_DAY_OF_WEEK = 3;

/**
 * Number of the bucket that holds a time: hours or days since 1970-01-01T00:00, weeks (from
 * Monday) or months since those that held it.
 * @param wallMs a time on the wall as if it were UTC, ms since 1970
 */
export function bucketAt(wallMs: number, bucket: Bucket): number {
  switch (bucket) {
    case 'hour':
      return Math.floor(wallMs / HOUR_MS);
    case 'day':
      return Math.floor(wallMs / DAY_MS);
    case 'week':
      return Math.floor((Math.floor(wallMs / DAY_MS) + EPOCH_DAY_OF_WEEK) / 7);
    case 'month': {
      const date = new Date(wallMs);
      return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    }
  }
}

/** Start of a bucket on the wall, ms since 1970 as if it were UTC. */
export function bucketStart(number: number, bucket: Bucket): number {
  switch (bucket) {
    case 'hour':
      return number * HOUR_MS;
    case 'day':
      return number * DAY_MS;
    case 'week':
      return (number * 7 - EPOCH_DAY_OF_WEEK) * DAY_MS;
    case 'month':
      return Date.UTC(1970, number, 1);
  }
}

/** Monday 00:00 and Monday are 0 for hours and days; weeks count on in 52s; January is 0. */
export function seasonAt(number: number, bucket: Bucket): number {
  const seasons = SEASONS[bucket];
  const shift = { hour: 24 * EPOCH_DAY_OF_WEEK, day: EPOCH_DAY_OF_WEEK, week: 0, month: 0 };
  return (((number + shift[bucket]) % seasons) + seasons) % seasons;
}

/** As people write it: 2026-03-01, for hours 2026-03-01T07:00. */
export function bucketText(number: number, bucket: Bucket): string {
  const text = new Date(bucketStart(number, bucket)).toISOString();
  return text.slice(0, bucket === 'hour' ? 16 : 10);
}

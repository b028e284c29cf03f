// The calendar: local hours and days of a time zone as buckets, over daylight-saving changes.
import { Temporal } from 'temporal-polyfill';

export type BucketLength = 'hour' | 'day';

/** Seasons of a bucket length: days of the week, or hours of the week. */
export const SEASONS: Readonly<Record<BucketLength, number>> = { day: 7, hour: 168 };
/** Usual length of a bucket in days; a local day may have 23 or 25 hours and is one day. */
export const BUCKET_DAYS: Readonly<Record<BucketLength, number>> = { day: 1, hour: 1 / 24 };
/** Shortest a bucket can be (ms): a day that loses an hour, an hour that is cut to a half. */
export const SHORTEST_MS: Readonly<Record<BucketLength, number>> = {
  day: 22 * 3_600_000,
  hour: 1_800_000,
};
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;

/** Start (ms) of the local hour or day that holds `ms`. */
export function bucketStart(ms: number, zone: string, length: BucketLength): number {
  const local = at(ms, zone);
  if (length === 'day') return local.startOfDay().epochMilliseconds;
  // By the clock on the wall: an hour of which half comes twice is one hour, one cut to a half too.
  return local.round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds;
}

/** Start (ms) of the bucket behind the one that starts at `startMs`. */
export function nextBucketStart(startMs: number, zone: string, length: BucketLength): number {
  if (length === 'day') return at(startMs, zone).add({ days: 1 }).startOfDay().epochMilliseconds;
  let next = startMs;
  for (let ms = startMs + HALF_HOUR_MS; next <= startMs; ms += HALF_HOUR_MS) {
    next = bucketStart(ms, zone, length);
  }
  return next;
}

/** Day of the week (Monday 0), or hour of the week (Monday 00:00 is 0), of a bucket's start. */
export function seasonOf(startMs: number, zone: string, length: BucketLength): number {
  const local = at(startMs, zone);
  const day = local.dayOfWeek - 1;
  return length === 'day' ? day : day * 24 + local.hour;
}

/** Local day that holds `ms`, as days since 1970-01-01. */
export function dayNumber(ms: number, zone: string): number {
  const { year, month, day } = at(ms, zone);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

function at(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

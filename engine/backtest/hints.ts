// Hints: starts that look like those of a longer bucket than the one asked for.
import { type Bucket, bucketStart } from './calendar.js';
import type { RecordedRows } from './rows.js';

/** Fewer starts than this may look alike by chance. */
const LEAST_STARTS = 4;

/**
 * A word on starts that are all at midnight, all on one day of the week or all on the first of a
 * month where shorter buckets were asked for: all the buckets between them would count as zero.
 * Null: they look right.
 */
export function bucketHint(rows: RecordedRows, bucket: Bucket): string | null {
  const starts = new Set(rows.bucket.subarray(0, rows.count));
  if (starts.size < LEAST_STARTS || bucket === 'month') return null;
  const dates = [...starts].map((number) => new Date(bucketStart(number, bucket)));
  const meant = meantBucket(dates, bucket);
  if (meant === null) return null;
  return (
    `every start is that of a ${meant}: is --bucket ${meant} meant? With --bucket ${bucket} ` +
    'each bucket between two rows counts as one without demand (or see --gaps missing)'
  );
}

function meantBucket(dates: readonly Date[], bucket: Bucket): Bucket | null {
  const isMidnight = dates.every((date) => date.getUTCHours() === 0);
  if (bucket === 'week' || !isMidnight) return null;
  if (dates.every((date) => date.getUTCDate() === 1)) return 'month';
  if (dates.every((date) => date.getUTCDay() === dates[0]?.getUTCDay())) return 'week';
  return bucket === 'hour' ? 'day' : null;
}

// Numbers, times and names as people read them. Pure: no clock, no browser.

/** Stands where a figure is not known yet. */
export const unknown = '–';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact' });
const oneDecimal = new Intl.NumberFormat('en-GB', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export function count(value: number | null): string {
  return value === null ? unknown : minus(whole.format(value));
}

/** Stock units: one decimal where they are not whole and a decimal still says something. */
export function quantity(value: number | null): string {
  if (value === null) return unknown;
  return minus((Math.abs(value) < 1000 ? tenths : whole).format(value));
}

/** For places with room for five characters: 950, 12K, 1.2M. */
export function compactCount(value: number): string {
  return minus(compact.format(value));
}

export function percent(share: number | null): string {
  return share === null ? unknown : `${percentage(share)} %`;
}

/** The same without its sign, for a row of them. */
export function percentage(share: number | null): string {
  return share === null ? unknown : minus(oneDecimal.format(share * 100));
}

export function milliseconds(value: number | null): string {
  if (value === null) return unknown;
  if (value >= secondMs) return `${oneDecimal.format(value / secondMs)} s`;
  return value < 10 ? `${oneDecimal.format(value)} ms` : `${whole.format(value)} ms`;
}

export function days(value: number | null): string {
  if (value === null) return unknown;
  if (value >= 1000) return '> 999 d';
  return value < 10 ? `${tenths.format(value)} d` : `${whole.format(value)} d`;
}

/** A length of time in its largest unit: 12 s, 5 min, 3 h, 2 d. */
export function duration(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < minuteMs) return `${Math.floor(positive / secondMs)} s`;
  if (positive < hourMs) return `${Math.floor(positive / minuteMs)} min`;
  if (positive < 2 * dayMs) return `${Math.floor(positive / hourMs)} h`;
  return `${whole.format(Math.floor(positive / dayMs))} d`;
}

export function ago(ms: number): string {
  return ms < secondMs ? 'now' : `${duration(ms)} ago`;
}

/** 2011-11-28 12:50 UTC: unmistakable for people in several countries. */
export function dateTime(ms: number | null): string {
  if (ms === null) return unknown;
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

export interface BucketLabel {
  readonly bucket: 'hour' | 'day';
  readonly timeZone: string;
}

/** Name of a bucket in its location's own time. */
export function bucketName(startMs: number, { bucket, timeZone }: BucketLabel): string {
  const hour = bucket === 'hour' ? ({ hour: '2-digit', minute: '2-digit' } as const) : {};
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...hour,
  }).format(startMs);
}

/** `Berlin store (berlin)`: the name people know and the id that events carry. */
export function place(at: { readonly location: string; readonly locationName: string }): string {
  const { location, locationName } = at;
  return locationName === location ? location : `${locationName} (${location})`;
}

/** `stockout-risk` as `Stockout risk`. */
export function kindName(kind: string): string {
  const words = kind.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A true minus sign has the width of a digit; a hyphen jumps. */
function minus(text: string): string {
  return text.replace('-', '−');
}

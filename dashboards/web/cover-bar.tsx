// Days of cover against the lead time: a bar whose mark is the lead time.
import { days } from './format.js';

interface CoverProps {
  readonly daysOfCover: number | null;
  readonly leadTimeDays: number;
}

/** The bar ends at twice the lead time, so the mark stands in the middle of every row. */
export function CoverBar({ daysOfCover, leadTimeDays }: CoverProps) {
  const share =
    daysOfCover === null ? 0 : Math.min(1, Math.max(0, daysOfCover / (2 * leadTimeDays || 1)));
  return (
    <span class="cover">
      <span class="cover-text">
        <span class="number">{days(daysOfCover)}</span>
        <span class="muted"> of {days(leadTimeDays)}</span>
      </span>
      <svg class={`cover-bar ${coverTone(share)}`} aria-hidden="true" preserveAspectRatio="none">
        <rect class="cover-track" width="100%" height="6" y="2" rx="3" />
        <rect class="cover-fill" width={`${share * 100}%`} height="6" y="2" rx="3" />
        <rect class="cover-mark" x="50%" width="2" height="10" />
      </svg>
    </span>
  );
}

function coverTone(share: number): string {
  if (share < 0.25) return 'critical';
  return share < 0.5 ? 'warning' : 'good';
}

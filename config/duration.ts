// Lengths of time as people write them (250ms, 5s, 1h30m, 7d), in milliseconds.

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const pattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Milliseconds of a duration such as `1h30m`: whole numbers, each unit at most once, largest
 * first. `0` needs no unit. Null: not a duration, or too long to count in milliseconds.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const parts = pattern.exec(trimmed);
  if (trimmed === '' || parts === null) return null;
  const ms = Object.values(unitMs).reduce(
    (sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * unit,
    0,
  );
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The shortest text that `parseDuration` reads as `ms`. */
export function formatDuration(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0) {
    throw new RangeError(`ms must be a whole number >= 0, got ${ms}`);
  }
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

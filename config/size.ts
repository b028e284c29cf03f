// Amounts of bytes as people write them (64KiB, 4GiB, 500MB, 4096).

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes of a size such as `1.5GiB`; a bare number is bytes. Null: not a whole amount of bytes. */
export function parseSize(text: string): number | null {
  const parts = /^(\d[\d_]*(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const unit = units[parts?.[2]?.toLowerCase() ?? '?'];
  if (parts?.[1] === undefined || unit === undefined) return null;
  const bytes = Number(parts[1].replaceAll('_', '')) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest exact text of an amount of bytes: `4GiB`, `1536KiB`, `1000B`. */
export function formatSize(bytes: number): string {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new RangeError(`bytes must be a whole number >= 0, got ${bytes}`);
  }
  let power = 0;
  while (power < 4 && bytes > 0 && bytes % 1024 ** (power + 1) === 0) power++;
  return `${bytes / 1024 ** power}${binary[power]}`;
}

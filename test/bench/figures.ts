// Figures: samples with quantiles, medians of rounds, ratios, and tables of them as text.

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Median of some rounds, with the slowest and quickest beside it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Samples up to a limit: what comes after it is counted out, never grows memory. */
export class Samples {
  readonly #values: Float64Array;
  #count = 0;

  constructor(limit: number) {
    this.#values = new Float64Array(limit);
  }

  add(value: number): void {
    if (this.#count < this.#values.length) this.#values[this.#count++] = value;
  }

  get count(): number {
    return this.#count;
  }

  /** Nearest rank; NaN without samples. */
  quantiles(): Quantiles {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (q: number): number =>
      sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
  }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/**
 * Seconds of each round of each of several works, done in turn so that what else the machine does
 * hits all alike. Each is run once before. Ends early, with at least one round, at `limitMs`.
 */
export function timeInTurn<Name extends string>(
  works: Readonly<Record<Name, () => void>>,
  { rounds, limitMs }: { readonly rounds: number; readonly limitMs: number },
): Record<Name, Spread> & { readonly rounds: number } {
  const endMs = performance.now() + limitMs;
  const all = Object.entries(works) as [Name, () => void][];
  const seconds = new Map<Name, number[]>(all.map(([name]) => [name, []]));
  for (const [, work] of all) work();
  let round = 0;
  do {
    for (const [name, work] of all) {
      const began = performance.now();
      work();
      seconds.get(name)?.push((performance.now() - began) / 1000);
    }
    round++;
  } while (round < rounds && performance.now() < endMs);
  const spreads = [...seconds].map(([name, each]) => [name, spreadOf(each)]);
  return { ...(Object.fromEntries(spreads) as Record<Name, Spread>), rounds: round };
}

/** Amount a second of each round; the quickest round is the greatest rate. */
export function rateOf(amount: number, seconds: Spread): Spread {
  return { median: amount / seconds.median, min: amount / seconds.max, max: amount / seconds.min };
}

/** 1,234,567 or 12.3 or 0.0123: three figures are all that a measurement carries. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(Math.abs(value) < 0.1 ? 4 : digits);
}

export function showSpread({ median, min, max }: Spread): string {
  return `${show(median)} (${show(min)} … ${show(max)})`;
}

export function showQuantiles(q: Quantiles): string[] {
  return [q.p50, q.p99, q.p999, q.max].map(show);
}

/** Aligned columns: texts to the left, the rest to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, c) => Math.max(...all.map((row) => (row[c] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(head), rule, ...rows.map(line)].join('\n');
}

// A small subject for tests: a few plain forecasters with an empirical distribution.
import type { Contender, Subject, TargetDistribution } from '../../../engine/backtest/contender.js';

/** What it was taught, by row: demand bucket by bucket. */
export type Taught = readonly (readonly number[])[];

/** A forecast of all next buckets alike, made of what was taught; null: cold. */
export type Rule = (taught: readonly number[]) => number | null;

export const lastOne: Rule = (taught) => taught.at(-1) ?? null;
export const meanOfSeven: Rule = (taught) =>
  taught.length < 7 ? null : taught.slice(-7).reduce((a, b) => a + b) / 7;

export interface SampleSubject extends Subject {
  readonly taught: Taught;
}

export function sampleSubject(rows: number, rules: Readonly<Record<string, Rule>>): SampleSubject {
  const taught: number[][] = Array.from({ length: rows }, () => []);
  const contenders = Object.entries(rules).map(
    ([name, rule]): Contender => ({
      name,
      isAwaited: true,
      predict: (row, horizon, out) => {
        const units = rule(taught[row] as number[]);
        if (units !== null) out.fill(units, 0, horizon);
        return units !== null;
      },
      distribution: (row, { from, to }) => empirical(taught[row] as number[], to - from + 1),
    }),
  );
  return {
    ...{ taught, contenders, bytesPerRow: 0, network: null },
    before: () => undefined,
    learn: (row, { units }) => {
      if (!Number.isNaN(units)) taught[row]?.push(units);
    },
    apply: () => undefined,
    after: () => undefined,
    bucketDone: () => undefined,
  };
}

/** Of sums of `buckets` neighbours among the last 60. */
export function empirical(taught: readonly number[], buckets: number): TargetDistribution | null {
  const recent = taught.slice(-60);
  const sums = recent
    .slice(buckets - 1)
    .map((_, i) => recent.slice(i, i + buckets).reduce((a, b) => a + b))
    .sort((a, b) => a - b);
  if (sums.length === 0) return null;
  return {
    quantile: (p) => sums[Math.max(0, Math.ceil(p * sums.length) - 1)] as number,
    mass: (units) => ({
      below: sums.filter((sum) => sum < units).length / sums.length,
      through: sums.filter((sum) => sum <= units).length / sums.length,
    }),
  };
}

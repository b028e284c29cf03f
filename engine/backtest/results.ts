// Results: all figures of a backtest under the names of its contenders, as --json prints them.
import { DEMAND_PATTERNS, type DemandPattern } from '../../operators/demand/pattern.js';
import { bucketText } from './calendar.js';
import type { Contender, Training } from './contender.js';
import type { Stretch } from './coverage-course.js';
import { BEST_ON_FIRST_HALF } from './first-half.js';
import type { Scores } from './judge.js';
import type { Recording } from './recording.js';
import type { RunOptions, RunResult } from './run.js';
import type { Figures, Score } from './score.js';

/** By name of the contender. */
type ByName<T> = Readonly<Record<string, T>>;

export interface Quarter {
  /** First and last bucket. */
  readonly from: string;
  readonly to: string;
  readonly forecasts: number;
  readonly coverage: Readonly<Record<string, number>>;
}

export interface BacktestResults {
  readonly series: number;
  readonly buckets: number;
  readonly from: string;
  readonly to: string;
  /** Times that a series was forecast from. */
  readonly origins: number;
  /** Steps 1 … the longest horizon. */
  readonly overall: ByName<Figures>;
  readonly classes: Readonly<Record<DemandPattern, ByName<Figures>>>;
  readonly seriesOfClass: Readonly<Record<DemandPattern, number>>;
  /** Steps 1 … h, by h. */
  readonly horizons: ByName<ByName<Figures>>;
  /** The sum of the next h buckets, by h. */
  readonly leadTime: ByName<ByName<Figures>>;
  readonly secondHalf: ByName<Figures>;
  /** Series by the method that was best on their first half. */
  readonly chosenOnFirstHalf: ByName<number>;
  readonly quarters: ByName<readonly Quarter[]>;
  /** Trainings of the network; null: there was none. */
  readonly trainings: readonly Training[] | null;
  readonly microsPerUpdate: number;
  readonly bytesPerSeries: number;
}

export function resultsOf(
  { recording, subject, horizons }: RunOptions,
  { judge, patterns, firstHalf, medianMicros }: RunResult,
): BacktestResults {
  const { contenders } = subject;
  const each = <T>(value: (scores: Scores) => T): ByName<T> =>
    byName(contenders, (c) => value(judge.scores[c] as Scores));
  const byHorizon = (of: (scores: Scores, i: number) => Score) =>
    Object.fromEntries(
      horizons.map((h, i) => [String(h), each((scores) => of(scores, i).figures())]),
    );
  const last = horizons.length - 1;
  // Of a series that begins behind the end of the run nothing was seen.
  const rows = [...patterns.keys()].filter((s) => recording.end(s) > recording.first(s));
  const ofClass = (pattern: DemandPattern) =>
    each(({ steps }) => (steps[last] as Score).figures(pattern));
  return {
    series: rows.length,
    buckets: recording.buckets,
    from: bucketText(recording.firstBucket, recording.bucket),
    to: bucketText(recording.endBucket - 1, recording.bucket),
    origins: judge.origins,
    overall: each(({ steps }) => (steps[last] as Score).figures()),
    classes: byPattern(ofClass),
    seriesOfClass: byPattern((pattern) => rows.filter((row) => patterns[row] === pattern).length),
    horizons: byHorizon(({ steps }, i) => steps[i] as Score),
    leadTime: byHorizon(({ totals }, i) => totals[i] as Score),
    secondHalf: {
      ...each(({ secondHalf }) => secondHalf.figures()),
      [BEST_ON_FIRST_HALF]: judge.best.figures(),
    },
    chosenOnFirstHalf: chosen(patterns.length, (row) => contenders[firstHalf.chosen(row)]),
    quarters: each(({ course }) => course.stretches(4).map((one) => quarterOf(one, recording))),
    trainings: subject.network?.trainings ?? null,
    microsPerUpdate: medianMicros,
    bytesPerSeries: subject.bytesPerRow,
  };
}

function byName<T>(contenders: readonly Contender[], value: (c: number) => T): ByName<T> {
  return Object.fromEntries(contenders.map(({ name }, c) => [name, value(c)]));
}

function byPattern<T>(value: (pattern: DemandPattern) => T): Record<DemandPattern, T> {
  return Object.fromEntries(DEMAND_PATTERNS.map((pattern) => [pattern, value(pattern)])) as Record<
    DemandPattern,
    T
  >;
}

function chosen(rows: number, of: (row: number) => Contender | undefined): ByName<number> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < rows; row++) {
    const name = of(row)?.name;
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function quarterOf({ from, to, forecasts, coverage }: Stretch, { bucket }: Recording): Quarter {
  return { from: bucketText(from, bucket), to: bucketText(to - 1, bucket), forecasts, coverage };
}

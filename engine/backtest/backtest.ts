// The backtest: recorded sales read whole, forecast bucket by bucket, scored against what came.
import { loadSettings } from '../../config/settings.js';
import { buildRecording, type Gaps } from './build-recording.js';
import type { Bucket } from './calendar.js';
import { bucketHint } from './hints.js';
import type { InterludePlan } from './interlude-training.js';
import { RecordingError } from './problems.js';
import { readRows } from './read.js';
import type { Recording } from './recording.js';
import { type BacktestResults, resultsOf } from './results.js';
import { type RunOptions, type RunResult, runBacktest, stepOverSeasons } from './run.js';
import type { MakeSubject } from './subject.js';

/** Which part of the time is scored: all, its first three quarters, or the last one. */
export const SCORED = ['all', 'tuning', 'held-back'] as const;
export type Scored = (typeof SCORED)[number];

export interface BacktestOptions {
  readonly files: readonly string[];
  readonly bucket: Bucket;
  readonly horizons: readonly number[];
  readonly gaps: Gaps;
  readonly scored: Scored;
  /** Null: as many as the usual for the bucket. */
  readonly warmUp: number | null;
  /** Null: 1 for up to MOST_STEPS, else as few as lead to about as many. */
  readonly every: number | null;
  readonly withCarts: boolean;
  readonly withCensoring: boolean;
  /** The network forecasts, too. */
  readonly withNeural: boolean;
  /** Buckets of time from one training to the next; null: NEURAL_EVERY. */
  readonly neuralEvery: number | null;
  readonly skipBad: boolean;
  readonly withFans: boolean;
  readonly makeSubject: MakeSubject;
  readonly warn: (text: string) => void;
  readonly onRead?: (bytes: number) => void;
  readonly onProgress?: RunOptions['onProgress'];
  readonly signal?: AbortSignal;
}

export interface BacktestOutcome extends BacktestResults {
  readonly settings: {
    readonly files: readonly string[];
    readonly bucket: Bucket;
    readonly horizons: readonly number[];
    readonly gaps: Gaps;
    readonly score: Scored;
    readonly warmUp: number;
    readonly every: number;
    readonly without: readonly string[];
    /** Buckets of time from one training of the network to the next; null: there was none. */
    readonly neuralEvery: number | null;
  };
  /** Rows that --skip-bad left out. */
  readonly skippedRows: number;
}

/** What a picture needs, beside the outcome. */
export interface Backtest {
  readonly outcome: BacktestOutcome;
  readonly recording: Recording;
  readonly run: RunResult;
}

/** Buckets times longest horizon up to which a run forecasts from each bucket: minutes, not hours. */
export const MOST_STEPS = 14_000_000;
/** Share of the time that tuning may see. */
const TUNING_SHARE = 0.75;
/** Known buckets before the first score: two seasons, one where a season is a year of weeks. */
export const WARM_UP: Readonly<Record<Bucket, number>> = {
  hour: 336,
  day: 14,
  week: 52,
  month: 24,
};

/** Buckets from one training of the network to the next: four weeks, or a part of the year. */
export const NEURAL_EVERY: Readonly<Record<Bucket, number>> = {
  hour: 672,
  day: 28,
  week: 13,
  month: 6,
};

/** @throws RecordingError when the sales cannot be used as they are, or nothing can be scored */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { recording: whole, skippedRows } = await readRecording(options);
  const { firstBucket, endBucket } = whole;
  const border = firstBucket + Math.round(TUNING_SHARE * (endBucket - firstBucket));
  const recording = options.scored === 'tuning' ? whole.before(border) : whole;
  const { bucket, horizons, withCarts, withCensoring, withFans, makeSubject } = options;
  const { signal, onProgress } = options;
  const longest = horizons.at(-1) as number;
  const warmUp = options.warmUp ?? WARM_UP[bucket];
  const neuralEvery = options.withNeural ? (options.neuralEvery ?? NEURAL_EVERY[bucket]) : null;
  const neural = neuralEvery === null ? null : { ...usualTraining(), every: neuralEvery, warmUp };
  const subjectOptions = { recording, horizons, withCarts, withCensoring, neural };
  const runOptions: RunOptions = {
    ...{ recording, horizons, withCarts, withFans },
    ...{ subject: makeSubject(subjectOptions), warmUp },
    every: options.every ?? stepOverSeasons((recording.buckets * longest) / MOST_STEPS, bucket),
    scoreFrom: options.scored === 'held-back' ? border : firstBucket,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const run = await runBacktest(runOptions);
  if (run.judge.origins === 0) throw nothingScored(recording, runOptions);
  const { files, gaps, scored: score } = options;
  const { every } = runOptions;
  const without = [...(withCarts ? [] : ['carts']), ...(withCensoring ? [] : ['censoring'])];
  return {
    recording,
    run,
    outcome: {
      settings: { files, bucket, horizons, gaps, score, warmUp, every, without, neuralEvery },
      skippedRows,
      ...resultsOf(runOptions, run),
    },
  };
}

/** As engines train that are not told otherwise. */
function usualTraining(): Pick<InterludePlan, 'windows' | 'steps'> {
  const { windows, steps } = loadSettings({ env: {} }).neural;
  return { windows, steps };
}

async function readRecording(options: BacktestOptions) {
  const { files, bucket, gaps, skipBad, warn, onRead } = options;
  const reading = { files, bucket, ...(onRead === undefined ? {} : { onRead }) };
  const { rows, problems, ignored } = await readRows(reading);
  // What is wrong with the rows themselves comes before what is wrong between them.
  if (!skipBad) problems.refuse();
  const recording = buildRecording(rows, { bucket, gaps, files, problems });
  if (!skipBad) problems.refuse();
  if (problems.count > 0) {
    warn([`${problems.count} rows were left out`, ...problems.lines].join('\n'));
  }
  if (ignored.length > 0) warn(`columns that mean nothing here: ${ignored.join(', ')}`);
  const hint = bucketHint(rows, bucket);
  if (hint !== null) warn(hint);
  return { recording, skippedRows: problems.count };
}

function nothingScored(recording: Recording, { warmUp, scoreFrom }: RunOptions): RecordingError {
  let longest = 0;
  for (let s = 0; s < recording.series.length; s++) {
    longest = Math.max(longest, recording.end(s) - recording.first(s));
  }
  const part = scoreFrom > recording.firstBucket ? ' in the part of the time to be scored' : '';
  return new RecordingError(
    `nothing could be scored${part}: a series must have ${warmUp} known buckets behind it ` +
      `(--warm-up) and all forecasters must be warm; the longest series has ${longest} buckets`,
  );
}

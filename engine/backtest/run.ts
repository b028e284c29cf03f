// The run: all series in time order, each bucket forecast, then scored, then learned.
import { type DemandPattern, DemandShape } from '../../operators/demand/pattern.js';
import { type DemandBucket, emptyBucket } from '../../operators/forecast/forecaster.js';
import { NaiveScale } from '../../operators/forecast/measures.js';
import { SEASONS } from './calendar.js';
import { CART_CHANNELS, CHANNELS } from './channels.js';
import type { Subject } from './contender.js';
import { type Fan, fanOf, seriesToShow } from './fan.js';
import { FirstHalf } from './first-half.js';
import { Judge } from './judge.js';
import type { Recording } from './recording.js';
import { Stopwatch } from './stopwatch.js';

export interface RunOptions {
  readonly recording: Recording;
  readonly subject: Subject;
  /** Rising, at least one. */
  readonly horizons: readonly number[];
  /** Known buckets that a series must have behind it before it is scored. */
  readonly warmUp: number;
  /** Buckets from one origin of a series to the next, from 1. */
  readonly every: number;
  /** Origins before this bucket are not scored. */
  readonly scoreFrom: number;
  readonly withCarts: boolean;
  readonly withFans: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface RunResult {
  readonly patterns: readonly DemandPattern[];
  readonly judge: Judge;
  readonly firstHalf: FirstHalf;
  readonly fans: readonly Fan[];
  readonly medianMicros: number;
}

/** Time after which others get their turn. */
const TURN_MS = 200;

/** @throws the signal's reason when it is aborted */
export async function runBacktest(options: RunOptions): Promise<RunResult> {
  const { recording, signal, onProgress } = options;
  const run = new Run(options);
  let turnMs = performance.now();
  for (let bucket = recording.firstBucket; bucket < recording.endBucket; bucket++) {
    run.step(bucket);
    await options.subject.network?.between(signal);
    if (performance.now() - turnMs < TURN_MS) continue;
    onProgress?.(bucket - recording.firstBucket, recording.endBucket - recording.firstBucket);
    await new Promise((done) => setImmediate(done));
    signal?.throwIfAborted();
    turnMs = performance.now();
  }
  return run.result();
}

class Run {
  private readonly patterns: readonly DemandPattern[];
  private readonly scale: NaiveScale;
  private readonly known: Int32Array;
  private readonly firstHalf: FirstHalf;
  private readonly judge: Judge;
  private readonly stopwatch = new Stopwatch();
  /** Rows that have the bucket of now. */
  private readonly alive: number[] = [];
  private readonly fans: Fan[] = [];
  private readonly fanOrigins: Map<number, number>;
  private readonly bucket = emptyBucket();

  constructor(private readonly options: RunOptions) {
    const { recording, subject, horizons, warmUp } = options;
    this.patterns = recording.series.map((_, row) => patternOf(recording, row));
    this.scale = new NaiveScale(recording.series.length);
    this.known = new Int32Array(recording.series.length);
    const { contenders } = subject;
    this.firstHalf = new FirstHalf(recording, contenders);
    const { patterns, scale, firstHalf } = this;
    this.judge = new Judge({ recording, contenders, horizons, patterns, scale, firstHalf });
    const longest = horizons.at(-1) as number;
    const shown = options.withFans ? seriesToShow(recording, patterns, warmUp + longest) : [];
    this.fanOrigins = new Map(shown.map((row) => [row, recording.end(row) - longest]));
  }

  step(bucket: number): void {
    const { recording } = this.options;
    this.alive.length = 0;
    for (let row = 0; row < recording.series.length; row++) {
      if (recording.has(row, bucket)) this.alive.push(row);
    }
    for (const row of this.alive) this.forecast(row, bucket);
    if (this.alive.length === 0) return;
    const { subject } = this.options;
    for (const row of this.alive) subject.before(row, this.read(row, bucket));
    this.stopwatch.measure(this.alive.length, () => {
      for (const row of this.alive) subject.learn(row, this.read(row, bucket));
      subject.apply();
    });
    for (const row of this.alive) {
      subject.after(row);
      this.note(row, bucket);
    }
    subject.bucketDone();
  }

  result(): RunResult {
    const { patterns, judge, firstHalf, fans, stopwatch } = this;
    return { patterns, judge, firstHalf, fans, medianMicros: stopwatch.medianMicros };
  }

  private forecast(row: number, bucket: number): void {
    const { warmUp, every, scoreFrom } = this.options;
    this.firstHalf.judge(row, bucket);
    if (this.fanOrigins.get(row) === bucket) this.keepFan(row, bucket);
    // Rows take turns, so that every bucket of time is forecast from about as often.
    if ((bucket + row) % every !== 0 || bucket < scoreFrom) return;
    if ((this.known[row] as number) >= warmUp) this.judge.judge(row, bucket);
  }

  private read(row: number, bucket: number): DemandBucket {
    this.options.recording.fill(row, bucket, this.bucket);
    if (!this.options.withCarts) clearCarts(this.bucket);
    return this.bucket;
  }

  private note(row: number, bucket: number): void {
    const { recording } = this.options;
    this.scale.learn(row, recording.demand(row, bucket));
    if (!Number.isNaN(recording.units(row, bucket))) {
      this.known[row] = (this.known[row] as number) + 1;
    }
  }

  private keepFan(row: number, origin: number): void {
    const { contenders } = this.options.subject;
    const shown = contenders.find(({ name }) => name === 'ensemble') ?? contenders[0];
    const pattern = this.patterns[row] as DemandPattern;
    const horizon = this.options.horizons.at(-1) as number;
    const fan = shown === undefined ? null : fanOf(shown, { row, origin, pattern }, horizon);
    if (fan !== null) this.fans.push(fan);
  }
}

/** Least step >= `least` in which each series comes by all of its seasons. */
export function stepOverSeasons(least: number, bucket: Recording['bucket']): number {
  let step = Math.max(1, Math.ceil(least));
  while (commonDivisor(step, SEASONS[bucket]) !== 1) step++;
  return step;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** By what was in stock in the whole life of the series, as far as it is recorded. */
function patternOf(recording: Recording, row: number): DemandPattern {
  const shape = new DemandShape();
  for (let bucket = recording.first(row); bucket < recording.end(row); bucket++) {
    shape.learn(recording.demand(row, bucket));
  }
  return shape.pattern;
}

function clearCarts(bucket: DemandBucket): void {
  for (const name of CART_CHANNELS) bucket[name] = CHANNELS[name].silent;
}

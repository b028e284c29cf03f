// The judge: forecasts of all contenders from one origin, against what came.
import type { DemandPattern } from '../../operators/demand/pattern.js';
import { isFullyStocked, LEAST_SHARE } from '../../operators/forecast/cleaning.js';
import { pinballLoss } from '../../operators/forecast/distribution-measures.js';
import type { Target } from '../../operators/forecast/horizons.js';
import type { NaiveScale } from '../../operators/forecast/measures.js';
import type { Contender } from './contender.js';
import { CoverageCourse } from './coverage-course.js';
import type { FirstHalf } from './first-half.js';
import type { Recording } from './recording.js';
import { type Observation, PINBALL_LEVELS, Score } from './score.js';

/** All scores of one contender. */
export interface Scores {
  /** Steps 1 … h, a bucket each, by place of h in `horizons`. */
  readonly steps: readonly Score[];
  /** The sum of the next h buckets. */
  readonly totals: readonly Score[];
  /** Steps 1 … the longest horizon, from origins in the second half of each series. */
  readonly secondHalf: Score;
  readonly course: CoverageCourse;
}

export interface JudgeOptions {
  readonly recording: Recording;
  readonly contenders: readonly Contender[];
  /** Rising. */
  readonly horizons: readonly number[];
  readonly patterns: readonly DemandPattern[];
  readonly scale: NaiveScale;
  readonly firstHalf: FirstHalf;
}

/**
 * Looks into the recording for what came, which no contender can. All contenders are scored from
 * the same origins: those at which all that are awaited are warm. Where stock ran out, what was sold
 * is held against what had been forecast for the time with stock; distributions, of demand, are
 * judged where there was stock all the time.
 */
export class Judge {
  readonly scores: readonly Scores[];
  /** Of the contender chosen for each series on its first half. */
  readonly best: Score;
  origins = 0;
  private readonly longest: number;
  private readonly points: readonly Float64Array[];
  private readonly isWarm: boolean[];
  /** Units of each bucket ahead, and its share with stock; NaN and 0: they say nothing. */
  private readonly came: Float64Array;
  private readonly shares: Float64Array;
  private readonly seen: Observation;
  /** Targets by step, and by horizon. */
  private readonly steps: readonly Target[];
  private readonly totals: readonly Target[];

  constructor(private readonly options: JudgeOptions) {
    const { contenders, horizons, patterns, recording } = options;
    this.longest = horizons.at(-1) as number;
    this.points = contenders.map(() => new Float64Array(this.longest));
    this.isWarm = contenders.map(() => false);
    this.came = new Float64Array(this.longest);
    this.shares = new Float64Array(this.longest);
    this.steps = Array.from({ length: this.longest }, (_, i) => ({ from: i + 1, to: i + 1 }));
    this.totals = horizons.map((to) => ({ from: 1, to }));
    this.best = new Score(patterns);
    this.scores = contenders.map(() => ({
      steps: horizons.map(() => new Score(patterns)),
      totals: horizons.map(() => new Score(patterns)),
      secondHalf: new Score(patterns),
      course: new CoverageCourse(recording.firstBucket, recording.endBucket),
    }));
    this.seen = emptyObservation();
  }

  get contenders(): readonly Contender[] {
    return this.options.contenders;
  }

  /** @param origin first bucket that is forecast; all before it were learned */
  judge(row: number, origin: number): void {
    const { contenders, recording, scale } = this.options;
    for (let c = 0; c < contenders.length; c++) {
      const contender = contenders[c] as Contender;
      const points = this.points[c] as Float64Array;
      this.isWarm[c] = contender.predict(row, this.longest, points);
      if (!this.isWarm[c] && contender.isAwaited) return;
    }
    this.origins++;
    this.lookAhead(recording, row, origin);
    this.seen.row = row;
    const [absolute, squared] = [scale.absolute(row), scale.squared(row)];
    for (let c = 0; c < contenders.length; c++) {
      if (!this.isWarm[c]) continue;
      this.seen.scale = absolute;
      this.seen.squaredScale = squared;
      this.judgeSteps(c, origin);
      this.judgeTotals(c);
    }
  }

  private lookAhead(recording: Recording, row: number, origin: number): void {
    for (let h = 0; h < this.longest; h++) {
      const share = recording.has(row, origin + h) ? recording.inStockShare(row, origin + h) : 0;
      const isSaying = share >= LEAST_SHARE;
      this.came[h] = isSaying ? recording.units(row, origin + h) : Number.NaN;
      this.shares[h] = isSaying ? share : 0;
    }
  }

  private judgeSteps(c: number, origin: number): void {
    const { horizons, firstHalf } = this.options;
    const { steps, secondHalf, course } = this.scores[c] as Scores;
    const { row } = this.seen;
    const chosen = origin >= firstHalf.border(row) ? firstHalf.chosen(row) : -1;
    for (let h = 0; h < this.longest; h++) {
      const actual = this.came[h] as number;
      if (Number.isNaN(actual)) continue;
      const share = this.shares[h] as number;
      this.seen.forecast = share * ((this.points[c] as Float64Array)[h] as number);
      this.observe(c, this.steps[h] as Target, actual, isFullyStocked(share));
      for (let i = 0; i < horizons.length; i++) {
        if (h < (horizons[i] as number)) (steps[i] as Score).add(this.seen);
      }
      if (this.seen.hasDistribution) course.add(origin + h, this.seen.mass);
      if (chosen >= 0) secondHalf.add(this.seen);
      if (chosen === c) this.best.add(this.seen);
    }
  }

  /** A total that holds a bucket of unknown demand is not known either. */
  private judgeTotals(c: number): void {
    const { horizons } = this.options;
    const { totals } = this.scores[c] as Scores;
    const { scale, squaredScale } = this.seen;
    let [forecast, actual, h] = [0, 0, 0];
    let isAll = true;
    for (let i = 0; i < horizons.length; i++) {
      const buckets = horizons[i] as number;
      for (; h < buckets; h++) {
        const share = this.shares[h] as number;
        forecast += share * ((this.points[c] as Float64Array)[h] as number);
        actual += this.came[h] as number;
        isAll &&= isFullyStocked(share);
      }
      if (Number.isNaN(actual)) return;
      this.seen.scale = scale * buckets;
      this.seen.squaredScale = squaredScale * buckets * buckets;
      this.seen.forecast = forecast;
      this.observe(c, this.totals[i] as Target, actual, isAll);
      (totals[i] as Score).add(this.seen);
    }
  }

  private observe(c: number, target: Target, actual: number, isAll: boolean): void {
    const { seen } = this;
    seen.actual = actual;
    const contender = this.options.contenders[c] as Contender;
    const distribution = isAll ? contender.distribution(seen.row, target, seen.forecast) : null;
    seen.hasDistribution = distribution !== null;
    if (distribution === null) return;
    seen.mass = distribution.mass(actual);
    for (let i = 0; i < PINBALL_LEVELS.length; i++) {
      const level = PINBALL_LEVELS[i] as number;
      seen.losses[i] = pinballLoss(level, distribution.quantile(level), actual);
    }
  }
}

function emptyObservation(): Observation {
  return {
    ...{ row: 0, forecast: 0, actual: 0, scale: 0, squaredScale: 0 },
    ...{ hasDistribution: false, losses: new Float64Array(PINBALL_LEVELS.length) },
    mass: { below: 0, through: 0 },
  };
}

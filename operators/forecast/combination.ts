// The combination: the experts' forecasts of a row, each with its weight in the ensemble's.
import type { Ensemble } from './ensemble.js';
import type { OnlineForecaster } from './forecaster.js';
import type { Predictor } from './outlook.js';

/** Furthest that can be predicted, in buckets. */
export const MOST_HORIZON = 400;

/** Writes the forecast of each expert for a row's next bucket; NaN: asleep. */
export type AskNext = (row: number, out: Float64Array) => void;

/** What an expert had to say of a row's next bucket. */
export interface Opinion {
  readonly expert: string;
  /** Units; NaN: asleep. */
  readonly forecast: number;
  /** Share of it in the ensemble's forecast of the next bucket, 0-1. */
  readonly weight: number;
  /** The same for buckets further ahead. */
  readonly weightAhead: number;
}

/**
 * forecast(h) = sum of weight(i, h) forecast(i, h) over the experts that are awake. Weights go from
 * those of the next bucket to those further ahead, evenly on the scale of log buckets.
 */
export class Combination implements Predictor {
  /** Of each expert for the next bucket, as last asked; NaN: asleep. */
  readonly firsts: Float64Array;
  private readonly paths: readonly Float64Array[];
  private readonly near: Float64Array;
  private readonly far: Float64Array;
  /** Row that was asked last, and how far ahead; -1: none. */
  private asked = -1;
  private askedHorizon = 0;
  private awake = 0;
  /** `near` has the weights of the row that was asked last. */
  private isWeighed = false;
  /** How far ahead a bucket is: 0 the next … 1 as far as is judged, or further. */
  private readonly distances: Float64Array;

  /**
   * @param judgedAhead buckets ahead at which experts are judged, 2 or more
   * @param next writes what each expert expects of a row's next bucket; NaN: asleep
   */
  constructor(
    private readonly experts: readonly OnlineForecaster[],
    private readonly ensemble: Ensemble,
    judgedAhead: number,
    private readonly next: AskNext = oneByOne(experts),
  ) {
    this.firsts = new Float64Array(experts.length);
    this.paths = experts.map(() => new Float64Array(MOST_HORIZON));
    this.near = new Float64Array(experts.length);
    this.far = new Float64Array(experts.length);
    this.distances = Float64Array.from({ length: MOST_HORIZON }, (_, h) =>
      Math.min(1, Math.log(h + 1) / Math.log(judgedAhead)),
    );
  }

  /** Asks all experts, where they were not just asked the same; false: all are asleep. */
  ask(row: number, horizon: number): boolean {
    if (row === this.asked && horizon <= this.askedHorizon) return this.awake > 0;
    const { firsts } = this;
    if (horizon > 1) this.askPaths(row, horizon);
    else this.next(row, firsts);
    let awake = 0;
    for (let i = 0; i < firsts.length; i++) if (!Number.isNaN(firsts[i] as number)) awake++;
    this.asked = row;
    this.askedHorizon = horizon;
    this.awake = awake;
    this.isWeighed = false;
    return awake > 0;
  }

  private askPaths(row: number, horizon: number): void {
    for (let i = 0; i < this.experts.length; i++) {
      const path = this.paths[i] as Float64Array;
      const isAwake = (this.experts[i] as OnlineForecaster).predict(row, horizon, path);
      this.firsts[i] = isAwake ? (path[0] as number) : Number.NaN;
    }
  }

  /** Experts would answer otherwise now. */
  forget(): void {
    this.asked = -1;
  }

  /** As last asked, expert `i`'s forecast of bucket `h` + 1 ahead, h >= 1; NaN: asleep. */
  forecast(i: number, h: number): number {
    const isAsleep = Number.isNaN(this.firsts[i] as number);
    return isAsleep ? Number.NaN : ((this.paths[i] as Float64Array)[h] as number);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    if (!this.ask(row, 1)) return false;
    this.weigh(row, horizon > 1);
    out[0] = this.nextUnits();
    if (horizon > 1) this.predictAhead(row, horizon, out);
    return true;
  }

  /** Who has no weight need not be asked further: what is not used would cost the most. */
  private predictAhead(row: number, horizon: number, out: Float64Array): void {
    // Paths will not be all of one length; what was said of the next bucket still holds.
    this.askedHorizon = 1;
    for (let h = 1; h < horizon; h++) out[h] = 0;
    for (let i = 0; i < this.experts.length; i++) {
      if ((this.near[i] as number) === 0 && (this.far[i] as number) === 0) continue;
      (this.experts[i] as OnlineForecaster).predict(row, horizon, this.paths[i] as Float64Array);
      this.addPath(i, horizon, out);
    }
  }

  /** Number of the expert that has most weight for the row's next bucket; -1: all are asleep. */
  leader(row: number): number {
    if (!this.ask(row, 1)) return -1;
    this.weigh(row, false);
    let leader = 0;
    for (let i = 1; i < this.near.length; i++) {
      if ((this.near[i] as number) > (this.near[leader] as number)) leader = i;
    }
    return leader;
  }

  /** Of each expert, in their order. */
  opinions(row: number): Opinion[] {
    this.ask(row, 1);
    this.weigh(row, true);
    return this.experts.map(({ name }, i) => ({
      expert: name,
      forecast: this.firsts[i] as number,
      weight: this.near[i] as number,
      weightAhead: this.far[i] as number,
    }));
  }

  private nextUnits(): number {
    let units = 0;
    for (let i = 0; i < this.near.length; i++) {
      const weight = this.near[i] as number;
      if (weight > 0) units += weight * (this.firsts[i] as number);
    }
    return units;
  }

  /** Of the row that was asked last. */
  private weigh(row: number, isAhead: boolean): void {
    if (!this.isWeighed) this.ensemble.weigh(row, this.firsts, false, this.near);
    this.isWeighed = true;
    if (isAhead) this.ensemble.weigh(row, this.firsts, true, this.far);
  }

  private addPath(i: number, horizon: number, out: Float64Array): void {
    const path = this.paths[i] as Float64Array;
    const near = this.near[i] as number;
    const change = (this.far[i] as number) - near;
    for (let h = 1; h < horizon; h++) {
      const weight = near + (this.distances[h] as number) * change;
      out[h] = (out[h] as number) + weight * (path[h] as number);
    }
  }
}

function oneByOne(experts: readonly OnlineForecaster[]): AskNext {
  const one = new Float64Array(1);
  return (row, out) => {
    experts.forEach((expert, i) => {
      out[i] = expert.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    });
  };
}

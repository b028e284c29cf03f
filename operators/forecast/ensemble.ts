// The ensemble: experts weighed by how well each has done of late, for the row and for all rows.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { decayed } from './decayed.js';
import { deviance, devianceOf } from './deviance.js';
import { KEPT, SharedLosses } from './shared-losses.js';

/** Learning rate: how much a lead of one mean loss weighs. */
const ETA = 1;
/** Weight of what all rows have lost, beside the row's own losses, where there are many. */
const SHARED = 10;
/** Rows a bucket with which it weighs half of that. */
const FEW_ROWS = 20;
/** Part of it that is judged further ahead, where that is asked for. */
const AHEAD = 0.65;
/** A loss counts this much at most, in mean losses: one outlier does not decide. */
const MOST_LOSS = 10;
const SCALE_GAIN = 0.03;
/** Losses are kept in steps of 1/256. */
const STEPS = 256;
const STEP = 1 / STEPS;
/** Behind the best by this many losses an expert has no weight: e^-16. */
const HOPELESS = 16;
const MOST_JUDGED = 255;
/** Least scales: where all are right, rounding decides nothing. */
const LEAST_SCALE = 1e-6;

/**
 * Exponentially weighted experts with forgetting. With d(i) the deviance and e(i) the error of
 * expert i's forecast, a(r) and b(r) the means of the ensemble's own deviance and |error|,
 *   loss(i) = (min(10, d(i) / a(r)) + min(10, |e(i)| / b(r))) / 2,
 *   L'(r, i) = .95 L(r, i) + loss(i),   G'(i) = .95 G(i) + mean of loss(i) over all rows,
 *   weight(r, i) = exp(-eta (L(r, i) + 10 N / (N + 20) G(i))) / sum over the experts awake,
 * N the rows of a bucket.
 * The deviance asks for the mean, the absolute error bears outliers. An expert that is asleep
 * loses what the ensemble loses, so it wakes up with an even chance. G is the prior of a row that
 * has shown little: what holds for thousands of rows tells more than one row's noise. Forgetting
 * makes the weights follow a change. Further ahead most of G is the loss at that distance: what
 * is best tomorrow need not be best in a week. 2 bytes an expert and 9 a row.
 * Sources: Freund & Schapire, *A decision-theoretic generalization of on-line learning*, 1997
 * (Hedge); Herbster & Warmuth, *Tracking the best expert*, 1998 (forgetting); Gaillard, Stoltz &
 * van Erven, *A second-order bound with excess losses*, COLT 2014 (experts that sleep).
 */
export class Ensemble implements Stateful {
  /** In steps of 1/256, up to 255. */
  private readonly losses: Column<Uint16Array>;
  private readonly devianceScale: Column<Float32Array>;
  private readonly errorScale: Column<Float32Array>;
  private readonly judged: Column<Uint8Array>;
  private readonly next: SharedLosses;
  private readonly ahead: SharedLosses;
  /** What each expert's losses over all rows weigh, for the next bucket and further ahead. */
  private readonly priors: { readonly next: Float64Array; readonly ahead: Float64Array };
  private readonly scratch: Float64Array;

  constructor(
    table: Table,
    private readonly experts: number,
  ) {
    const columns = table.columns('ensemble');
    this.losses = columns.uint16('losses', experts);
    this.devianceScale = columns.float32('devianceScale');
    this.errorScale = columns.float32('errorScale');
    this.judged = columns.uint8('judged');
    this.next = new SharedLosses(experts);
    this.ahead = new SharedLosses(experts);
    this.priors = { next: new Float64Array(experts), ahead: new Float64Array(experts) };
    this.scratch = new Float64Array(experts);
  }

  /**
   * Writes the weights of the row's experts, which add up to 1; 0 for one that is asleep.
   * @param forecasts of the experts; NaN: asleep. All asleep: all weights are 0.
   * @param isAhead weights for buckets as far ahead as is judged, or further; else for the next
   */
  weigh(row: number, forecasts: Float64Array, isAhead: boolean, out: Float64Array): void {
    const { experts } = this;
    const at = row * experts;
    const shared = isAhead ? this.priors.ahead : this.priors.next;
    const { values } = this.losses;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < experts; i++) {
      const isAsleep = Number.isNaN(forecasts[i] as number);
      const loss = (values[at + i] as number) * STEP + (shared[i] as number);
      out[i] = isAsleep ? Number.POSITIVE_INFINITY : loss;
      if (!isAsleep && loss < least) least = loss;
    }
    let sum = 0;
    for (let i = 0; i < experts; i++) {
      const behind = (out[i] as number) - least;
      const weight = behind <= HOPELESS ? decayed(ETA * behind) : 0;
      out[i] = weight;
      sum += weight;
    }
    if (sum > 0) for (let i = 0; i < experts; i++) out[i] = (out[i] as number) / sum;
  }

  /**
   * What came, against what the experts and the ensemble had forecast for it.
   * @param forecasts of the experts; NaN: asleep
   * @param combined forecast of the ensemble
   */
  judge(row: number, units: number, forecasts: Float64Array, combined: number): void {
    const { experts, scratch } = this;
    this.learnScales(row, units, combined);
    this.lossesOf(row, units, forecasts, this.loss(row, units, combined));
    const { values } = this.losses;
    const at = row * experts;
    for (let i = 0; i < experts; i++) {
      // Losses add up to 10 / (1 - .95) = 200 at most. Half a step up, so that they round.
      values[at + i] = KEPT * (values[at + i] as number) + STEPS * (scratch[i] as number) + 0.5;
    }
    this.next.add(scratch);
  }

  /** The same for forecasts that were made as far ahead as is judged; of all rows alone. */
  judgeAhead(row: number, units: number, forecasts: Float32Array): void {
    let sum = 0;
    let awake = 0;
    for (const forecast of forecasts) {
      if (Number.isNaN(forecast)) continue;
      sum += this.loss(row, units, forecast);
      awake++;
    }
    if (awake === 0) return;
    this.lossesOf(row, units, forecasts, sum / awake);
    this.ahead.add(this.scratch);
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.next.apply();
    this.ahead.apply();
    this.setPriors();
  }

  save(out: StateWriter): void {
    const { next, ahead } = this;
    out.put('ensemble.shared', Float64Array.of(next.usualRows, ...next.sums, ...ahead.sums));
  }

  load(from: StateReader): void {
    const sums = from.float64('ensemble.shared');
    this.next.usualRows = sums[0] as number;
    this.next.sums.set(sums.subarray(1, 1 + this.experts));
    this.ahead.sums.set(sums.subarray(1 + this.experts));
    this.setPriors();
  }

  private setPriors(): void {
    const weight = (SHARED * this.next.usualRows) / (this.next.usualRows + FEW_ROWS);
    for (let i = 0; i < this.experts; i++) {
      const next = this.next.sums[i] as number;
      const ahead = this.ahead.sums[i] as number;
      this.priors.next[i] = weight * next;
      this.priors.ahead[i] = weight * (next + AHEAD * (ahead - next));
    }
  }

  private lossesOf(row: number, units: number, forecasts: ArrayLike<number>, asleep: number): void {
    const { scratch } = this;
    const perDeviance = 1 / Math.max(LEAST_SCALE, this.devianceScale.values[row] as number);
    const perError = 1 / Math.max(LEAST_SCALE, this.errorScale.values[row] as number);
    const root = Math.sqrt(units);
    for (let i = 0; i < scratch.length; i++) {
      const forecast = forecasts[i] as number;
      const byDeviance = devianceOf(units, root, forecast) * perDeviance;
      const byError = Math.abs(units - forecast) * perError;
      const loss = 0.5 * (Math.min(MOST_LOSS, byDeviance) + Math.min(MOST_LOSS, byError));
      scratch[i] = Number.isNaN(forecast) ? asleep : loss;
    }
  }

  private loss(row: number, units: number, forecast: number): number {
    const perDeviance = 1 / Math.max(LEAST_SCALE, this.devianceScale.values[row] as number);
    const perError = 1 / Math.max(LEAST_SCALE, this.errorScale.values[row] as number);
    const byDeviance = deviance(units, forecast) * perDeviance;
    const byError = Math.abs(units - forecast) * perError;
    return 0.5 * (Math.min(MOST_LOSS, byDeviance) + Math.min(MOST_LOSS, byError));
  }

  private learnScales(row: number, units: number, combined: number): void {
    const n = this.judged.values[row] as number;
    const gain = Math.max(SCALE_GAIN, 1 / (n + 1));
    follow(this.devianceScale.values, row, deviance(units, combined), gain);
    follow(this.errorScale.values, row, Math.abs(units - combined), gain);
    if (n < MOST_JUDGED) this.judged.values[row] = n + 1;
  }
}

function follow(values: Float32Array, row: number, value: number, gain: number): void {
  const before = values[row] as number;
  values[row] = before + gain * (value - before);
}

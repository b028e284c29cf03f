// The neural forecaster: one network for all rows; its state advances as each bucket closes.
import type { Column } from '../../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../../stream/state.js';
import type { Table } from '../../stream/table.js';
import type { Course } from '../course.js';
import type { DemandBucket, OnlineForecaster } from '../forecaster.js';
import { Recent } from '../recent.js';
import { Strip } from '../strip.js';
import { writeStep, writeTarget } from './features.js';
import { Gru } from './gru.js';
import { FIRST_CUT } from './lessons.js';
import { decodeModel, encodeModel, isModel, type Model } from './model.js';
import { Path } from './path.js';
import { HIDDEN, OUTPUTS, shapeOf } from './shape.js';

/** Known buckets that a row must have: the fewest that a network is asked after in training. */
export const WARM_BUCKETS = FIRST_CUT + 1;

const NOBODY = -1;

/**
 * A recurrent network (see `Gru`) that looks at units against the row's own mean, calendar, price,
 * promotion, carts and stock. A closed bucket is one step of it, O(1). A row sleeps when there is a
 * new model until `refresh` has made its state from its last 28 buckets and it has learned one. It predicts the mean; `quantiles` has the rest.
 * Buckets of unknown units only let time pass: the state stays what it was.
 * Cold without a model, and before 7 known buckets. 32 numbers a row, and those of `Recent`.
 */
export class Neural implements OnlineForecaster, Stateful {
  readonly name = 'neural';
  readonly recent: Recent;
  /** Of the model in use; '' without one. */
  version = '';
  private readonly hidden: Column<Float32Array>;
  /**
   * Number of the model that the row's hidden state is of; 0: none. Below 0 until the row has learned
   * a bucket with it: a forecast changes when its row learns, and not in between.
   */
  private readonly madeBy: Column<Int32Array>;
  private gru: Gru | null = null;
  /** Models that were used so far. */
  private models = 0;
  /** Rows before this one have been refreshed. */
  private refreshed = 0;
  private readonly shape;
  private readonly strip = new Strip();
  private readonly inputs: Float32Array;
  private readonly target: Float32Array;
  private readonly answer = new Float64Array(OUTPUTS);
  private readonly path: Path;
  /** Row that network, strip and path have before them, as it is now. */
  private looked = NOBODY;

  constructor(
    private readonly table: Table,
    { seasons }: Pick<Course, 'seasons'>,
  ) {
    this.shape = shapeOf(seasons);
    this.recent = new Recent(table);
    const columns = table.columns('neural', { mayLack: true });
    this.hidden = columns.float32('hidden', HIDDEN);
    this.madeBy = columns.int32('madeBy');
    this.inputs = new Float32Array(this.shape.inputs);
    this.target = new Float32Array(this.shape.targetInputs);
    this.path = new Path(this.shape, this.strip);
  }

  /** The model in use; null: none. */
  get model(): Model | null {
    return this.gru === null ? null : { shape: this.shape, weights: this.gru.weights };
  }

  /** Models that were put in force so far, since the state began. */
  get used(): number {
    return this.models;
  }

  /** Buckets of a season. */
  get seasons(): number {
    return this.shape.seasons;
  }

  /** Why a model cannot be used here; null: it can. */
  refusal({ shape }: Model): string | null {
    const { seasons } = this.shape;
    if (shape.seasons === seasons) return null;
    return `the model has seasons of ${shape.seasons} buckets, demand.bucket makes them ${seasons}`;
  }

  /**
   * From now on this model predicts.
   * @throws RangeError when it is of other seasons
   */
  use(model: Model, version: string): void {
    const refusal = this.refusal(model);
    if (refusal !== null) throw new RangeError(refusal);
    this.gru = new Gru(this.shape, model.weights);
    this.looked = NOBODY;
    this.version = version;
    this.models++;
    this.refreshed = 0;
  }

  learn(row: number, bucket: DemandBucket): void {
    this.looked = NOBODY;
    const isKnown = this.recent.push(row, bucket);
    if (this.gru === null || !isKnown) return;
    const madeBy = this.madeBy.values[row] as number;
    const isFirst = this.recent.known(row) === 1;
    // Not its turn yet: it sleeps on, and its buckets are kept until then.
    if (Math.abs(madeBy) !== this.models && !isFirst) return;
    if (isFirst) this.hidden.values.fill(0, row * HIDDEN, (row + 1) * HIDDEN);
    this.madeBy.values[row] = this.models;
    this.recent.readNewest(row, this.strip);
    writeStep(this.shape, this.strip, this.strip.length - 1, this.inputs);
    this.gru.step(this.inputs, this.hidden.values, row * HIDDEN);
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    const scale = this.look(row);
    if (Number.isNaN(scale)) return false;
    const gru = this.gru as Gru;
    for (let h = 0; h < horizon; h++) out[h] = this.path.mean(gru, h + 1) * scale;
    return true;
  }

  /**
   * Units that the bucket `step` >= 1 ahead stays below with the chance of each of
   * `QUANTILE_LEVELS`, to `out[0 …]`; they never fall. False while cold.
   */
  quantiles(row: number, step: number, out: Float64Array): boolean {
    const scale = this.look(row);
    if (Number.isNaN(scale)) return false;
    this.ask(row, step);
    for (let k = 1; k < OUTPUTS; k++) out[k - 1] = (this.answer[k] as number) * scale;
    return true;
  }

  /** Rows whose state a new model has still to make. */
  get stale(): number {
    return this.gru === null ? 0 : this.table.rows - this.refreshed;
  }

  /**
   * Makes the states of up to `rows` further rows with a new model, 28 steps a row: a bucket's end
   * need not make them all at once.
   */
  refresh(rows: number): void {
    if (this.gru === null) return;
    this.looked = NOBODY;
    const end = Math.min(this.table.rows, this.refreshed + rows);
    for (; this.refreshed < end; this.refreshed++) {
      if (Math.abs(this.madeBy.values[this.refreshed] as number) === this.models) continue;
      this.recent.read(this.refreshed, this.strip);
      this.renew(this.gru, this.refreshed);
    }
  }

  save(out: StateWriter): void {
    const { model } = this;
    out.put('neural.model', model === null ? new Uint8Array(0) : encodeModel(model));
    out.put('neural.version', [this.version]);
    out.put('neural.counts', Float64Array.of(this.models, this.refreshed));
  }

  /** @throws RangeError when the saved model is of other seasons */
  load(from: StateReader): void {
    this.looked = NOBODY;
    // Saved where no network was in use: it begins here.
    if (!from.has('neural.counts')) return;
    const counts = from.float64('neural.counts');
    const bytes = from.uint8('neural.model');
    if (bytes.length > 0) {
      const model = decodeModel(bytes);
      if (!isModel(model)) throw new RangeError(`the saved model is none: ${model.refused}`);
      this.use(model, from.texts('neural.version')[0] as string);
    }
    this.models = counts[0] as number;
    this.refreshed = counts[1] as number;
  }

  /** The row's state as the network makes it of the strip. */
  private renew(gru: Gru, row: number): void {
    const { values } = this.hidden;
    this.run(gru, values, row * HIDDEN);
    this.madeBy.values[row] = -this.models;
  }

  private run(gru: Gru, hidden: Float32Array, at: number): void {
    hidden.fill(0, at, at + HIDDEN);
    for (let b = 0; b < this.strip.length; b++) {
      writeStep(this.shape, this.strip, b, this.inputs);
      gru.step(this.inputs, hidden, at);
    }
  }

  /** Makes ready to be asked of the row; its scale, NaN while cold. Changes no state. */
  private look(row: number): number {
    const { gru } = this;
    if (gru === null || this.recent.known(row) < WARM_BUCKETS) return Number.NaN;
    if (this.madeBy.values[row] !== this.models) return Number.NaN;
    if (this.looked === row) return this.recent.scale(row);
    this.recent.readNewest(row, this.strip);
    gru.look(this.hidden.values, row * HIDDEN);
    this.looked = row;
    this.path.begin(this.recent.lastSeason(row));
    return this.recent.scale(row);
  }

  private ask(row: number, step: number): void {
    const season = (this.recent.lastSeason(row) + step) % this.shape.seasons;
    const target = { b: this.strip.length - 1, step, season };
    writeTarget(this.shape, this.strip, target, this.target);
    this.gru?.predict(this.target, this.answer);
  }
}

// The network of a backtest: trained between two buckets, on what has been seen up to then.
import { decodeModel, encodeModel, isModel } from '../../operators/forecast/neural/model.js';
import { Neural } from '../../operators/forecast/neural/neural.js';
import { HELD_BACK, isBetter } from '../../operators/forecast/neural/score.js';
import type { Table } from '../../operators/stream/table.js';
import { versionOf } from '../neural/model-event.js';
import { FEWEST_WINDOWS } from '../neural/training-rows.js';
import { WindowCuts } from '../neural/window-cuts.js';
import { train } from '../workers/trainer.js';
import type { Trained } from '../workers/trainer-protocol.js';
import type { SubjectNetwork, Training } from './contender.js';

export interface InterludePlan {
  /** Buckets of time before the first training, and from one to the next. */
  readonly warmUp: number;
  readonly every: number;
  /** As settings `neural.windows` and `neural.steps`. */
  readonly windows: number;
  readonly steps: number;
}

/** The same for every backtest, so that it can be had again. */
const SEED = 1;

/**
 * Trains as the engine does and promotes by its rule, but stops the clock meanwhile: the forecasts
 * of a bucket never depend on how fast the machine is. Like an engine that has trained all along,
 * it learns from windows of all the time so far, cut every `HELD_BACK` buckets; the newest cut
 * judges.
 */
export class InterludeTraining implements SubjectNetwork {
  readonly neural: Neural;
  readonly trainings: Training[] = [];
  private readonly cuts: WindowCuts;
  /** Buckets of time that have been seen. */
  private seen = 0;
  private cutDue = 0;
  private trainingDue: number;
  /** Rows that have learned the bucket of now. */
  private readonly isLive: Uint8Array;
  /** What the last training made, better or not: the next one goes on from there. */
  private last: Uint8Array | null = null;

  /** @param table with a row for each series */
  constructor(
    private readonly table: Table,
    seasons: number,
    private readonly plan: InterludePlan,
  ) {
    this.neural = new Neural(table, { seasons });
    this.cuts = new WindowCuts({ most: plan.windows, seed: SEED });
    this.trainingDue = plan.warmUp;
    this.isLive = new Uint8Array(table.rows);
  }

  /** The row has learned its bucket. */
  learned(row: number): void {
    this.isLive[row] = 1;
  }

  async between(signal?: AbortSignal): Promise<void> {
    this.seen++;
    if (this.seen >= this.cutDue && this.cut()) this.cutDue = this.seen + HELD_BACK;
    this.isLive.fill(0);
    if (this.seen < this.trainingDue || this.cuts.count < FEWEST_WINDOWS) return;
    this.trainingDue = this.seen + this.plan.every;
    await this.train(signal);
  }

  /** A series that has ended has nothing new to be judged by. */
  private cut(): boolean {
    return this.cuts.cut(this.neural.recent, this.table.rows, (row) => this.isLive[row] === 1);
  }

  private async train(signal: AbortSignal | undefined): Promise<void> {
    const { neural } = this;
    const { windows, judged } = this.cuts.parts();
    const { count } = windows;
    const present = neural.model === null ? null : encodeModel(neural.model);
    const trained = await train(
      {
        ...{ windows, judged, present, seasons: neural.seasons, start: this.last ?? present },
        ...{ steps: this.plan.steps, cpuShare: 1, seed: SEED + this.trainings.length },
      },
      signal,
    );
    this.last = trained.model;
    const { scores, backend } = trained;
    const isPromoted = isBetter(scores);
    if (isPromoted) this.use(trained);
    this.trainings.push({ seen: this.seen, windows: count, isPromoted, scores, backend });
  }

  /** All rows are taken over at once: here nobody waits for it. */
  private use({ model: bytes }: Trained): void {
    const model = decodeModel(bytes);
    if (!isModel(model)) throw new Error(`the trained model is none: ${model.refused}`);
    this.neural.use(model, versionOf(bytes));
    this.neural.refresh(this.table.rows);
  }
}

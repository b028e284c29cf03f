// When the network is trained, and what becomes of it: published as an event if it is better.
import type { Settings } from '../../config/settings.js';
import type { ResultPublisher } from '../../connectors/nats/publisher.js';
import type { Meters } from '../../connectors/prometheus.js';
import { encodeModel } from '../../operators/forecast/neural/model.js';
import type { Neural } from '../../operators/forecast/neural/neural.js';
import { isBetter, type Scores } from '../../operators/forecast/neural/score.js';
import type { Core } from '../core.js';
import type { Logger } from '../log.js';
import { train } from '../workers/trainer.js';
import type { Trained } from '../workers/trainer-protocol.js';
import type { ModelCopies } from './model-copies.js';
import { MODEL_SUBJECT, modelEvent, versionOf } from './model-event.js';
import { FEWEST_WINDOWS, trainingRows } from './training-rows.js';

export interface TrainingRunsOptions {
  readonly settings: Settings['neural'];
  /** Into the stream that events are read from. */
  readonly publisher: Pick<ResultPublisher, 'write'>;
  /** Null: no copies are made. Asked for when there is something to copy. */
  readonly copies: (() => Promise<ModelCopies>) | null;
  readonly meters: Pick<Meters, 'trainings' | 'trainingSeconds' | 'trainingScore'>;
  readonly log: Logger;
}

/** Where there were too few, they are counted again after this part of `neural.every`. */
const LOOK_AGAIN = 1 / 24;

/**
 * A training is no part of the replay: it may take as long as it does, or never end. Its model is,
 * from the position at which the log has it: the engine that trained it reads it from there too.
 */
export class TrainingRuns {
  readonly #options: TrainingRunsOptions;
  readonly #stop = new AbortController();
  /** Stream time of the next one (ms). */
  #dueAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;
  /** What the last training made, better or not: the next one goes on from there. */
  #last: Uint8Array | null = null;

  constructor(options: TrainingRunsOptions) {
    this.#options = options;
  }

  /** With the state that the engine goes on from: one with a model was trained not long ago. */
  begin({ neural, clock }: Core): void {
    const hasModel = neural !== null && neural.version !== '';
    if (hasModel) this.#dueAtMs = clock.streamTimeMs + this.#options.settings.every;
  }

  /** Between two batches: begins a training when it is time for one. */
  offer(core: Core): void {
    const { neural } = core;
    const { settings } = this.#options;
    if (neural === null || !settings.train || this.#running !== null) return;
    const nowMs = core.clock.streamTimeMs;
    if (nowMs < this.#dueAtMs || this.#stop.signal.aborted) return;
    const seed = core.lastMessage.mark?.position ?? 0;
    const rows = trainingRows(neural.recent, core.table.rows, { most: settings.windows, seed });
    const isEnough = rows.length >= FEWEST_WINDOWS;
    this.#dueAtMs = nowMs + settings.every * (isEnough ? 1 : LOOK_AGAIN);
    if (!isEnough) return;
    this.#running = this.#run(core, neural, { rows, seed }).finally(() => {
      this.#running = null;
    });
  }

  /** Ends a training under way. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#running;
  }

  async #run(
    core: Core,
    neural: Neural,
    { rows, seed }: { readonly rows: Int32Array; readonly seed: number },
  ): Promise<void> {
    const { settings, meters, log } = this.#options;
    const { signal } = this.#stop;
    try {
      const present = neural.model === null ? null : encodeModel(neural.model);
      const windows = neural.recent.cut(rows);
      const { steps, cpuShare } = settings;
      const start = this.#last ?? present;
      const { seasons } = neural;
      const judged = null;
      const task = { windows, judged, seasons, start, present, steps, cpuShare, seed };
      const trained = await train(task, signal);
      this.#last = trained.model;
      this.#measure(trained);
      const better = isBetter(trained.scores);
      if (better) await this.#publish(trained, core.clock.streamTimeMs);
      meters.trainings(better ? 'promoted' : 'kept');
      log.info(
        { ...facts(trained), windows: rows.length, version: versionOf(trained.model) },
        better ? 'a network was trained and goes into the log' : 'a network was trained: no better',
      );
    } catch (error) {
      if (signal.aborted) return;
      meters.trainings('failed');
      log.warn({ err: error }, 'the network could not be trained; the engine goes on without');
    }
  }

  #measure({ seconds, scores }: Trained): void {
    const { meters } = this.#options;
    meters.trainingSeconds(seconds);
    meters.trainingScore('trained', scores.trained.deviance);
    meters.trainingScore('seasonal-mean', scores.seasonalMean.deviance);
    if (scores.present !== null) meters.trainingScore('present', scores.present.deviance);
  }

  async #publish({ model: bytes, scores }: Trained, timeMs: number): Promise<void> {
    const score = scores.trained;
    const object = await this.#copy(bytes, scores);
    const event = modelEvent({ bytes, timeMs, score, object });
    const message = { subject: MODEL_SUBJECT, id: event.id, data: JSON.stringify(event) };
    await this.#options.publisher.write([message], this.#stop.signal);
  }

  /** Its name there; undefined: there is no copy, which stops nothing. */
  async #copy(bytes: Uint8Array, { trained }: Scores): Promise<string | undefined> {
    const { copies, log } = this.#options;
    if (copies === null) return undefined;
    const version = versionOf(bytes);
    try {
      await (await copies()).put(version, bytes, trained);
      return version;
    } catch (error) {
      log.warn({ err: error, version }, 'the model could not be copied to the object store');
      return undefined;
    }
  }
}

function facts({ scores, seconds, busySeconds, backend }: Trained) {
  const round = (value: number | undefined) => value && Number(value.toPrecision(4));
  return {
    backend,
    seconds: round(seconds),
    busySeconds: round(busySeconds),
    deviance: round(scores.trained.deviance),
    ofPresent: round(scores.present?.deviance),
    ofSeasonalMean: round(scores.seasonalMean.deviance),
  };
}

// The engine: broker, core, history, screens and metrics put together, started and stopped.
import { setMaxListeners } from 'node:events';
import type { Subscription } from 'rxjs';
import type { Meters } from '../connectors/prometheus.js';
import type { PartStatus } from '../dashboards/protocol.js';
import type { ScreenServer } from '../dashboards/server.js';
import type { Alert } from '../operators/events/result.js';
import type { Results } from '../operators/stream/outbox.js';
import type { SetAsideEvent } from '../operators/stream/set-aside.js';
import { AllocationRuns } from './allocation/runs.js';
import type { AlreadyStored } from './already-stored.js';
import type { Broker } from './broker.js';
import type { Core } from './core.js';
import { DataGaps } from './data-gap.js';
import { decide } from './decisions.js';
import type { History } from './history.js';
import { historyRows } from './history-rows.js';
import { Meter } from './meter.js';
import { ModelCopies } from './neural/model-copies.js';
import { TrainingRuns } from './neural/training-runs.js';
import { Outgoing } from './outgoing.js';
import { type EngineParts, openParts, type PartsOptions } from './parts.js';
import { SLICE_MS } from './pauses.js';
import { type Decided, pipeline } from './pipeline.js';
import { publishedMessages } from './published.js';
import { Recovery } from './recovery.js';
import { BucketRing } from './screens/bucket-ring.js';
import { Feed } from './screens/feed.js';
import { EngineScreens } from './screens/model.js';
import { Traffic } from './traffic.js';

export interface EngineOptions extends PartsOptions {
  /** What of the data is real and what simulated; empty outside the demo. */
  readonly provenance?: string;
  /** Events that are left out: operators threw at them. */
  readonly setAside?: readonly SetAsideEvent[];
}

const SAMPLE_EVERY_MS = 1_000;

export class Engine {
  readonly core: Core;
  private readonly broker: Broker;
  private readonly history: History | null;
  readonly traffic = new Traffic(Date.now);
  /** Rejects when the engine can no longer do its work; resolves after `stop`. */
  readonly ended: Promise<void>;
  #end: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  readonly #meters: Meters;
  readonly #meter: Meter;
  readonly #buckets: BucketRing;
  readonly #feed: Feed;
  readonly #abort = new AbortController();
  readonly #gaps: DataGaps;
  readonly #trainings: TrainingRuns;
  readonly #allocations: AllocationRuns;
  #recovery: Recovery | null = null;
  #stored: AlreadyStored | null = null;
  #outgoing: Outgoing | null = null;
  #subscription: Subscription | null = null;
  #sampler: NodeJS.Timeout | null = null;
  #server: ScreenServer | null = null;
  #failure: string | null = null;
  #stopped: Promise<void> | null = null;

  private constructor(
    private readonly options: EngineOptions,
    private readonly made: EngineParts,
  ) {
    this.core = made.core;
    this.broker = made.broker;
    this.history = made.history;
    this.#meters = made.meters;
    this.#meter = new Meter(made.meters, this.traffic);
    this.#buckets = new BucketRing(this.core.table);
    this.#feed = new Feed(this.core, options.settings.feed.max);
    this.#gaps = this.#dataGaps();
    this.#trainings = this.#trainingRuns();
    this.#allocations = new AllocationRuns(options);
    made.broker.onGap = (gap) => this.#gaps.note(gap);
    made.broker.onLost = (error) => this.#fail(error);
    // A listener for each batch whose results are on their way: nats.maxInFlight is their limit.
    setMaxListeners(0, this.#abort.signal);
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    // Whoever waits for the end hears of a failure; nobody has to.
    this.ended.catch(() => undefined);
  }

  /** Resolves when every part is up and events are read. @throws Error that says what to do */
  static async start(options: EngineOptions): Promise<Engine> {
    return Engine.startWith(options, await openParts(options));
  }

  /** The same with parts that are there already; they are closed with the engine. */
  static async startWith(options: EngineOptions, parts: EngineParts): Promise<Engine> {
    const engine = new Engine(options, parts);
    try {
      await engine.#begin();
      return engine;
    } catch (error) {
      await engine.stop();
      throw error;
    }
  }

  /** Address of the live page. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  get failure(): string | null {
    return this.#failure;
  }

  /** Position of the last event whose results are out, and those of all before it. */
  get position(): number {
    return this.#outgoing?.position ?? 0;
  }

  parts(): PartStatus[] {
    const parts = [this.broker.status()];
    const lease = this.broker.leaseStatus();
    if (lease !== null) parts.push(lease);
    if (this.history !== null) parts.push(this.history.status());
    const snapshot = this.#recovery?.lastError ?? null;
    const detail = snapshot ?? 'saved regularly';
    parts.push({ name: 'snapshots', state: snapshot === null ? 'up' : 'degraded', detail });
    if (this.made.copies != null) parts.push(this.made.copies.status());
    const failed = this.#failure !== null;
    parts.push({
      name: 'engine',
      state: failed ? 'down' : 'up',
      detail: this.#failure ?? 'deciding',
    });
    return parts;
  }

  /** Messages, signals and alerts in history, counted there once each; null: no history. */
  async countHistory(): Promise<Readonly<Record<'events' | 'signals' | 'alerts', number>> | null> {
    await this.history?.flush();
    return (await this.history?.counts()) ?? null;
  }

  /** Finishes the batch under way, saves the state, lets go of everything. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#shut();
    return this.#stopped;
  }

  async #begin(): Promise<void> {
    // While history was opened, say.
    if (this.broker.lost !== null) throw this.broker.lost;
    const { settings, log } = this.options;
    this.#recovery = new Recovery({
      store: this.made.snapshots,
      intervalMs: settings.snapshot.interval,
      makeDurable: async () => {
        await this.#outgoing?.settled();
        await this.#gaps.settled();
        await this.history?.flush();
      },
      onSaved: (took) => this.#meters.snapshotSaved(took),
      lease: this.broker.lease,
      log,
    });
    const after = await this.#recovery.load(this.core, this.options.setAside);
    this.#trainings.begin(this.core);
    this.#stored = await this.broker.alreadyStored(after, this.options.signal);
    const onFailure = (error: unknown): void => this.#fail(error);
    this.#outgoing = new Outgoing(this.broker.publisher, after ?? 0, onFailure, this.#stored);
    await this.#open(after);
    this.#server = await this.made.serve({
      model: this.#screens(),
      parts: () => this.parts(),
      metrics: () => this.#meters.metricsText(),
      allocator: this.#allocations,
      decide: (decision) => decide(this.broker.connection, this.core, decision),
    });
    this.#sampler = setInterval(() => void this.#sample(), SAMPLE_EVERY_MS).unref();
    this.#run();
  }

  /** What is wrong with the stream goes out before the engine gives up for it. */
  async #open(after: number | null): Promise<void> {
    try {
      const { mark } = this.core.lastMessage;
      await this.broker.source.open(after, mark?.position === after ? mark : null);
    } catch (error) {
      this.#gaps.noteError(error);
      throw error;
    }
  }

  #dataGaps(): DataGaps {
    return new DataGaps({
      stream: this.options.settings.nats.streams.events,
      publisher: this.broker.notices,
      isStored: (id) => this.#stored?.has(id) ?? false,
      signal: this.#abort.signal,
      streamTimeMs: () => this.core.clock.streamTimeMs,
      onAlert: (alert, missing) => {
        this.#meters.alerts(alert.kind, alert.state);
        this.#meters.missing(missing);
        this.#feed.addAlert(alert);
        this.#server?.feedChanged();
      },
      onFailure: (error) => this.#fail(error),
      log: this.options.log,
    });
  }

  #trainingRuns(): TrainingRuns {
    const { settings, log } = this.options;
    const { copyTo } = settings.neural;
    const { connection } = this.broker;
    return new TrainingRuns({
      settings: settings.neural,
      publisher: this.broker.notices,
      copies: copyTo === null ? null : () => ModelCopies.open(connection, settings, copyTo),
      meters: this.#meters,
      log,
    });
  }

  #screens(): EngineScreens {
    return new EngineScreens({
      core: this.core,
      traffic: this.traffic,
      feed: this.#feed,
      buckets: this.#buckets,
      provenance: this.options.provenance ?? '',
      parts: () => this.parts(),
    });
  }

  #run(): void {
    const limits = { maxMessages: this.options.settings.batch.max, sliceMs: SLICE_MS };
    const decided = pipeline(this.broker.source, this.core, limits, (d) => this.#deliver(d));
    this.#subscription = decided.subscribe({
      error: (error: unknown) => this.#fail(error),
      complete: () => this.#end?.resolve(),
    });
  }

  /** Nothing is read any more. When we are stopping it is the end that was asked for. */
  #fail(error: unknown): void {
    this.#subscription?.unsubscribe();
    if (this.#abort.signal.aborted) this.#end?.resolve();
    if (this.#abort.signal.aborted || this.#failure !== null) return;
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#gaps.noteError(error);
    this.options.log.fatal({ err: error }, 'the engine cannot go on');
    this.#end?.reject(error);
  }

  /** Results go out first; then they are kept; then the state may be saved. */
  async #deliver(decided: Decided): Promise<void> {
    const { signal } = this.#abort;
    const { batch, results } = decided;
    // Buckets that come ahead of their batch bring no events, and no state to be saved.
    if (batch.messages > 0) this.#meter.decided(decided, Date.now());
    const messages = publishedMessages(results, this.broker.publisher.maxBytes);
    await this.#outgoing?.send(messages, batch.through, signal);
    for (const bucket of results.buckets) {
      this.#buckets.add(bucket, this.core.ledger.positions.onHand(bucket.row));
    }
    this.#feed.add(decided);
    if (results.signals.length + results.alerts.length + results.closings.length > 0) {
      this.#server?.feedChanged();
    }
    const told = { batch, results: withAlerts(results, this.#gaps.takeUntold()) };
    await this.history?.write(historyRows(this.core, told), signal);
    if (this.core.chain.isBusy) return;
    this.#recovery?.offer(this.core, batch.through);
    this.#trainings.offer(this.core);
    this.#allocations.offer(this.core);
  }

  async #sample(): Promise<void> {
    const pending = await this.broker.source.pending();
    if (pending !== null) this.traffic.lagEvents = pending;
    this.#meter.sample({
      core: this.core,
      history: this.history,
      feed: this.#feed,
      source: this.broker.source,
      publisher: this.broker.publisher,
      alreadyStored: this.#outgoing?.skipped ?? 0,
      lease: this.broker.lease,
      screens: this.#server?.hubStats() ?? null,
    });
  }

  async #shut(): Promise<void> {
    const { log } = this.options;
    await this.#trainings.stop();
    await this.#allocations.stop();
    // The batch under way gets this long; then what waits for a broker or a disk is let go.
    const patience = setTimeout(() => this.#abort.abort(new Error('stopping')), STOP_PATIENCE_MS);
    await this.broker.source.close();
    if (this.#subscription !== null) await this.ended.catch(() => undefined);
    // Of a failure here the engine has heard already.
    await this.#outgoing?.settled().catch(() => undefined);
    await this.#gaps.settled().catch(() => undefined);
    clearTimeout(patience);
    this.#subscription?.unsubscribe();
    if (this.#sampler !== null) clearInterval(this.#sampler);
    if (this.#failure === null && !this.#abort.signal.aborted) {
      await this.#recovery?.finish(this.core, this.position);
    }
    await this.#recovery?.idle();
    await this.made.copies?.close(this.#failure === null);
    await this.#server?.close();
    await this.history?.close();
    await this.broker.close();
    this.#meters.close();
    log.info({ position: this.position }, 'stopped');
  }
}

function withAlerts(results: Results, alerts: readonly Alert[]): Results {
  return alerts.length === 0 ? results : { ...results, alerts: [...alerts, ...results.alerts] };
}

const STOP_PATIENCE_MS = 15_000;

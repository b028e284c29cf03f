// Feeds the metrics and the traffic figures from decided batches.
import type { Lease } from '../connectors/nats/lease.js';
import type { ResultPublisher } from '../connectors/nats/publisher.js';
import type { NatsSource } from '../connectors/nats/source.js';
import type { Meters } from '../connectors/prometheus.js';
import type { HubStats } from '../dashboards/hub-limits.js';
import { EVENT_TYPES } from '../operators/events/event.js';
import { LEVELS } from '../operators/forecast/accuracy.js';
import { OUTCOME } from '../operators/stream/batch.js';
import type { Core } from './core.js';
import type { History } from './history.js';
import type { CountedLimit } from './meter-labels.js';
import type { Decided } from './pipeline.js';
import type { Feed } from './screens/feed.js';
import type { Traffic } from './traffic.js';

/** What is looked at once in a while. */
export interface Sampled {
  readonly core: Core;
  readonly history: Pick<History, 'stats'> | null;
  readonly feed: Pick<Feed, 'letGo'>;
  readonly source: Pick<NatsSource, 'readAhead'>;
  readonly publisher: Pick<ResultPublisher, 'inFlight' | 'fullCount'>;
  /** Results decided again and not published again, since the start. */
  readonly alreadyStored: number;
  /** Null: nothing keeps a second engine from publishing. */
  readonly lease: Pick<Lease, 'state' | 'fence'> | null;
  readonly screens: HubStats | null;
}

export class Meter {
  readonly #kinds = new Float64Array(EVENT_TYPES.length);
  #latencies = new Float64Array(4096);
  readonly #counted = new Map<string, number>();
  readonly #inserted = new Map<string, { rows: number; failures: number }>();

  constructor(
    private readonly meters: Meters,
    private readonly traffic: Traffic,
  ) {}

  /** A batch was decided at `nowMs`. */
  decided({ batch, results }: Decided, nowMs: number): void {
    const { meters } = this;
    const timed = this.#takeLatencies(batch, nowMs);
    meters.batchEvents(batch.count);
    meters.latencies(this.#latencies, timed);
    const stored = batch.count > 0 ? (batch.storedAtMs[batch.count - 1] as number) : Number.NaN;
    this.traffic.decided(timed, this.#latencies, Number.isNaN(stored) ? null : stored);
    this.#countKinds(batch);
    for (const { reason, kind } of results.refusals) {
      if (reason === 'late') meters.late(kind);
      else meters.refused(reason);
      // The one refusal that a larger setting would have spared.
      if (reason === 'late-count') meters.limitReached('ledger.journal');
    }
    const signals = counted(results.signals, ({ kind }) => kind);
    for (const [kind, count] of signals) meters.signals(kind, count);
    for (const state of ['raised', 'cleared'] as const) {
      const alerts = results.alerts.filter((alert) => alert.state === state);
      for (const [kind, count] of counted(alerts, (alert) => alert.kind)) {
        meters.alerts(kind, state, count);
      }
    }
  }

  /** Gauges, and what its parts have counted, once in a while. */
  sample(sampled: Sampled): void {
    const { core, history, feed, source, publisher, alreadyStored, lease, screens } = sampled;
    const { meters, traffic } = this;
    const { demandedUnits, filledUnits } = core.ledger.orders;
    meters.lag(traffic.lagEvents, traffic.lagSeconds());
    const { watermarkMs } = core.clock;
    meters.watermark(Number.isFinite(watermarkMs) ? watermarkMs : null);
    meters.skuLocations(core.table.rows);
    meters.fillRate(demandedUnits > 0 ? filledUnits / demandedUnits : null);
    meters.wape(core.forecast.overall.wape());
    meters.staleRows(core.neural?.stale ?? null);
    LEVELS.forEach((level, i) => {
      meters.coverage(level, core.forecast.overall.coverage(i));
      meters.coverageRecent(level, core.forecast.overall.recentCoverage(i));
    });
    this.#limit('dedupe.maxIds', core.dedupe.forgotten);
    this.#limit('cart.max', core.demand.carts.abandonedEarly);
    this.#limit('demand.maxGap', core.demand.buckets.gaps);
    this.#limit('feed.max', feed.letGo);
    this.#limit('nats.maxInFlight', publisher.fullCount);
    meters.queueRows('nats-read-ahead', source.readAhead);
    meters.queueRows('nats-in-flight', publisher.inFlight);
    meters.alreadyStored(this.#risen('already stored', alreadyStored));
    if (lease !== null) meters.lease(lease);
    if (history !== null) this.#sampleHistory(history);
    if (screens !== null) this.#sampleScreens(screens);
  }

  /** `total` is how often the limit has taken hold since the start. */
  #limit(setting: CountedLimit, total: number): void {
    this.meters.limitReached(setting, this.#risen(setting, total));
  }

  /** By how much a count has risen since it was asked for before. */
  #risen(name: string, total: number): number {
    const before = this.#counted.get(name) ?? 0;
    this.#counted.set(name, total);
    return Math.max(0, total - before);
  }

  #sampleScreens(stats: HubStats): void {
    const { meters } = this;
    meters.screens(stats.clients);
    meters.screensRefused(this.#risen('screens refused', stats.refusedClients));
    meters.screenFramesDropped(this.#risen('frames dropped', stats.droppedFrames));
    meters.screenResyncs(this.#risen('resyncs', stats.resyncs));
  }

  #sampleHistory(history: Pick<History, 'stats'>): void {
    let [queueFull, spoolFull] = [0, 0];
    for (const [table, stats] of Object.entries(history.stats())) {
      queueFull += stats.queueFull;
      spoolFull += stats.spoolFull;
      const name = `clickhouse-${table}`;
      const before = this.#inserted.get(table) ?? { rows: 0, failures: 0 };
      this.meters.queueRows(name, stats.queuedRows);
      this.meters.spoolBytes(name, stats.spooledBytes);
      this.meters.sinkRows(name, stats.insertedRows - before.rows);
      this.meters.sinkFailures(name, stats.failures - before.failures);
      this.#inserted.set(table, { rows: stats.insertedRows, failures: stats.failures });
    }
    this.#limit('clickhouse.maxQueuedRows', queueFull);
    this.#limit('clickhouse.spoolBytes', spoolFull);
  }

  #takeLatencies(batch: Decided['batch'], nowMs: number): number {
    if (this.#latencies.length < batch.count) this.#latencies = new Float64Array(batch.count * 2);
    let n = 0;
    for (let i = 0; i < batch.count; i++) {
      const storedAtMs = batch.storedAtMs[i] as number;
      if (!Number.isNaN(storedAtMs)) this.#latencies[n++] = Math.max(0, nowMs - storedAtMs);
    }
    return n;
  }

  #countKinds(batch: Decided['batch']): void {
    this.#kinds.fill(0);
    let duplicates = 0;
    for (let i = 0; i < batch.count; i++) {
      const outcome = batch.outcome[i];
      if (outcome === OUTCOME.duplicate) duplicates++;
      if (outcome !== OUTCOME.applied && outcome !== OUTCOME.late) continue;
      const type = batch.type[i] as number;
      this.#kinds[type] = (this.#kinds[type] as number) + 1;
    }
    if (duplicates > 0) this.meters.duplicates(duplicates);
    this.#kinds.forEach((count, type) => {
      if (count > 0) this.meters.events(EVENT_TYPES[type] as string, count);
    });
  }
}

/** How many there are of each name: a batch may hold a result of every SKU-location. */
function counted<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return counts;
}

// Feeds the metrics and the traffic figures from decided batches.
import type { Meters } from '../connectors/prometheus.js';
import { EVENT_TYPES } from '../operators/events/event.js';
import { LEVELS } from '../operators/forecast/accuracy.js';
import { OUTCOME } from '../operators/stream/batch.js';
import type { Core } from './core.js';
import type { History } from './history.js';
import type { Decided } from './pipeline.js';
import type { Traffic } from './traffic.js';

export class Meter {
  readonly #kinds = new Float64Array(EVENT_TYPES.length);
  #latencies = new Float64Array(4096);
  readonly #limits = new Map<string, number>();
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
    }
    for (const signal of results.signals) meters.signals(signal.kind);
    for (const alert of results.alerts) meters.alerts(alert.kind, alert.state);
  }

  /** Gauges, once in a while. */
  sample(core: Core, history: History | null): void {
    const { meters, traffic } = this;
    const { demandedUnits, filledUnits } = core.ledger.orders;
    meters.lag(traffic.lagEvents, traffic.lagSeconds());
    const { watermarkMs } = core.clock;
    meters.watermark(Number.isFinite(watermarkMs) ? watermarkMs : null);
    meters.skuLocations(core.table.rows);
    meters.fillRate(demandedUnits > 0 ? filledUnits / demandedUnits : null);
    meters.wape(core.forecast.overall.wape());
    LEVELS.forEach((level, i) => {
      meters.coverage(level, core.forecast.overall.coverage(i));
    });
    this.#limit('dedupe.maxIds', core.dedupe.forgotten);
    this.#limit('cart.max', core.demand.carts.abandonedEarly);
    if (history !== null) this.#sampleHistory(history);
  }

  /** `total` is how often the limit has taken hold since the start. */
  #limit(setting: string, total: number): void {
    const before = this.#limits.get(setting) ?? 0;
    this.meters.limitReached(setting, Math.max(0, total - before));
    this.#limits.set(setting, total);
  }

  #sampleHistory(history: History): void {
    for (const [table, stats] of Object.entries(history.stats())) {
      const name = `clickhouse-${table}`;
      const before = this.#inserted.get(table) ?? { rows: 0, failures: 0 };
      this.meters.queueRows(name, stats.queuedRows);
      this.meters.sinkRows(name, stats.insertedRows - before.rows);
      this.meters.sinkFailures(name, stats.failures - before.failures);
      this.#inserted.set(table, { rows: stats.insertedRows, failures: stats.failures });
    }
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

// The engine's metrics: every name, label and unit that Prometheus sees.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { CountingHistogram } from './prometheus-histogram.js';

export interface MetersOptions {
  readonly version: string;
  /** Most values a label takes; further ones are counted together as `other`. */
  readonly maxLabelValues?: number;
  /** The clock behind the snapshot's age, ms since 1970. */
  readonly nowMs?: () => number;
  /** Label values whose counters are there, at zero, from the start. */
  readonly known?: KnownLabels;
}

/** Values of the label of each labelled counter. */
export type KnownLabels = Partial<
  Record<
    'events' | 'late' | 'refused' | 'signals' | 'alerts' | 'limits' | 'trainings',
    readonly string[]
  >
>;

const latencyBuckets = [
  0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60,
];
const batchBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536];
const delayResolutionMs = 10;

export type Meters = ReturnType<typeof createMeters>;

/** All meters, at zero, in a registry of their own. Gauges that are unknown are left out. */
export function createMeters(options: MetersOptions) {
  const registry = new Registry();
  const { maxLabelValues = 64, nowMs = Date.now, known = {} } = options;
  const build = { registry, maxLabelValues, known };
  collectDefaultMetrics({ register: registry });
  buildInfo(registry, options.version);
  const delay = eventLoopDelay(registry);
  return {
    ...streamMeters(build),
    ...resultMeters(build),
    ...sinkMeters(build),
    ...screenMeters(build),
    ...snapshotMeters(build, nowMs),
    ...copyMeters(build, nowMs),
    ...leaseMeters(build),
    ...neuralMeters(build),
    contentType: registry.contentType,
    /** What /metrics answers. */
    metricsText: (): Promise<string> => registry.metrics(),
    close: (): void => {
      delay.disable();
      registry.clear();
    },
  };
}

interface Build {
  readonly registry: Registry;
  readonly maxLabelValues: number;
  readonly known: KnownLabels;
}

function streamMeters(build: Build) {
  const latency = histogram(build, {
    name: 'stockpulse_event_latency_seconds',
    help: 'From stored by the broker to decided',
    buckets: latencyBuckets,
  });
  const batch = histogram(build, {
    name: 'stockpulse_batch_events',
    help: 'Events decided together',
    buckets: batchBuckets,
  });
  const watermark = gauge(build, 'stockpulse_watermark_seconds', 'Stream time, s since 1970');
  const lagEvents = gauge(build, 'stockpulse_lag_events', 'Events stored and not yet decided');
  const lagSeconds = gauge(build, 'stockpulse_lag_seconds', 'Age of the last event decided');
  return {
    /** `events('order.placed', 12)`. */
    events: labelled(build, 'stockpulse_events_total', 'Events applied', 'kind', 'events'),
    refused: labelled(build, 'stockpulse_refused_total', 'Events refused', 'reason', 'refused'),
    late: labelled(
      build,
      'stockpulse_late_total',
      'Events too late for their bucket',
      'kind',
      'late',
    ),
    duplicates: plain(build, 'stockpulse_duplicates_total', 'Events that had come before'),
    missing: plain(build, 'stockpulse_missing_messages_total', 'Messages gone before being read'),
    batchEvents: (count: number): void => batch.add(count),
    /** Latencies of the first `count` events of a batch, in milliseconds. */
    latencies: (ms: ArrayLike<number>, count: number): void => {
      latency.observeAll(ms, count, 0.001);
    },
    /** `times` events of one latency: those of one message. */
    latency: (ms: number, times = 1): void => latency.add(ms / 1000, times),
    /** Null: unknown. */
    lag: (events: number | null, seconds: number | null): void => {
      lagEvents(events);
      lagSeconds(seconds);
    },
    watermark: (ms: number | null): void => watermark(ms === null ? null : ms / 1000),
  };
}

function resultMeters(build: Build) {
  const alerts = new Counter({
    name: 'stockpulse_alerts_total',
    help: 'Alerts raised and cleared',
    labelNames: ['kind', 'state'] as const,
    registers: [build.registry],
  });
  const kindOf = bounded(build.maxLabelValues);
  for (const kind of build.known.alerts ?? []) {
    for (const state of ['raised', 'cleared']) alerts.inc({ kind: kindOf(kind), state }, 0);
  }
  return {
    signals: labelled(build, 'stockpulse_signals_total', 'Signals raised', 'kind', 'signals'),
    alerts: (kind: string, state: 'raised' | 'cleared', count = 1): void => {
      alerts.inc({ kind: kindOf(kind), state }, count);
    },
    alreadyStored: plain(
      build,
      'stockpulse_results_already_stored_total',
      'Results decided again and not published again: an earlier run had',
    ),
    wape: gauge(build, 'stockpulse_forecast_wape', 'Sum of absolute errors over sum of demand'),
    /** Of the interval of a level, 0-1: since the first event. Null: unknown. */
    coverage: byLevel(
      build,
      'stockpulse_forecast_coverage',
      'Share of demand inside the interval of this level, since the first event',
    ),
    /** The same of late. */
    coverageRecent: byLevel(
      build,
      'stockpulse_forecast_coverage_recent',
      'Share of demand inside the interval of this level, in the last 50 buckets or so',
    ),
    skuLocations: gauge(build, 'stockpulse_sku_locations', 'Pairs of SKU and location known'),
    fillRate: gauge(build, 'stockpulse_fill_rate', 'Share of demand allocated from the shelf'),
  };
}

/** A gauge for each level of a forecast; null takes a level away. */
function byLevel({ registry, maxLabelValues }: Build, name: string, help: string) {
  const labelNames = ['level'] as const;
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  const levelOf = bounded(maxLabelValues);
  return (level: number, share: number | null): void => {
    if (share === null) gauge.remove(levelOf(String(level)));
    else gauge.set({ level: levelOf(String(level)) }, share);
  };
}

function sinkMeters(build: Build) {
  const queue = new Gauge({
    name: 'stockpulse_queue_rows',
    help: 'Rows waiting in a queue',
    labelNames: ['queue'] as const,
    registers: [build.registry],
  });
  const spool = new Gauge({
    name: 'stockpulse_spool_bytes',
    help: 'Bytes waiting on disk for a queue that is away',
    labelNames: ['queue'] as const,
    registers: [build.registry],
  });
  const queueOf = bounded(build.maxLabelValues);
  return {
    spoolBytes: (name: string, bytes: number): void => spool.set({ queue: queueOf(name) }, bytes),
    queueRows: (name: string, rows: number): void => queue.set({ queue: queueOf(name) }, rows),
    sinkRows: labelled(build, 'stockpulse_sink_rows_total', 'Rows written by a sink', 'sink'),
    sinkFailures: labelled(build, 'stockpulse_sink_failures_total', 'Writes that failed', 'sink'),
    /** A limit made something be refused, dropped or wait: `limitReached('cart.max')`. */
    limitReached: labelled(
      build,
      'stockpulse_limit_reached_total',
      'Times that a limit, named by its setting, took hold',
      'limit',
      'limits',
    ),
  };
}

function screenMeters(build: Build) {
  const connected = gauge(build, 'stockpulse_screens', 'Screens connected');
  const counter = (name: string, help: string) => plain(build, `stockpulse_${name}_total`, help);
  return {
    screens: (count: number): void => connected(count),
    screensRefused: counter('screens_refused', 'Screens turned away because the limit was reached'),
    screenFramesDropped: counter(
      'screen_frames_dropped',
      'Overviews not sent because a screen had not taken those before',
    ),
    screenResyncs: counter(
      'screen_resyncs',
      'Times that a screen was too far behind in the feed and started afresh',
    ),
  };
}

function snapshotMeters(build: Build, nowMs: () => number) {
  let savedAtMs: number | null = null;
  const age = gauge(
    build,
    'stockpulse_snapshot_age_seconds',
    'Since the last snapshot was saved',
    () => age(savedAtMs === null ? null : (nowMs() - savedAtMs) / 1000),
  );
  const seconds = gauge(
    build,
    'stockpulse_snapshot_duration_seconds',
    'How long the last snapshot took, from first copy to safe on disk',
  );
  return {
    snapshotSaved: (took: { readonly durationMs: number; readonly savedAtMs: number }): void => {
      savedAtMs = took.savedAtMs;
      seconds(took.durationMs / 1000);
    },
  };
}

function copyMeters(build: Build, nowMs: () => number) {
  let copiedAtMs: number | null = null;
  const age = gauge(
    build,
    'stockpulse_snapshot_copy_age_seconds',
    'Since a snapshot was copied to the broker',
    () => age(copiedAtMs === null ? null : (nowMs() - copiedAtMs) / 1000),
  );
  const seconds = gauge(
    build,
    'stockpulse_snapshot_copy_duration_seconds',
    'How long the last copy to the broker took',
  );
  return {
    snapshotCopied: (took: { readonly durationMs: number; readonly copiedAtMs: number }): void => {
      ({ copiedAtMs } = took);
      seconds(took.durationMs / 1000);
    },
    snapshotCopyFailed: plain(
      build,
      'stockpulse_snapshot_copy_failures_total',
      'Snapshots that could not be copied to the broker',
    ),
  };
}

function leaseMeters(build: Build) {
  const held = gauge(
    build,
    'stockpulse_lease_held',
    '1: this engine may publish; 0: it stands by, or could not renew its lease',
  );
  const fence = gauge(build, 'stockpulse_lease_fence', 'Grows with every engine that takes over');
  return {
    /** Null: another engine's. */
    lease: (lease: { readonly state: string; readonly fence: number } | null): void => {
      held(lease?.state === 'held' ? 1 : 0);
      fence(lease?.fence ?? null);
    },
  };
}

function neuralMeters(build: Build) {
  const scores = new Gauge({
    name: 'stockpulse_neural_deviance',
    help: 'Scaled Poisson deviance / 2 on the buckets that the last training held back',
    labelNames: ['of'] as const,
    registers: [build.registry],
  });
  return {
    /** `trainings('promoted')`. */
    trainings: labelled(
      build,
      'stockpulse_neural_trainings_total',
      'Trainings that ended, by what became of the model',
      'result',
      'trainings',
    ),
    trainingSeconds: gauge(
      build,
      'stockpulse_neural_training_seconds',
      'How long the last training took, rests included',
    ),
    /** `trainingScore('trained', 0.13)`; `of` is one of three. */
    trainingScore: (of: 'trained' | 'present' | 'seasonal-mean', deviance: number): void => {
      scores.set({ of }, deviance);
    },
    staleRows: gauge(
      build,
      'stockpulse_neural_stale_rows',
      'SKU-locations whose state the newest model has still to make',
    ),
  };
}

function buildInfo(registry: Registry, version: string): void {
  const info = new Gauge({
    name: 'stockpulse_build_info',
    help: 'Always 1; what is running stands in the labels',
    labelNames: ['version', 'node'] as const,
    registers: [registry],
  });
  info.set({ version, node: process.versions.node }, 1);
}

/** Delay of the event loop since the scrape before, by quantile. */
function eventLoopDelay(registry: Registry) {
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  const metric = new Gauge({
    name: 'stockpulse_event_loop_delay_seconds',
    help: 'Delay of the event loop since the scrape before',
    labelNames: ['quantile'] as const,
    registers: [registry],
    collect() {
      for (const quantile of [0.5, 0.9, 0.99, 1]) {
        const ns = delay.count === 0 ? 0 : delay.percentile(quantile * 100);
        // What is recorded is the time between two ticks, which are a resolution apart when idle.
        metric.set({ quantile }, Math.max(0, ns / 1e9 - delayResolutionMs / 1000));
      }
      delay.reset();
    },
  });
  return delay;
}

function histogram(build: Build, of: { name: string; help: string; buckets: number[] }) {
  return new CountingHistogram({ ...of, registry: build.registry });
}

function plain(build: Build, name: string, help: string): (count?: number) => void {
  const counter = new Counter({ name, help, registers: [build.registry] });
  return (count = 1) => counter.inc(count);
}

function labelled(
  build: Build,
  name: string,
  help: string,
  label: string,
  known?: keyof KnownLabels,
) {
  const counter = new Counter({ name, help, labelNames: [label], registers: [build.registry] });
  const keep = bounded(build.maxLabelValues);
  const values = known === undefined ? [] : (build.known[known] ?? []);
  for (const value of values) counter.inc({ [label]: keep(value) }, 0);
  return (value: string, count = 1): void => counter.inc({ [label]: keep(value) }, count);
}

/** A gauge that is absent, not zero, while it is null or not a number. */
function gauge(build: Build, name: string, help: string, collect?: () => void) {
  const registers = [build.registry];
  const metric = new Gauge({
    name,
    help,
    registers,
    ...(collect === undefined ? {} : { collect }),
  });
  metric.remove();
  return (value: number | null): void => {
    if (value === null || Number.isNaN(value)) metric.remove();
    else metric.set(value);
  };
}

/** The value itself for the first `max` different ones, then `other`: no label grows for ever. */
function bounded(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}

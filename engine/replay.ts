// Replay: recorded events through the same core, without a server, into files.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import type { Settings } from '../config/settings.js';
import { NdjsonFile } from '../connectors/files/ndjson-sink.js';
import { type FileProblem, NdjsonSource } from '../connectors/files/ndjson-source.js';
import { formatTime } from '../operators/events/time.js';
import { LEVELS } from '../operators/forecast/accuracy.js';
import type { ClosedBucket, Results } from '../operators/stream/outbox.js';
import { type Core, createCore } from './core.js';
import { kpisOf } from './kpis.js';
import { type Decided, pipeline } from './pipeline.js';
import { positionRecord } from './position-record.js';

export interface ReplayOptions {
  readonly files: readonly string[];
  /** Folder for the results; made when missing. */
  readonly out: string;
  readonly settings: Settings;
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
}

/** What `summary.json` says. */
export type ReplaySummary = ReturnType<typeof summaryOf>;

const SUMMARY = 'summary.json';
const OUTPUTS = ['signals', 'alerts', 'refused', 'forecasts', 'positions'] as const;
type Outputs = Record<(typeof OUTPUTS)[number], NdjsonFile>;

/**
 * Same files and settings, same bytes out; wall time and rate in the summary aside. The summary
 * comes last: where it stands, all other files are whole and of the same run.
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  await mkdir(options.out, { recursive: true });
  await rm(join(options.out, SUMMARY), { force: true });
  const outputs = openOutputs(options.out);
  try {
    return await run(options, outputs);
  } finally {
    // Of a run that failed nothing stays; files that are closed stay as they are.
    for (const name of OUTPUTS) outputs[name].discard();
  }
}

async function run(options: ReplayOptions, outputs: Outputs): Promise<ReplaySummary> {
  const began = performance.now();
  const core = createCore(options.settings);
  const source = new NdjsonSource({ files: options.files });
  const read = { messages: 0, events: 0, unknownFields: 0 };
  const deliver = async ({ batch, results }: Decided): Promise<void> => {
    read.messages += batch.messages;
    read.events += batch.count;
    read.unknownFields += batch.unknownFields;
    writeResults(core, outputs, results);
    options.onProgress?.(source.bytesRead, source.bytesTotal);
  };
  await source.open(null);
  const limits = { maxMessages: options.settings.batch.max, sliceMs: Number.POSITIVE_INFINITY };
  await lastValueFrom(pipeline(source, core, limits, deliver), { defaultValue: null });
  writePositions(core, outputs.positions);
  for (const name of OUTPUTS) await outputs[name].close();
  const summary = summaryOf({ core, read, problems: source.problems, began });
  const file = new NdjsonFile(join(options.out, SUMMARY));
  for (const line of JSON.stringify(summary, null, 2).split('\n')) file.append(line);
  await file.close();
  return summary;
}

function openOutputs(dir: string): Outputs {
  const files = OUTPUTS.map((name) => [name, new NdjsonFile(join(dir, `${name}.ndjson`))]);
  return Object.fromEntries(files) as Outputs;
}

function writeResults(core: Core, outputs: Outputs, results: Results): void {
  for (const signal of results.told) outputs.signals.append(JSON.stringify(signal));
  for (const alert of results.alerts) outputs.alerts.append(JSON.stringify(alert));
  for (const refusal of results.refusals) outputs.refused.append(JSON.stringify(refusal));
  for (const bucket of results.buckets) {
    outputs.forecasts.append(JSON.stringify(bucketRecord(core, bucket)));
  }
}

function writePositions(core: Core, file: NdjsonFile): void {
  const abc = core.demand.statistics.abc();
  for (let row = 0; row < core.table.rows; row++) {
    file.append(JSON.stringify(positionRecord(core, row, abc)));
  }
}

/** A closed bucket with the forecast made before it; null: there was none. */
function bucketRecord(core: Core, bucket: ClosedBucket) {
  const { row, forecast, champion } = bucket;
  const isCold = Number.isNaN(forecast);
  return {
    sku: core.table.sku(row),
    location: core.table.location(row),
    start: formatTime(bucket.startMs),
    units: bucket.units,
    inStockShare: bucket.inStockShare,
    cartAdds: bucket.cartAdds,
    cartRemovals: bucket.cartRemovals,
    cartsAbandoned: bucket.cartsAbandoned,
    views: bucket.views,
    forecast: isCold ? null : forecast,
    lower80: isCold ? null : bucket.lower80,
    upper80: isCold ? null : bucket.upper80,
    champion: champion === '' ? null : champion,
  };
}

function summaryOf(input: {
  readonly core: Core;
  readonly read: { readonly messages: number; readonly events: number; unknownFields: number };
  readonly problems: readonly FileProblem[];
  readonly began: number;
}) {
  const { core, read, problems, began } = input;
  const { counts, refusedByReason } = core.outbox;
  const wallSeconds = (performance.now() - began) / 1000;
  return {
    messages: read.messages,
    events: {
      read: read.events,
      applied: counts.applied,
      duplicate: counts.duplicate,
      late: counts.late,
      refused: counts.refused,
      refusedByReason: Object.fromEntries([...refusedByReason].sort()),
      unknownFields: read.unknownFields,
    },
    signals: counts.signals,
    withdrawnSignals: counts.withdrawn,
    openSignals: core.replenish.open.size,
    alerts: counts.alerts,
    openAlerts: core.alerts.openCount,
    skuLocations: core.table.rows,
    forecast: {
      wape: core.forecast.overall.wape(),
      coverage: Object.fromEntries(
        LEVELS.map((level, i) => [String(100 * level), core.forecast.overall.coverage(i)]),
      ),
    },
    kpis: kpisOf(core),
    problems,
    wallSeconds,
    eventsPerSecond: wallSeconds > 0 ? read.events / wallSeconds : 0,
  };
}

// Drives the production core as its engine does: decode a batch, run the chain, take the results.
import { createHash } from 'node:crypto';
import { loadSettings, type Settings } from '../../config/settings.js';
import { type Core, type CoreLimits, createCore } from '../../engine/core.js';
import { positionRecord } from '../../engine/position-record.js';
import type { Alert, Refusal, Signal } from '../../operators/events/result.js';
import { Batch, type Message } from '../../operators/stream/batch.js';
import type { SignalClosing } from '../../operators/stream/closing.js';
import type { ClosedBucket, SignalProgress } from '../../operators/stream/outbox.js';

export interface Brought {
  readonly signals: Signal[];
  readonly told: Signal[];
  readonly closings: SignalClosing[];
  readonly progress: SignalProgress[];
  readonly alerts: Alert[];
  readonly refusals: Refusal[];
  readonly buckets: ClosedBucket[];
}

const loaded = new Map<string, Settings>();

export function settingsWith(overrides: Readonly<Record<string, unknown>> = {}): Settings {
  const key = JSON.stringify(overrides);
  const settings = loaded.get(key) ?? loadSettings({ env: {}, overrides });
  loaded.set(key, settings);
  return settings;
}

export function coreWith(
  overrides: Readonly<Record<string, unknown>> = {},
  limits: CoreLimits = {},
): Core {
  return createCore(settingsWith(overrides), limits);
}

const encoder = new TextEncoder();

/** A message of the stream; `text` may hold several events, or nonsense. */
export function messageOf(
  text: string | Uint8Array,
  position: number,
  more: { readonly subject?: string; readonly storedAtMs?: number } = {},
): Message {
  return {
    position,
    subject: more.subject ?? 'events.test',
    storedAtMs: more.storedAtMs ?? null,
    data: typeof text === 'string' ? encoder.encode(text) : text,
  };
}

/** A message an event, at positions 1, 2, 3… */
export function messagesOf(events: readonly object[]): Message[] {
  return events.map((event, i) => messageOf(JSON.stringify(event), i + 1));
}

export function nothingBrought(): Brought {
  return {
    signals: [],
    told: [],
    closings: [],
    progress: [],
    alerts: [],
    refusals: [],
    buckets: [],
  };
}

/** Runs messages in batches of at most `size`. Gives what they brought, and the batches. */
export function run(core: Core, messages: readonly Message[], size = messages.length) {
  const all = nothingBrought();
  const batches: Batch[] = [];
  for (let at = 0; at < messages.length; at += size) {
    const batch = new Batch();
    core.decoder.decode(messages.slice(at, at + size), batch);
    core.chain.run(batch);
    batches.push(batch);
    const results = core.outbox.take();
    all.signals.push(...results.signals);
    all.told.push(...results.told);
    all.closings.push(...results.closings);
    all.progress.push(...results.progress);
    all.alerts.push(...results.alerts);
    all.refusals.push(...results.refusals);
    all.buckets.push(...results.buckets);
  }
  return { ...all, batches };
}

/** Runs events, a message each, in one batch. */
export function runEvents(core: Core, events: readonly object[]) {
  return run(core, messagesOf(events));
}

/** Row of a SKU at a location that has been seen. */
export function rowOf(core: Core, sku: string, location: string): number {
  const { table } = core;
  const row = table.findRow(table.skus.find(sku), table.locations.find(location));
  if (row < 0) throw new RangeError(`no row for SKU ${sku} at ${location}`);
  return row;
}

export function quantitiesOf(core: Core, sku: string, location: string) {
  return core.ledger.positions.read(rowOf(core, sku, location));
}

/** The final state as it is written out, a line a row. */
export function positionLines(core: Core): string[] {
  const abc = core.demand.statistics.abc();
  return abc.map((_, row) => JSON.stringify(positionRecord(core, row, abc)));
}

/** The saved state by section, each as a digest: the names say where two states differ. */
export function savedSections(core: Core): Record<string, string> {
  const bytes = Buffer.from(core.save());
  const headEnd = 8 + bytes.readUInt32LE(0);
  const heads = JSON.parse(bytes.toString('utf8', 8, headEnd)) as SectionHead[];
  const start = Math.ceil(headEnd / 8) * 8;
  return Object.fromEntries(
    heads.map(({ name, type, offset, bytes: length }) => {
      const part = bytes.subarray(start + offset, start + offset + length);
      const digest = createHash('sha256').update(part).digest('hex').slice(0, 16);
      return [
        name,
        `${type} ${length} ${type === 'texts' ? part.toString().slice(0, 200) : ''}${digest}`,
      ];
    }),
  );
}

interface SectionHead {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly bytes: number;
}

/** All that a run brought, as lines of JSON by kind. */
export function linesOf(brought: Brought): Record<string, string[]> {
  const { signals, told, closings, progress, alerts, refusals, buckets } = brought;
  return Object.fromEntries(
    Object.entries({ signals, told, closings, progress, alerts, refusals, buckets }).map(
      ([kind, rows]) => [kind, rows.map((row) => JSON.stringify(row))],
    ),
  );
}

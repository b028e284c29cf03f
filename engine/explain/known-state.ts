// The state that is explained: of a snapshot, or of recorded events up to a time.
import { lastValueFrom } from 'rxjs';
import type { Settings } from '../../config/settings.js';
import { type FileProblem, NdjsonSource } from '../../connectors/files/ndjson-source.js';
import type { Snapshot } from '../../connectors/snapshot-store.js';
import { type Core, createCore } from '../core.js';
import { type Decided, pipeline } from '../pipeline.js';
import { loadedCore } from '../snapshot-folder.js';
import type { LastBucket } from './cleaning.js';
import { SourceUntil } from './source-until.js';

export interface KnownState {
  readonly core: Core;
  /** The row's last closed bucket; null: none is known. */
  lastBucket(row: number): LastBucket | null;
}

/** @throws Error when the snapshot does not load with these settings */
export function stateOfSnapshot(settings: Settings, name: string, snapshot: Snapshot): KnownState {
  const { core, buckets } = loadedCore(settings, snapshot, name);
  return { core, lastBucket: (row) => buckets.of(row).at(-1) ?? null };
}

export interface RecordedOptions {
  readonly files: readonly string[];
  readonly settings: Settings;
  /** Null: to the end. */
  readonly untilMs: number | null;
  readonly timeOf: (data: Uint8Array) => number | null;
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
}

export interface RecordedState extends KnownState {
  readonly problems: readonly FileProblem[];
}

/** Runs the events through a core of these settings, as a replay does, without writing anything. */
export async function stateOfRecording(options: RecordedOptions): Promise<RecordedState> {
  const { settings, untilMs, timeOf } = options;
  const core = createCore(settings);
  const files = new NdjsonSource({ files: options.files });
  const source = untilMs === null ? files : new SourceUntil(files, untilMs, timeOf);
  const last: (LastBucket | undefined)[] = [];
  const deliver = async ({ results }: Decided): Promise<void> => {
    for (const bucket of results.buckets) last[bucket.row] = bucket;
    options.onProgress?.(files.bytesRead, files.bytesTotal);
  };
  await source.open(null);
  const limits = { maxMessages: settings.batch.max, sliceMs: Number.POSITIVE_INFINITY };
  await lastValueFrom(pipeline(source, core, limits, deliver), { defaultValue: null });
  return { core, lastBucket: (row) => last[row] ?? null, problems: files.problems };
}

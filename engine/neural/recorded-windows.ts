// Windows cut from recorded events, week by week, to train a network without an engine that runs.
import { lastValueFrom } from 'rxjs';
import type { Settings } from '../../config/settings.js';
import { type FileProblem, NdjsonSource } from '../../connectors/files/ndjson-source.js';
import { BUCKET_DAYS } from '../../operators/demand/calendar.js';
import { HELD_BACK } from '../../operators/forecast/neural/score.js';
import { createCore } from '../core.js';
import { pipeline } from '../pipeline.js';
import { type TrainingWindows, WindowCuts } from './window-cuts.js';

export interface RecordedWindows extends TrainingWindows {
  readonly problems: readonly FileProblem[];
}

export interface RecordingOptions {
  readonly files: readonly string[];
  readonly settings: Settings;
  readonly seed: number;
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
}

const DAY_MS = 86_400_000;

/** Runs the files through a core of these settings; `neural.windows` is the limit of each part. */
export async function recordedWindows(options: RecordingOptions): Promise<RecordedWindows> {
  const { settings, seed } = options;
  const enabled = { ...settings, neural: { ...settings.neural, enabled: true } };
  const core = createCore(enabled);
  const source = new NdjsonSource({ files: options.files });
  const apartMs = HELD_BACK * BUCKET_DAYS[settings.demand.bucket] * DAY_MS;
  const cuts = new WindowCuts({ most: settings.neural.windows, seed });
  let cutAtMs = Number.NEGATIVE_INFINITY;
  const cut = (): void => {
    const { neural, clock, table } = core;
    if (neural === null || clock.streamTimeMs < cutAtMs + apartMs) return;
    if (cuts.cut(neural.recent, table.rows)) cutAtMs = clock.streamTimeMs;
  };
  await source.open(null);
  const limits = { maxMessages: settings.batch.max, sliceMs: Number.POSITIVE_INFINITY };
  const deliver = async (): Promise<void> => {
    if (!core.chain.isBusy) cut();
    options.onProgress?.(source.bytesRead, source.bytesTotal);
  };
  await lastValueFrom(pipeline(source, core, limits, deliver), { defaultValue: null });
  const { problems } = source;
  return { ...cuts.parts(), problems };
}

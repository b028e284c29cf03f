// Windows cut from recorded events, week by week, to train a network without an engine that runs.
import { lastValueFrom } from 'rxjs';
import type { Settings } from '../../config/settings.js';
import { type FileProblem, NdjsonSource } from '../../connectors/files/ndjson-source.js';
import { BUCKET_DAYS } from '../../operators/demand/calendar.js';
import { randomFrom } from '../../operators/forecast/neural/random.js';
import { HELD_BACK } from '../../operators/forecast/neural/score.js';
import { pickWindows } from '../../operators/forecast/pick-windows.js';
import type { Windows } from '../../operators/forecast/strip.js';
import { createCore } from '../core.js';
import { pipeline } from '../pipeline.js';
import { trainingRows } from './training-rows.js';

export interface RecordedWindows {
  /** Of all cuts but the last, if there are several. */
  readonly windows: Windows;
  /** Of the last cut, whose newest buckets no other has; null: there is only one. */
  readonly judged: Windows | null;
  readonly problems: readonly FileProblem[];
}

export interface RecordingOptions {
  readonly files: readonly string[];
  readonly settings: Settings;
  readonly seed: number;
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
}

const DAY_MS = 86_400_000;
/** Cuts that are put together, at most: two years of weeks. */
const MOST_CUTS = 104;

/** Runs the files through a core of these settings; `neural.windows` is the limit of each part. */
export async function recordedWindows(options: RecordingOptions): Promise<RecordedWindows> {
  const { settings, seed } = options;
  const enabled = { ...settings, neural: { ...settings.neural, enabled: true } };
  const core = createCore(enabled);
  const source = new NdjsonSource({ files: options.files });
  const apartMs = HELD_BACK * BUCKET_DAYS[settings.demand.bucket] * DAY_MS;
  const cuts: Windows[] = [];
  let cutAtMs = Number.NEGATIVE_INFINITY;
  const cut = (): void => {
    const { neural, clock, table } = core;
    if (neural === null || clock.streamTimeMs < cutAtMs + apartMs) return;
    const most = settings.neural.windows;
    const rows = trainingRows(neural.recent, table.rows, { most, seed });
    if (rows.length === 0) return;
    cuts.push(neural.recent.cut(rows));
    if (cuts.length > MOST_CUTS) cuts.shift();
    cutAtMs = clock.streamTimeMs;
  };
  await source.open(null);
  const limits = { maxMessages: settings.batch.max, sliceMs: Number.POSITIVE_INFINITY };
  const deliver = async (): Promise<void> => {
    if (!core.chain.isBusy) cut();
    options.onProgress?.(source.bytesRead, source.bytesTotal);
  };
  await lastValueFrom(pipeline(source, core, limits, deliver), { defaultValue: null });
  const { problems } = source;
  return { ...parts(cuts, settings.neural.windows, seed), problems };
}

function parts(cuts: readonly Windows[], most: number, seed: number) {
  const random = randomFrom(seed);
  const last = cuts.slice(-1);
  if (cuts.length < 2) return { windows: pickWindows(last, most, random), judged: null };
  const windows = pickWindows(cuts.slice(0, -1), most, random);
  return { windows, judged: pickWindows(last, most, random) };
}

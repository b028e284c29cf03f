// The state that a command looks at: of a snapshot, or of recorded events up to a time.
import type { Command } from 'commander';
import type { Settings } from '../../config/settings.js';
import { parseTime } from '../../operators/events/time.js';
import { type KnownState, stateOfRecording, stateOfSnapshot } from '../explain/known-state.js';
import { findSnapshot, snapshotsDir } from '../snapshot-folder.js';
import { exitCodes, UsageError } from './exit.js';
import { requireFiles } from './input-files.js';
import { recordedEvent } from './recorded-event.js';
import type { Terminal } from './terminal.js';

export interface StateOptions {
  readonly snapshot?: string;
  readonly replay?: string[];
  readonly until?: string;
}

export function addStateOptions(command: Command): Command {
  return command
    .option('--snapshot <name>', 'as `snapshot list` names it; the newest without it')
    .option('--replay <file...>', 'recorded events (NDJSON, plain or gzip), not a snapshot')
    .option('--until <time>', 'with --replay: leave out events after this time (RFC 3339)');
}

/** @throws UsageError when the options do not go together; before anything is read */
export function checkStateOptions(options: StateOptions): void {
  untilOf(options);
}

/** @throws UsageError when there is no such state, Error when it does not load */
export async function knownState(
  terminal: Terminal,
  settings: Settings,
  options: StateOptions,
): Promise<KnownState> {
  const untilMs = untilOf(options);
  return options.replay === undefined
    ? snapshotState(settings, options.snapshot)
    : recordedState(terminal, settings, { files: options.replay, untilMs });
}

function untilOf({ replay, until, snapshot }: StateOptions): number | null {
  if (replay !== undefined && snapshot !== undefined) {
    throw new UsageError('--snapshot and --replay are two sources of the state: give one');
  }
  if (until === undefined) return null;
  if (replay === undefined) throw new UsageError('--until needs --replay FILE…');
  const ms = parseTime(until);
  if (!Number.isNaN(ms)) return ms;
  throw new UsageError(
    `--until must be a time such as 2026-03-14T08:00:00+01:00, got ${JSON.stringify(until)}`,
  );
}

async function snapshotState(settings: Settings, name: string | undefined): Promise<KnownState> {
  const found = await findSnapshot(settings, name);
  if (found !== null) return stateOfSnapshot(settings, found.name, found.snapshot);
  const which = name === undefined ? 'no snapshots' : `no snapshot ${name}`;
  throw new UsageError(
    `${which} in ${snapshotsDir(settings)}: is data.dir right? ` +
      'Recorded events do, too: --replay FILE…',
  );
}

async function recordedState(
  terminal: Terminal,
  settings: Settings,
  { files, untilMs }: { readonly files: readonly string[]; readonly untilMs: number | null },
): Promise<KnownState> {
  await requireFiles(files);
  const progress = terminal.progress({ label: 'replay', total: 100 });
  const onProgress = (read: number, total: number | null): void => {
    if (total !== null && total > 0) progress.update((100 * read) / total);
  };
  const timeOf = (data: Uint8Array): number | null => recordedEvent(data).timeMs;
  const state = await stateOfRecording({ files, settings, untilMs, timeOf, onProgress }).finally(
    () => progress.stop(),
  );
  for (const { file, line, reason } of state.problems) {
    terminal.warn(`${file}, line ${line}: ${reason}; what was read before it counts`);
  }
  if (state.problems.length > 0) process.exitCode = exitCodes.failed;
  return state;
}

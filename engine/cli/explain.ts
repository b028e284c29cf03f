// `stockpulse explain SKU LOCATION`: what makes a forecast, from a snapshot or recorded events.
import type { Command } from 'commander';
import type { Settings } from '../../config/settings.js';
import { parseTime } from '../../operators/events/time.js';
import { explain } from '../explain/explanation.js';
import { findRow } from '../explain/find-row.js';
import { type KnownState, stateOfRecording, stateOfSnapshot } from '../explain/known-state.js';
import { findSnapshot, snapshotsDir } from '../snapshot-folder.js';
import { exitCodes, UsageError } from './exit.js';
import { explanationText } from './explain-text.js';
import { requireFiles } from './input-files.js';
import { settingsFor } from './load-settings.js';
import { recordedEvent } from './recorded-event.js';
import { Terminal } from './terminal.js';

interface Options {
  readonly snapshot?: string;
  readonly replay?: string[];
  readonly until?: string;
  readonly config?: string;
  readonly json?: boolean;
}

const HELP = `
Without --replay the state is that of the newest snapshot in the data folder; an engine that runs
saves one each snapshot.interval. Any other time: --replay FILE… --until TIME runs recorded events
through the same operators, with the same results.
  stockpulse explain MUG-RED berlin
  stockpulse explain MUG-RED berlin --replay march.ndjson --until 2026-03-14T08:00:00+01:00`;

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('what makes the forecast of a SKU at a location')
    .argument('<sku>')
    .argument('<location>')
    .option('--snapshot <name>', 'as `snapshot list` names it; the newest without it')
    .option('--replay <file...>', 'recorded events (NDJSON, plain or gzip), not a snapshot')
    .option('--until <time>', 'with --replay: leave out events after this time (RFC 3339)')
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'for machines: one JSON object')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(sku: string, location: string, options: Options): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  const untilMs = untilOf(options);
  const settings = settingsFor(options, (text) => terminal.warn(text));
  const { core, lastBucket } =
    options.replay === undefined
      ? await snapshotState(settings, options.snapshot)
      : await recordedState(terminal, settings, { files: options.replay, untilMs });
  const row = findRow(core.table, sku, location);
  if (typeof row !== 'number') throw new UsageError(row.reason);
  const explanation = explain(core, row, lastBucket(row));
  terminal.result(explanation, explanationText(explanation));
}

function untilOf({ replay, until, snapshot }: Options): number | null {
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

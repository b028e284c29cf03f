// `stockpulse allocate`: open needs under limits of money, storage and suppliers.
import type { Command } from 'commander';
import type { Settings } from '../../config/settings.js';
import { questionOf, reportOf } from '../allocation/report.js';
import { allocateInThread } from '../workers/allocator.js';
import { allocationText } from './allocate-text.js';
import { exitCodes, UsageError } from './exit.js';
import {
  addStateOptions,
  checkStateOptions,
  knownState,
  type StateOptions,
} from './known-state.js';
import { settingsFor } from './load-settings.js';
import { numberOption } from './number-option.js';
import { Terminal } from './terminal.js';

interface Options extends StateOptions {
  readonly budget?: number;
  readonly rows?: number;
  readonly config?: string;
  readonly json?: boolean;
}

const DEFAULT_ROWS = 40;

const HELP = `
Limits come from the settings: allocation.budget, locations.<id>.storageVolume and suppliers.<id>
(capacity, period, minimumOrderValue). What one more of a limit is worth is its shadow price.
Without --replay the needs are those of the newest snapshot in the data folder.
Exit status 1: the limits cannot hold together; the message names those that cannot.
  stockpulse allocate --config shop.yaml
  stockpulse allocate --budget 25000 --replay march.ndjson --json`;

export function registerAllocate(program: Command): void {
  const command = program
    .command('allocate')
    .description('what to order of all that is needed when money, room or supply is short');
  addStateOptions(command)
    .option('--budget <money>', 'in the place of allocation.budget', numberOption('budget'))
    .option('--rows <count>', 'needs that are shown, most lost margin first', numberOption('rows'))
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'for machines: one JSON object, with every need')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  checkStateOptions(options);
  const rows = options.rows ?? DEFAULT_ROWS;
  if (!(rows >= 0)) throw new UsageError(`--rows must be >= 0, got ${rows}`);
  const settings = withBudget(
    settingsFor(options, (text) => terminal.warn(text)),
    options.budget,
  );
  const { core } = await knownState(terminal, settings, options);
  const question = questionOf(core);
  const allocation = await allocateInThread(question.problem, settings.allocation.timeLimit);
  const report = reportOf(question, allocation);
  if (report.status === 'impossible') process.exitCode = exitCodes.failed;
  terminal.result(report, allocationText(report, Math.floor(rows)));
}

function withBudget(settings: Settings, budget: number | undefined): Settings {
  if (budget === undefined) return settings;
  if (!(budget >= 0)) throw new UsageError(`--budget must be >= 0, got ${budget}`);
  return { ...settings, allocation: { ...settings.allocation, budget } };
}

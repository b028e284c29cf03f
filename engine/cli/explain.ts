// `stockpulse explain SKU LOCATION`: what makes a forecast, from a snapshot or recorded events.
import type { Command } from 'commander';
import { explain } from '../explain/explanation.js';
import { findRow } from '../explain/find-row.js';
import { UsageError } from './exit.js';
import { explanationText } from './explain-text.js';
import {
  addStateOptions,
  checkStateOptions,
  knownState,
  type StateOptions,
} from './known-state.js';
import { settingsFor } from './load-settings.js';
import { Terminal } from './terminal.js';

interface Options extends StateOptions {
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
  const command = program
    .command('explain')
    .description('what makes the forecast of a SKU at a location')
    .argument('<sku>')
    .argument('<location>');
  addStateOptions(command)
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'for machines: one JSON object')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(sku: string, location: string, options: Options): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  checkStateOptions(options);
  const settings = settingsFor(options, (text) => terminal.warn(text));
  const { core, lastBucket } = await knownState(terminal, settings, options);
  const row = findRow(core.table, sku, location);
  if (typeof row !== 'number') throw new UsageError(row.reason);
  const explanation = explain(core, row, lastBucket(row));
  terminal.result(explanation, explanationText(explanation));
}

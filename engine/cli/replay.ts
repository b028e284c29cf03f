// `stockpulse replay`: recorded events through the engine, offline, into files.
import type { Command } from 'commander';
import { SHORTEST_FOR_A_YEAR_DAYS } from '../kpis.js';
import { type ReplaySummary, replay } from '../replay.js';
import { exitCodes } from './exit.js';
import { requireFiles } from './input-files.js';
import { settingsFor } from './load-settings.js';
import { Terminal, table } from './terminal.js';

interface Options {
  readonly out: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('recorded events through the engine, offline; same input, same bytes out')
    .argument('<files...>', 'NDJSON, plain or gzip, read in this order; - is standard input')
    .requiredOption('--out <dir>', 'folder for the results; made when missing')
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'print the summary as JSON')
    .action(run);
}

async function run(files: readonly string[], options: Options): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  const settings = settingsFor(options, (text) => terminal.warn(text));
  await requireFiles(files);
  const progress = terminal.progress({ label: 'replay', total: 100 });
  const onProgress = (read: number, total: number | null): void => {
    if (total !== null && total > 0) progress.update((100 * read) / total);
  };
  let summary: ReplaySummary;
  try {
    summary = await replay({ files, out: options.out, settings, onProgress });
  } finally {
    progress.stop();
  }
  terminal.result(summary, report(summary, options.out));
  for (const { file, line, reason } of summary.problems) {
    terminal.warn(`${file}, line ${line}: ${reason}; what was read before it is in the results`);
  }
  if (summary.problems.length > 0) process.exitCode = exitCodes.failed;
}

function report(summary: ReplaySummary, out: string): string {
  const { events, kpis } = summary;
  const rows: [string, string | number | null][] = [
    ['events read', events.read],
    ['applied', events.applied],
    ['duplicate', events.duplicate],
    ['late', events.late],
    ['refused', events.refused],
    ['signals', summary.signals],
    ['alerts', summary.alerts],
    ['SKU-locations', summary.skuLocations],
    ['fill rate', percent(kpis.fillRate)],
    ['stockout rate', percent(kpis.stockoutRate)],
    ['turnover a year', turnover(kpis)],
    ['holding cost', kpis.holdingCost.toFixed(2)],
    ['seconds', summary.wallSeconds.toFixed(2)],
    ['events/s', Math.round(summary.eventsPerSecond)],
  ];
  return `${table(['', ''], rows)}\nresults are in ${out}`;
}

/** A year is not told from an afternoon. */
function turnover({ turnover, observedDays }: ReplaySummary['kpis']): string | null {
  if (turnover !== null) return turnover.toFixed(2);
  const isShort = observedDays > 0 && observedDays < SHORTEST_FOR_A_YEAR_DAYS;
  return isShort ? `too short to say (under ${SHORTEST_FOR_A_YEAR_DAYS} days)` : null;
}

function percent(share: number | null): string | null {
  return share === null ? null : `${(100 * share).toFixed(1)} %`;
}

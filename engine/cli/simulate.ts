// `stockpulse simulate FILE…`: what policies would have come to on recorded demand.
import { type Command, Option } from 'commander';
import type { Settings } from '../../config/settings.js';
import { SIMULATE_HELP } from '../simulate/help.js';
import { readDemand } from '../simulate/read-demand.js';
import { SIMULATED_BUCKETS, sampleOf } from '../simulate/recorded-demand.js';
import { simulationTables, tuningTables } from '../simulate/report.js';
import { type Simulation, simulate } from '../simulate/simulate.js';
import { type Tuning, tune } from '../simulate/tune.js';
import { exitCodes, interruption } from './exit.js';
import { requireFiles } from './input-files.js';
import { askedOf, type Options, POLICIES, settingsOf, usualOf, whole } from './simulate-request.js';
import { Terminal, table } from './terminal.js';

const collect = (one: string, all: readonly string[]): string[] => [...all, one];

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('run recorded demand against policies, with lead times, and compare them')
    .argument('<files...>', 'CSV or NDJSON, plain or gzip')
    .option('--policy <name>', `one of ${POLICIES.join(', ')}; may be said again`, collect, [])
    .option('--service <levels>', 'service levels asked for, one or several', '0.9,0.95,0.98')
    .addOption(
      new Option('--by <kind>', 'what they are of: order cycles, or units')
        .choices(['cycle', 'fill'])
        .default('cycle'),
    )
    .option('--safety-days <days>', 'of min-max, one or several', '7,14,28')
    .option('--lead-time <mean,sd>', 'days from order to receipt (default: the settings’)')
    .option('--review-days <days>', 'from one review of RS to the next (default: the settings’)')
    .option('--cover-days <days>', 'of a lot where no cost is known (default: the settings’)')
    .option('--ordering-cost <amount>', 'of one order (default: the settings’)')
    .option('--holding-rate <share>', 'of value, a year (default: the settings’)')
    .option('--shortage-rate <share>', 'of the price of a unit that was not there', '0.5')
    .option('--learn <share>', 'of the time, in which forecasts only learn', '0.33')
    .option('--warm-up <days>', 'on sale, before the stock of a SKU is measured', '28')
    .option('--lost-sales', 'unmet demand is gone, instead of waiting')
    .option('--series <number>', 'only so many series, evenly apart in their order')
    .option('--seed <text>', 'of the lead times', '1')
    .addOption(
      new Option('--bucket <length>', 'of a row, and of forecasts')
        .choices(SIMULATED_BUCKETS)
        .default('day'),
    )
    .addOption(
      new Option('--gaps <meaning>', 'buckets without a row in the life of a series')
        .choices(['zero', 'missing'])
        .default('zero'),
    )
    .option('--skip-bad', 'leave out rows that cannot be used, instead of refusing the file')
    .option('--tune', 'find the setting of each class that costs least, and report on the rest')
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'print all figures as JSON')
    .addHelpText('after', SIMULATE_HELP)
    .action(run);
}

async function run(files: readonly string[], options: Options): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  const settings = settingsOf(options);
  const asked = askedOf(options, settings);
  await requireFiles(files);
  const stop = interruption();
  const bar = terminal.progress({ label: 'simulating', total: null });
  let days = 0;
  const onDay = (): void => bar.update(0, `${++days} days`);
  try {
    const { bucket, gaps, skipBad = false } = options;
    const warn = (text: string): void => terminal.warn(text);
    const read = await readDemand({ files, bucket, gaps, skipBad, warn });
    const demand =
      options.series === undefined ? read : sampleOf(read, whole('--series', options.series));
    const request = { ...asked, demand, settings, watch: { signal: stop.signal, onDay } };
    const outcome = options.tune
      ? await tune({ ...request, levels: asked.services, usual: usualOf(settings, options.by) })
      : await simulate(request);
    bar.stop();
    terminal.result({ ...echo(files, options, settings), ...outcome }, report(outcome));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    terminal.warn('stopped before the end: there are no figures');
    process.exitCode = exitCodes.interrupted;
  } finally {
    bar.stop();
    stop.dispose();
  }
}

function echo(files: readonly string[], options: Options, { replenish }: Settings) {
  const { leadTimeDays, leadTimeSdDays, reviewDays, coverDays } = replenish;
  const { orderingCost, holdingRate } = replenish;
  return {
    settings: {
      ...{ files, bucket: options.bucket, seed: options.seed },
      ...{ lostSales: options.lostSales ?? false, leadTimeDays, leadTimeSdDays },
      ...{ reviewDays, coverDays, orderingCost, holdingRate },
      shortageRate: Number(options.shortageRate),
    },
  };
}

function report(outcome: Simulation | Tuning): string {
  const isTuning = 'trials' in outcome;
  const tables = isTuning ? tuningTables(outcome) : simulationTables(outcome);
  const head = isTuning ? `tuned until ${outcome.tunedUntil}` : factsOf(outcome);
  const texts = tables.map(({ title, head: names, rows }) => `${title}\n${table(names, rows)}`);
  return [head, ...texts].join('\n\n');
}

function factsOf({ series, lines, measured, measuredByClass, span }: Simulation): string {
  const classes = Object.entries(measuredByClass).map(([name, count]) => `${count} ${name}`);
  return table(
    ['', ''],
    [
      ['series', `${series}, ${measured} of them measured: ${classes.join(', ')}`],
      ['order lines', String(lines)],
      ['time', `${span.from} … ${span.to}, measured from ${span.measuredFrom}`],
    ],
  );
}

// `stockpulse backtest FILE…`: how good the forecasts would have been on recorded sales.
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import {
  type Backtest,
  type BacktestOptions,
  backtest,
  NEURAL_EVERY,
  SCORED,
  type Scored,
  WARM_UP,
} from '../backtest/backtest.js';
import type { Gaps } from '../backtest/build-recording.js';
import { BUCKETS, type Bucket } from '../backtest/calendar.js';
import type { Training } from '../backtest/contender.js';
import { BACKTEST_HELP } from '../backtest/help.js';
import { writePlots } from '../backtest/plots/write.js';
import { reportTables } from '../backtest/report.js';
import { engineSubject, type MakeSubject } from '../backtest/subject.js';
import { exitCodes, interruption, UsageError } from './exit.js';
import { requireFiles } from './input-files.js';
import { type Progress, Terminal, table } from './terminal.js';

interface Options {
  readonly bucket: Bucket;
  readonly horizon: string;
  readonly gaps: Gaps;
  readonly score: Scored;
  readonly every?: string;
  readonly warmUp?: string;
  readonly without?: 'carts' | 'censoring';
  readonly neural?: boolean;
  readonly neuralEvery?: string;
  readonly skipBad?: boolean;
  readonly plots?: string;
  readonly json?: boolean;
}

/** @param makeSubject what is tested; the engine's own forecasters where nothing else is given */
export function registerBacktest(program: Command, makeSubject: MakeSubject = engineSubject): void {
  const [warmUps, everies] = [WARM_UP, NEURAL_EVERY].map((usual) =>
    BUCKETS.map((bucket) => `${usual[bucket]} ${bucket}s`).join(', '),
  );
  program
    .command('backtest')
    .description('forecast recorded sales bucket by bucket, and score what was forecast')
    .argument('<files...>', 'CSV, plain or gzip; - is standard input')
    .addOption(new Option('--bucket <length>', 'buckets of a row').choices(BUCKETS).default('day'))
    .option('--horizon <buckets>', 'how far ahead, one or several', '7,14,28')
    .addOption(
      new Option('--gaps <meaning>', 'buckets without a row in the life of a series')
        .choices(['zero', 'missing'])
        .default('zero'),
    )
    .addOption(
      new Option('--score <part>', 'the whole time, its first three quarters, or its last')
        .choices(SCORED)
        .default('all'),
    )
    .option('--every <buckets>', 'forecast a series only this often (default: see below)')
    .option('--warm-up <buckets>', `known buckets before the first score (default: ${warmUps})`)
    .addOption(
      new Option('--without <what>', 'as if nothing of it were known').choices([
        'carts',
        'censoring',
      ]),
    )
    .option('--neural', 'with the neural network, trained on the way: takes minutes more')
    .option('--neural-every <buckets>', `train it this often (default: ${everies})`)
    .option('--skip-bad', 'leave out rows that cannot be used, instead of refusing the file')
    .option('--plots <dir>', 'folder for pictures (SVG); made when missing')
    .option('--json', 'print all figures as JSON')
    .addHelpText('after', BACKTEST_HELP)
    .action((files: string[], options: Options) => run(files, options, makeSubject));
}

async function run(files: readonly string[], options: Options, makeSubject: MakeSubject) {
  const terminal = new Terminal({ json: options.json });
  const request = requestOf(files, options);
  await requireFiles(files);
  const stop = interruption();
  const bars = new Bars(terminal, await totalBytes(files));
  try {
    const done = await backtest({
      ...request,
      ...{ makeSubject, signal: stop.signal },
      warn: (text) => terminal.warn(text),
      onRead: (bytes) => bars.read(bytes),
      onProgress: (at, of) => bars.forecast(at, of),
    });
    bars.stop();
    const pictures = options.plots === undefined ? [] : await writePlots(options.plots, done);
    terminal.result(done.outcome, report(done, pictures));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    terminal.warn('stopped before the end: there are no figures');
    process.exitCode = exitCodes.interrupted;
  } finally {
    bars.stop();
    stop.dispose();
  }
}

type Request = Omit<BacktestOptions, 'makeSubject' | 'warn'>;

function requestOf(files: readonly string[], options: Options): Request {
  const { bucket, gaps, every, warmUp, neuralEvery, neural: withNeural = false } = options;
  if (neuralEvery !== undefined && !withNeural) {
    throw new UsageError('--neural-every needs --neural');
  }
  return {
    ...{ files, bucket, gaps, scored: options.score },
    horizons: horizonsOf(options.horizon),
    every: every === undefined ? null : wholeNumber('--every', every, 1),
    warmUp: warmUp === undefined ? null : wholeNumber('--warm-up', warmUp, 1),
    withCarts: options.without !== 'carts',
    withCensoring: options.without !== 'censoring',
    withNeural,
    neuralEvery: neuralEvery === undefined ? null : wholeNumber('--neural-every', neuralEvery, 1),
    skipBad: options.skipBad ?? false,
    withFans: options.plots !== undefined,
  };
}

/** Farthest that anyone may ask for: the state of the run grows with it. */
const FARTHEST = 366;

/** Rising, each once. */
function horizonsOf(text: string): number[] {
  const horizons = text.split(',').map((part) => wholeNumber('--horizon', part.trim(), 1));
  const farthest = Math.max(...horizons);
  if (farthest > FARTHEST) {
    throw new UsageError(`--horizon must be at most ${FARTHEST} buckets, got ${farthest}`);
  }
  return [...new Set(horizons)].sort((a, b) => a - b);
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && Number.isSafeInteger(number)) return number;
  throw new UsageError(`${option} must be a whole number >= ${least}, got ${JSON.stringify(text)}`);
}

/** A bar while it reads, then one while it forecasts. */
class Bars {
  private bytes = 0;
  private bar: Progress;
  private isReading = true;

  constructor(
    private readonly terminal: Terminal,
    private readonly totalBytes: number | null,
  ) {
    this.bar = terminal.progress({ label: 'reading', total: totalBytes });
  }

  read(bytes: number): void {
    this.bytes += bytes;
    this.bar.update(this.bytes, this.totalBytes === null ? `${this.bytes} bytes` : '');
  }

  forecast(done: number, total: number): void {
    if (this.isReading) {
      this.isReading = false;
      this.bar.stop();
      this.bar = this.terminal.progress({ label: 'forecasting', total });
    }
    this.bar.update(done);
  }

  stop(): void {
    this.bar.stop();
  }
}

async function totalBytes(files: readonly string[]): Promise<number | null> {
  if (files.includes('-')) return null;
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function report({ outcome }: Backtest, pictures: readonly string[]): string {
  const { series, buckets, from, to, origins, settings, trainings } = outcome;
  const { microsPerUpdate, bytesPerSeries } = outcome;
  const facts = table(
    ['', ''],
    [
      ['series', String(series)],
      ['buckets', `${buckets}, each a ${settings.bucket}, ${from} … ${to}`],
      ['scored', `${settings.score}, from ${origins} origins (--every ${settings.every})`],
      ['time per update', `${microsPerUpdate.toFixed(2)} µs (median)`],
      ['state per series', `${bytesPerSeries} bytes`],
      ...(trainings === null ? [] : [['network', networkText(trainings)]]),
    ],
  );
  const tables = reportTables(outcome).map(
    ({ title, head, rows }) => `${title}\n${table(head, rows)}`,
  );
  const drawn = pictures.length > 0 ? [`pictures:\n${pictures.join('\n')}`] : [];
  return [facts, ...tables, ...drawn].join('\n\n');
}

function networkText(trainings: readonly Training[]): string {
  const first = trainings.find(({ isPromoted }) => isPromoted);
  const promoted = trainings.filter(({ isPromoted }) => isPromoted).length;
  const since = first === undefined ? '' : `, the first of these after ${first.seen} buckets`;
  return `trained ${trainings.length} times, ${promoted} times better than before${since}`;
}

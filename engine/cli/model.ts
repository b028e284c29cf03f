// `stockpulse model`: the network's models, on the broker and as files.
import { readFile, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { SEASONS } from '../../operators/demand/calendar.js';
import { decodeModel, isModel } from '../../operators/forecast/neural/model.js';
import { isBetter, type Score } from '../../operators/forecast/neural/score.js';
import { publishModel, withModelCopies } from '../neural/broker-models.js';
import { versionOf } from '../neural/model-event.js';
import { recordedWindows } from '../neural/recorded-windows.js';
import { train } from '../workers/trainer.js';
import type { Trained } from '../workers/trainer-protocol.js';
import { interruption, UsageError } from './exit.js';
import { requireFiles } from './input-files.js';
import { settingsFor } from './load-settings.js';
import { Terminal, table } from './terminal.js';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

interface TrainOptions extends Options {
  readonly out: string;
  readonly from?: string;
  readonly steps?: number;
  readonly seed: number;
}

const HELP = `
The engine trains by itself (neural.train), and what is better takes effect through the log. To
train elsewhere, on recorded events, and put the model in force on a broker:
  stockpulse model train events.ndjson.gz --out shop.model
  stockpulse model load shop.model
To go back to an earlier one: stockpulse model export VERSION old.model, then load old.model.`;

export function registerModel(program: Command): void {
  const model = new Command('model')
    .description('models of the neural network: on the broker, and as files')
    .addHelpText('after', HELP);
  withOptions(model.command('list'))
    .description('copies in bucket neural.copyTo; the newest first')
    .action(list);
  withOptions(model.command('export'))
    .description('one as a file of its own, checked; the newest without VERSION')
    .usage('[options] [VERSION] FILE')
    .argument('<version or file>')
    .argument('[file]')
    .action(exportOne);
  withOptions(model.command('load'))
    .description('a file into the log: from there on every engine forecasts with it')
    .argument('<file>', 'what export or train wrote')
    .action(load);
  withOptions(model.command('train'))
    .description('one from recorded events, without a server')
    .argument('<file...>', 'NDJSON files, plain or gzip')
    .requiredOption('--out <file>', 'where the model goes')
    .option('--from <file>', 'model to go on from, and to compare with')
    .option('--steps <n>', 'steps of training (default: setting neural.steps)', positive)
    .option('--seed <n>', 'which windows, in which order', positive, 1)
    .action(trainOne);
  program.addCommand(model);
}

function withOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'for machines: one JSON object');
}

async function list(options: Options): Promise<void> {
  const { terminal, settings } = begin(options);
  const bucket = settings.neural.copyTo;
  const models = await withModelCopies(settings, (copies) => copies.list());
  const rows = models.map(({ version, savedAt, bytes, score }) => {
    return [version, savedAt, bytes, shown(score?.deviance), shown(score?.pinball)];
  });
  const head = ['version', 'saved at', 'bytes', 'deviance', 'pinball'];
  const none = `no models in bucket ${bucket}`;
  terminal.result({ bucket, models }, models.length === 0 ? none : table(head, rows));
}

async function exportOne(first: string, second: string | undefined, options: Options) {
  const { terminal, settings } = begin(options);
  const [wanted, file] = second === undefined ? [undefined, first] : [first, second];
  const { version, bytes } = await withModelCopies(settings, async (copies) => {
    const name = wanted ?? (await copies.list())[0]?.version;
    const found = name === undefined ? null : await copies.get(name);
    if (name !== undefined && found !== null) return { version: name, bytes: found };
    const which = wanted === undefined ? 'no models' : `no model ${wanted}`;
    throw new UsageError(`${which} in bucket ${settings.neural.copyTo}: see \`model list\``);
  });
  // Takes no other file's place.
  await writeFile(file, bytes, { flag: 'wx' });
  terminal.result({ version, file, bytes: bytes.length }, `model ${version} is in ${file}`);
}

async function load(file: string, options: Options): Promise<void> {
  const { terminal, settings } = begin(options);
  const bytes = await modelFile(file);
  const version = await publishModel(settings, bytes);
  terminal.result(
    { version, file, stream: settings.nats.streams.events },
    `model ${version} is in ${settings.nats.streams.events}: engines forecast with it from there on`,
  );
}

async function trainOne(files: string[], options: TrainOptions): Promise<void> {
  const { terminal, settings } = begin(options);
  await requireFiles(files);
  const start = options.from === undefined ? null : await modelFile(options.from);
  const stop = interruption();
  try {
    const { windows, judged, problems } = await reading(terminal, files, { ...options, settings });
    for (const { file, reason } of problems) terminal.warn(`${file}: ${reason}`);
    if (windows.count === 0) {
      throw new UsageError('nothing to learn from: no SKU-location has 21 buckets with demand');
    }
    const used = { windows: windows.count, judged: judged?.count ?? windows.count };
    terminal.note(`training on ${used.windows} windows of up to 28 buckets`);
    const seasons = SEASONS[settings.demand.bucket];
    const { seed } = options;
    const steps = options.steps ?? settings.neural.steps;
    const task = { windows, judged, seasons, start, present: start, steps, cpuShare: 1, seed };
    const trained = await train(task, stop.signal);
    await writeFile(options.out, trained.model);
    const version = versionOf(trained.model);
    const { scores, seconds, backend } = trained;
    terminal.result(
      { version, file: options.out, ...used, seconds, backend, scores, isBetter: isBetter(scores) },
      trainedText(version, options.out, trained),
    );
  } finally {
    stop.dispose();
  }
}

function reading(
  terminal: Terminal,
  files: readonly string[],
  { settings, seed }: { readonly settings: ReturnType<typeof settingsFor>; readonly seed: number },
) {
  const progress = terminal.progress({ label: 'reading', total: 1 });
  const onProgress = (read: number, total: number | null): void => {
    progress.update(total === null ? 0 : read / Math.max(1, total));
  };
  return recordedWindows({ files, settings, seed, onProgress }).finally(() => progress.stop());
}

function trainedText(version: string, file: string, { scores, seconds, backend }: Trained): string {
  const row = (name: string, score: Score | null) => {
    return [name, shown(score?.deviance), shown(score?.absoluteError), shown(score?.pinball)];
  };
  const rows = [row('trained', scores.trained), row('seasonal mean', scores.seasonalMean)];
  if (scores.present !== null) rows.splice(1, 0, row('before', scores.present));
  const verdict = isBetter(scores) ? 'better than both' : 'not better: do not load it';
  const took = `${seconds.toFixed(1)} s on ${backend}`;
  const head = ['error on the newest buckets, scaled', 'deviance', 'absolute', 'pinball'];
  return `${table(head, rows)}\n${version} is in ${file} (${took}); ${verdict}`;
}

/** @throws UsageError when the file holds no model */
async function modelFile(file: string): Promise<Uint8Array> {
  await requireFiles([file]);
  const bytes = await readFile(file);
  const model = decodeModel(bytes);
  if (!isModel(model)) throw new UsageError(`${file}: no model: ${model.refused}`);
  return bytes;
}

function begin(options: Options) {
  const terminal = new Terminal({ json: options.json ?? false });
  return { terminal, settings: settingsFor(options, (text) => terminal.warn(text)) };
}

function shown(value: number | null | undefined): string {
  return value == null ? '-' : value.toPrecision(4);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('it must be a whole number above 0');
}

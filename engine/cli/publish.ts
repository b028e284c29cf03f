// `stockpulse publish FILE…`: recorded events into NATS, in their own time or faster.
import { type Command, Option } from 'commander';
import { loadSettings, type Settings } from '../../config/settings.js';
import { connectNats } from '../../connectors/nats/connect.js';
import { EventPublisher } from '../../connectors/nats/event-publisher.js';
import { ensureStreams } from '../../connectors/nats/streams.js';
import { natsOptions, streamPlans } from '../nats-options.js';
import { exitCodes, interruption, UsageError } from './exit.js';
import { requireFiles } from './input-files.js';
import { type PublishSummary, publishFiles } from './publish-files.js';
import { Terminal } from './terminal.js';

interface PublishOptions {
  readonly speed: string;
  readonly url?: string;
  readonly config?: string;
  readonly pack: string;
  readonly after: string;
  readonly json?: boolean;
}

const help = `
Files are NDJSON, plain or gzip, in the order given; - is standard input.
--speed 1 keeps the events' own time, --speed 60 makes a minute of a recorded hour; without it
events go as fast as the server acknowledges them.
Publishing a file again does no harm: ids that came before change nothing (dedupe.window). A run
that was stopped says which line it came to; --after LINE goes on from there.`;

export function registerPublish(program: Command): void {
  program
    .command('publish')
    .description('publish recorded events into NATS')
    .argument('<file...>', 'NDJSON files, plain or gzip')
    .addOption(new Option('--speed <n>', 'times faster than recorded, or max').default('max'))
    .option('--url <url>', 'NATS server (default: setting nats.url)')
    .option('--config <file>', 'settings file, as for run')
    .option('--pack <n>', 'events a message', '1')
    .option('--after <line>', 'leave out the lines up to this one', '0')
    .option('--json', 'for machines: one JSON object at the end')
    .addHelpText('after', help)
    .action(publish);
}

async function publish(files: string[], options: PublishOptions): Promise<void> {
  const request = {
    files,
    speed: speedOf(options.speed),
    after: wholeNumber('--after', options.after, 0),
  };
  const pack = wholeNumber('--pack', options.pack, 1);
  const overrides = options.url === undefined ? {} : { 'nats.url': options.url };
  const settings = loadSettings({ file: options.config, env: process.env, overrides }).nats;
  await requireFiles(files);
  const terminal = new Terminal({ json: options.json });
  const stop = interruption();
  const startedMs = performance.now();
  const summary = await withPublisher(settings, { pack, terminal }, async (publisher) => {
    const progress = terminal.progress({ label: 'publishing', total: 1 });
    const onProgress = (at: Progressed): void => {
      const share = at.bytesTotal === null ? 0 : at.bytesRead / Math.max(1, at.bytesTotal);
      progress.update(share, `${at.published} events`);
    };
    try {
      return await publishFiles(publisher, { ...request, signal: stop.signal, onProgress });
    } finally {
      progress.stop();
    }
  }).finally(stop.dispose);
  report(terminal, summary, (performance.now() - startedMs) / 1000);
}

type Progressed = Parameters<NonNullable<Parameters<typeof publishFiles>[1]['onProgress']>>[0];

async function withPublisher<T>(
  settings: Settings['nats'],
  { pack, terminal }: { readonly pack: number; readonly terminal: Terminal },
  use: (publisher: EventPublisher) => Promise<T>,
): Promise<T> {
  if (settings.url === null) {
    throw new UsageError('where is NATS? give --url nats://HOST:PORT, or the setting nats.url');
  }
  const connection = await connectNats({
    ...natsOptions(settings, settings.url),
    name: 'stockpulse publish',
  });
  try {
    const { warnings } = await ensureStreams(connection, streamPlans(settings));
    for (const warning of warnings) terminal.warn(warning);
    const publisher = new EventPublisher(connection, { pack, inFlight: settings.maxInFlight });
    const result = await use(publisher);
    await publisher.close();
    return result;
  } finally {
    await connection.close();
  }
}

function report(terminal: Terminal, summary: PublishSummary, seconds: number): void {
  const perSecond = Math.round(summary.published / Math.max(seconds, 0.001));
  const { published, malformed, lastLine, interrupted, problems } = summary;
  for (const problem of problems) terminal.warn(problem);
  if (malformed > 0) terminal.warn(`${malformed} lines are no events: the engine refuses them`);
  const line = `${published} events published in ${seconds.toFixed(1)} s (${perSecond}/s)`;
  const goOn = `stopped after line ${lastLine}; go on with --after ${lastLine}`;
  terminal.result(
    { ...summary, seconds: Number(seconds.toFixed(3)), eventsPerSecond: perSecond },
    interrupted ? `${line}\n${goOn}` : line,
  );
  if (interrupted) process.exitCode = exitCodes.interrupted;
  else if (problems.length > 0) process.exitCode = exitCodes.failed;
}

function speedOf(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  if (text.trim() !== '' && speed > 0) return speed;
  throw new UsageError(`--speed must be a number above 0, or max, got ${JSON.stringify(text)}`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && Number.isSafeInteger(number)) return number;
  throw new UsageError(`${option} must be a whole number >= ${least}, got ${JSON.stringify(text)}`);
}

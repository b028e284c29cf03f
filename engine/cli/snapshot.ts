// `stockpulse snapshot`: what the data folder or the broker holds, one out of it, one into it.
import { Command } from 'commander';
import type { Settings } from '../../config/settings.js';
import { LAYOUTS, layoutCheck, stateOf } from '../migrations.js';
import { findCopy, listCopies } from '../snapshot-copy-list.js';
import { factsOf, type SectionFacts, type StateFacts, sectionsOf } from '../snapshot-facts.js';
import {
  exportSnapshot,
  findSnapshot,
  importSnapshot,
  type ListedSnapshot,
  listSnapshots,
  snapshotsDir,
} from '../snapshot-folder.js';
import { UsageError } from './exit.js';
import { requireFiles } from './input-files.js';
import { settingsFor } from './load-settings.js';
import { Terminal, table } from './terminal.js';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  /** Those on the broker, not those in the data folder. */
  readonly copies?: boolean;
}

const FORK = `
A what-if, beside the engine that runs:
  stockpulse snapshot export state.snapshot
  STOCKPULSE_DATA_DIR=what-if stockpulse snapshot import state.snapshot
  then run with data.dir what-if and settings of its own: other nats.streams.signals and
  nats.streams.refused, another http.port, and another ClickHouse database or none. It goes on
  from the position of the snapshot, which EVENTS must still hold. Where snapshot.copyTo is set,
  import with those settings too: it then puts the file among the copies of its own streams.`;

export function registerSnapshot(program: Command): void {
  const snapshot = new Command('snapshot')
    .description('snapshots of the data folder, or their copies on the broker')
    .addHelpText('after', FORK);
  withOptions(snapshot.command('list'))
    .description('all of them, each read and checked (copies: described); the newest first')
    .option(...COPIES)
    .action(list);
  withOptions(snapshot.command('inspect'))
    .description('what one holds')
    .argument('[name]', 'as list names it; the newest without it')
    .option(...COPIES)
    .action(inspect);
  withOptions(snapshot.command('export'))
    .description('one as a file of its own, checked; the newest without NAME')
    .usage('[options] [NAME] FILE')
    .argument('<name or file>')
    .argument('[file]')
    .option(...COPIES)
    .action(exportOne);
  withOptions(snapshot.command('import'))
    .description('a file becomes the newest snapshot; not while an engine uses the folder')
    .argument('<file>', 'what export wrote')
    .action(importOne);
  program.addCommand(snapshot);
}

const COPIES = ['--copies', 'the copies in bucket snapshot.copyTo'] as const;

function withOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings (YAML); they name the data folder')
    .option('--json', 'for machines: one JSON object');
}

async function list(options: Options): Promise<void> {
  const { terminal, settings } = begin(options);
  if (options.copies) return listCopied(terminal, settings);
  const dir = snapshotsDir(settings);
  const snapshots = await listSnapshots(settings);
  const text = snapshots.length === 0 ? `no snapshots in ${dir}` : listText(snapshots, 'whole');
  terminal.result({ dir, snapshots }, text);
}

async function listCopied(terminal: Terminal, settings: Settings): Promise<void> {
  const bucket = settings.snapshot.copyTo;
  const snapshots = await listCopies(settings);
  const none = `no copies of snapshots in bucket ${bucket}`;
  terminal.result(
    { bucket, snapshots },
    snapshots.length === 0 ? none : listText(snapshots, 'all chunks there'),
  );
}

function listText(snapshots: readonly ListedSnapshot[], good: string): string {
  const head = ['name', 'position', 'saved at', 'bytes', 'layout', 'fence', 'state'];
  return table(
    head,
    snapshots.map((one) => {
      const { name, position, savedAt, bytes, layout, fence, refused } = one;
      const state = refused === null ? good : `refused: ${refused}`;
      return [name, position, savedAt, bytes, layout, fence, state];
    }),
  );
}

async function inspect(name: string | undefined, options: Options): Promise<void> {
  const { terminal, settings } = begin(options);
  const { name: found, snapshot } = await findOrSay(settings, name, options);
  const { schema: layout, position, fence = 0, bytes } = snapshot;
  const header = { name: found, layout, position, fence, bytes: bytes.byteLength };
  const refused = layoutCheck(LAYOUTS)(layout);
  const facts = refused === null ? factsOf(stateOf(snapshot, LAYOUTS)) : null;
  const sections = sectionsOf(snapshot);
  terminal.result(
    { ...header, refused, facts, sections },
    [inspectText({ ...header, ...(facts ?? { refused }) }), sectionsText(sections)].join('\n\n'),
  );
}

function inspectText(facts: Readonly<Record<string, string | number | null>>): string {
  const names: Partial<Record<string, string>> & Record<keyof StateFacts, string> = {
    skus: 'SKUs',
    locations: 'locations',
    skuLocations: 'SKU-locations',
    openOrders: 'open orders',
    streamTime: 'stream time',
    eventsApplied: 'events applied',
  };
  return table(
    ['', ''],
    Object.entries(facts).map(([name, value]) => [names[name] ?? name, String(value ?? '-')]),
  );
}

function sectionsText(sections: readonly SectionFacts[]): string {
  const rows = sections.map(({ name, type, count, bytes }) => [name, type, count, bytes]);
  return table(['section', 'type', 'numbers or texts', 'bytes'], rows);
}

async function exportOne(first: string, second: string | undefined, options: Options) {
  const { terminal, settings } = begin(options);
  const [name, file] = second === undefined ? [undefined, first] : [first, second];
  const found = await findOrSay(settings, name, options);
  await exportSnapshot(found.snapshot, file);
  const { position, schema: layout } = found.snapshot;
  terminal.result(
    { name: found.name, file, position, layout },
    `${found.name}, the state at position ${position}, is in ${file}`,
  );
}

async function importOne(file: string, options: Options): Promise<void> {
  const { terminal, settings } = begin(options);
  await requireFiles([file]);
  const { position, schema: layout } = await importSnapshot(settings, file);
  const dir = snapshotsDir(settings);
  terminal.result(
    { file, dir, position, layout },
    `${file} is the newest snapshot in ${dir}: the next run goes on after position ${position}`,
  );
}

function begin(options: Options): { readonly terminal: Terminal; readonly settings: Settings } {
  const terminal = new Terminal({ json: options.json });
  return { terminal, settings: settingsFor(options, (text) => terminal.warn(text)) };
}

async function findOrSay(settings: Settings, name: string | undefined, { copies }: Options) {
  const found = copies ? await findCopy(settings, name) : await findSnapshot(settings, name);
  if (found !== null) return found;
  const { copyTo } = settings.snapshot;
  const where = copies ? `bucket ${copyTo}` : snapshotsDir(settings);
  const hint = copies ? 'is snapshot.copyTo right' : 'is data.dir right';
  if (name === undefined) throw new UsageError(`no snapshots in ${where}: ${hint}?`);
  throw new UsageError(`no snapshot ${name} in ${where}: \`stockpulse snapshot list\` has all`);
}

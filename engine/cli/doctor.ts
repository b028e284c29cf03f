// `stockpulse doctor`: checks each part that the engine needs here and says what to do.
import Table from 'cli-table3';
import type { Command } from 'commander';
import pc from 'picocolors';
import { idsOf, unknownVariables } from '../../config/environment.js';
import { loadSettings, type Settings, SettingsError } from '../../config/settings.js';
import { withoutSecrets } from '../secrets.js';
import { type Check, checked, failed, note, ok } from './doctor-check.js';
import {
  checkDataFolder,
  checkNode,
  checkPage,
  checkPort,
  checkTensorFlow,
} from './doctor-machine.js';
import { checkClickHouse, checkNats } from './doctor-servers.js';

export interface DoctorOptions {
  readonly config?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Diagnosis {
  /** False: the engine would not run like this. */
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check each part that stockpulse needs here, and say what to do')
    .option('--config <file>', 'settings file, as for run')
    .option('--json', 'for machines: one JSON object')
    .action(async (options: { config?: string; json?: boolean }) => {
      const diagnosis = await diagnose({ config: options.config });
      const width = process.stdout.columns ?? 120;
      const text = options.json ? JSON.stringify(diagnosis) : asTable(diagnosis, width);
      process.stdout.write(`${text}\n`);
      if (!diagnosis.healthy) process.exitCode = 1;
    });
}

/** Runs all checks, each with a time limit of its own; wrong settings do not stop the others. */
export async function diagnose(options: DoctorOptions = {}): Promise<Diagnosis> {
  const env = options.env ?? process.env;
  const { settings, check } = readSettings(env, options.config);
  const found = await Promise.all([
    checked('Node.js', () => checkNode()),
    check,
    checked('data folder', () => checkDataFolder(settings.data.dir)),
    checked('NATS', () => checkNats(settings.nats, env)),
    checked('ClickHouse', () => checkClickHouse(settings.clickhouse, env)),
    checked('TensorFlow', () => checkTensorFlow()),
    checked('HTTP port', () => checkPort(settings.http)),
    checked('live page', () => checkPage()),
  ]);
  const known = [settings.nats.password, settings.nats.token, settings.clickhouse.password];
  const checks = found.map((one) => shown(one, [...known, settings.http.token]));
  return { healthy: checks.every(({ state }) => state !== 'failed'), checks };
}

/** What servers and libraries say goes into a finding as it is, and into bug reports from there. */
function shown(check: Check, secrets: readonly (string | null)[]): Check {
  const { found, todo } = check;
  return {
    ...check,
    found: withoutSecrets(found, secrets),
    todo: todo === null ? null : withoutSecrets(todo, secrets),
  };
}

function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  file: string | undefined,
): { readonly settings: Settings; readonly check: Check } {
  const part = 'settings';
  try {
    const settings = loadSettings({ env, file });
    const strange = unknownVariables(env, idsOf(settings));
    const check =
      strange.length === 0
        ? ok(part, file ?? env.STOCKPULSE_CONFIG ?? 'defaults and environment')
        : note(part, strange.join('; '), 'correct or unset them');
    return { settings, check };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const check = failed(
      part,
      error.problems.join('\n'),
      'correct them; config/defaults.yaml has all',
    );
    return { settings: loadSettings({ env: {} }), check };
  }
}

export function asTable({ checks, healthy }: Diagnosis, columns: number): string {
  const states = { ok: pc.green('ok'), note: pc.yellow('note'), failed: pc.red('FAILED') };
  const text = Math.max(20, columns - 14 - 10 - 6);
  const table = new Table({
    head: ['part', 'state', 'found, and what to do'],
    colWidths: [14, 10, text],
    style: { head: [], border: [] },
  });
  for (const { part, state, found, todo } of checks) {
    const lines = todo === null ? found : `${found}\n→ ${todo}`;
    table.push([part, states[state], wrap(lines, text - 2)]);
  }
  const bad = checks.filter(({ state }) => state === 'failed').map(({ part }) => part);
  const verdict = healthy
    ? 'Everything that is needed is here.'
    : `Needed and not here, or wrong: ${bad.join(', ')}.`;
  return `${table.toString()}\n${verdict}`;
}

/** At words; what is longer than a line (a path) is broken where the line ends. */
function wrap(text: string, width: number): string {
  const pieces = new RegExp(`(?:.{1,${width}}(?=\\s|$)|\\S{${width}})`, 'g');
  return text
    .split('\n')
    .flatMap((line) => (line.match(pieces) ?? [line]).map((piece) => piece.trim()))
    .join('\n');
}

// Settings for the whole engine: defaults, then the YAML file, then the environment, then options.
import { readFileSync } from 'node:fs';
import { type Assignment, assign, type Findings } from './assignment.js';
import { type Section, settingList, settingTree } from './catalogue.js';
import { readEnvironment } from './environment.js';
import { nearest } from './nearest.js';
import { brokenRules } from './rules.js';
import type { LoadedSettings } from './schema.js';
import { readYaml } from './yaml-file.js';

/** Durations are milliseconds, sizes bytes, shares 0-1. Frozen. */
export type Settings = LoadedSettings;

export interface SettingsInput {
  /** Path of the YAML file; absent: the one that STOCKPULSE_CONFIG names, else defaults alone. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Values by path, over everything else: `{ 'nats.url': '…', 'time.disorder': 0 }`. Text as in
   * the file, or loaded values. By id: `{ 'locations.berlin.timeZone': 'Europe/Berlin' }`.
   */
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly readFile?: (path: string) => string;
}

/** All that is wrong with the settings, a line each; every line says where and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(`settings: ${count}\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Loads the settings. Throws SettingsError with every problem found, not only the first. */
export function loadSettings(input: SettingsInput): Settings {
  const readFile = input.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const findings: Findings = { assignments: [], problems: [] };
  const file = input.file ?? (input.env.STOCKPULSE_CONFIG || undefined);
  if (file !== undefined) readSettingsFile(file, readFile, findings);
  readEnvironment(input.env, readFile, findings);
  readOverrides(input.overrides ?? {}, findings);
  if (findings.problems.length > 0) throw new SettingsError(findings.problems);

  const settings = assemble(findings.assignments);
  const broken = brokenRules(settings, (path) => placeOf(findings.assignments, path));
  if (broken.length > 0) throw new SettingsError(broken);
  return settings;
}

function readSettingsFile(
  file: string,
  readFile: (path: string) => string,
  findings: Findings,
): void {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.problems.push(`${file} cannot be read: ${reason}`);
    return;
  }
  readYaml(text, file, findings);
}

function readOverrides(overrides: Readonly<Record<string, unknown>>, findings: Findings): void {
  for (const [path, raw] of Object.entries(overrides)) {
    const id = /^(?:locations|suppliers)\.(.+)\.[^.]+$/.exec(path)?.[1];
    const known = id === undefined ? path : path.replace(`.${id}.`, () => '.<id>.');
    const setting = settingList.find((candidate) => candidate.path === known);
    if (setting === undefined) {
      const near = nearest(
        path,
        settingList.map((s) => s.path),
      );
      findings.problems.push(`${path} is unknown${near === null ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const keys = setting.keys.map((key) => (key === '<id>' ? (id ?? key) : key));
    // Here a bare number is a loaded value: it has been through the schema's units already.
    const text = typeof raw === 'number' && setting.schema.reads === 'duration' ? `${raw}ms` : raw;
    assign(findings, setting, keys, text, 'option');
  }
}

/** Defaults with the assignments laid over them, later ones winning. */
function assemble(assignments: readonly Assignment[]): Settings {
  const root = defaultsOf(settingTree);
  for (const { keys, value } of assignments) {
    let at = root;
    for (const [i, key] of keys.slice(0, -1).entries()) {
      if (!Object.hasOwn(at, key)) put(at, key, defaultsOf(sectionAt(keys.slice(0, i))));
      at = at[key] as Tree;
    }
    put(at, keys.at(-1)!, value);
  }
  return deepFreeze(root) as unknown as Settings;
}

type Tree = Record<string, unknown>;

function defaultsOf(section: Section): Tree {
  const tree: Tree = {};
  for (const [name, member] of section.members) {
    if (member.kind === 'setting') tree[name] = member.schema.default;
    // Without a prototype, so that looking up a location called `constructor` finds nothing.
    else tree[name] = member.byId ? Object.create(null) : defaultsOf(member);
  }
  return tree;
}

function sectionAt(keys: readonly string[]): Section {
  return keys.reduce((at, key) => at.members.get(key) as Section, settingTree);
}

/** Defines rather than sets: a location may be called `__proto__`. */
function put(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, writable: true, configurable: true });
}

function deepFreeze(tree: Tree): Tree {
  for (const value of Object.values(tree)) {
    if (typeof value === 'object' && value !== null) deepFreeze(value as Tree);
  }
  return Object.freeze(tree);
}

function placeOf(assignments: readonly Assignment[], path: string): string | null {
  const given = assignments.findLast((a) => `${a.keys.join('.')}.`.startsWith(`${path}.`));
  return given?.where ?? null;
}

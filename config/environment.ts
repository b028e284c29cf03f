// Settings out of environment variables, and secrets out of the files that variables name.
import { type Assignment, assign, type Findings } from './assignment.js';
import { type Section, type Setting, settingList, settingTree, variableOf } from './catalogue.js';
import { nearest } from './nearest.js';
import type { LoadedSettings } from './schema.js';
import { readYaml } from './yaml-file.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of ours that are no settings. */
const others = ['STOCKPULSE_CONFIG', 'STOCKPULSE_NATS_SERVER', 'STOCKPULSE_CHDB'];
const otherPrefix = 'STOCKPULSE_TEST_';
/**
 * Sections whose keys are ids of the user's. Each has a variable for all of them at once, as in the
 * file: STOCKPULSE_LOCATIONS={berlin: {timeZone: Europe/Berlin}}. JSON will do.
 */
const sectionsById: readonly Section[] = [...settingTree.members.values()].filter(
  (member): member is Section => member.kind === 'section' && member.byId,
);

/** Ids that are named, by the section's name. */
type Ids = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Reads every setting that `env` names. An empty variable is one that is not set (Compose files
 * pass them so). A variable's name cannot hold an id as it is, so the variables of single settings of
 * a location or supplier work for those that the file, STOCKPULSE_LOCATIONS or _SUPPLIERS names.
 */
export function readEnvironment(
  env: Environment,
  readFile: (path: string) => string,
  findings: Findings,
): void {
  for (const section of sectionsById) {
    const variable = variableOf([section.path]);
    const text = env[variable];
    if (text) readYaml(text, variable, findings, section);
  }
  for (const { setting, keys, variable } of variables(idsIn(findings.assignments))) {
    const raw = env[variable];
    if (setting.schema.secret) readSecret(env, setting, readFile, findings);
    else if (raw !== undefined && raw !== '') assign(findings, setting, keys, raw, variable);
  }
}

/** STOCKPULSE_* variables that mean nothing to us: most likely mistyped. */
export function unknownVariables(env: Environment, ids: Ids): string[] {
  const known = new Set([...others, ...sectionsById.map(({ path }) => variableOf([path]))]);
  for (const { setting, variable } of variables(ids)) {
    known.add(variable);
    if (setting.schema.secret) known.add(`${variable}_FILE`);
  }
  return Object.keys(env)
    .filter((name) => name.startsWith('STOCKPULSE_') && !known.has(name))
    .filter((name) => !name.startsWith(otherPrefix))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `${name} is not a setting${near === null ? '' : `; did you mean ${near}?`}`;
    });
}

function readSecret(
  env: Environment,
  setting: Setting,
  readFile: (path: string) => string,
  findings: Findings,
): void {
  const { variable, keys } = setting;
  const direct = env[variable] || undefined;
  const path = env[`${variable}_FILE`] || undefined;
  if (direct !== undefined && path !== undefined) {
    findings.problems.push(`${variable} and ${variable}_FILE are both set: give one of them`);
  } else if (direct !== undefined) {
    assign(findings, setting, keys, direct, variable);
  } else if (path !== undefined) {
    try {
      // Editors and `echo` end a file with a line break that is no part of the secret.
      const content = readFile(path).replace(/\r?\n$/, '');
      assign(findings, setting, keys, content, `${variable}_FILE`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      findings.problems.push(`${variable}_FILE names a file that cannot be read: ${reason}`);
    }
  }
}

function* variables(ids: Ids) {
  for (const setting of settingList) {
    if (!setting.keys.includes('<id>')) {
      yield { setting, keys: setting.keys, variable: setting.variable };
      continue;
    }
    for (const id of ids[setting.keys[0] as string] ?? []) {
      const keys = setting.keys.map((key) => (key === '<id>' ? id : key));
      yield { setting, keys, variable: variableOf(keys) };
    }
  }
}

/** The ids that loaded settings name. */
export function idsOf({ locations, suppliers }: Pick<LoadedSettings, 'locations' | 'suppliers'>) {
  return { locations: Object.keys(locations), suppliers: Object.keys(suppliers) };
}

function idsIn(assignments: readonly Assignment[]): Ids {
  const named = assignments.filter((a) => a.setting.keys.includes('<id>'));
  const idsOf = (section: string) =>
    named
      .filter(({ keys }) => keys[0] === section)
      .map((a) => a.keys[a.setting.keys.indexOf('<id>')] as string);
  return Object.fromEntries(sectionsById.map(({ path }) => [path, [...new Set(idsOf(path))]]));
}

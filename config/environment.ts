// Settings out of environment variables, and secrets out of the files that variables name.
import { type Assignment, assign, type Findings } from './assignment.js';
import { type Section, type Setting, settingList, settingTree, variableOf } from './catalogue.js';
import { nearest } from './nearest.js';
import { readYaml } from './yaml-file.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of ours that are no settings. */
const others = ['STOCKPULSE_CONFIG', 'STOCKPULSE_NATS_SERVER', 'STOCKPULSE_CHDB'];
const otherPrefix = 'STOCKPULSE_TEST_';
/** All locations at once, as in the file: {berlin: {timeZone: Europe/Berlin}}. JSON will do. */
const locationsVariable = 'STOCKPULSE_LOCATIONS';
const locationSection = settingTree.members.get('locations') as Section;

/**
 * Reads every setting that `env` names. An empty variable is one that is not set (Compose files
 * pass them so). A variable's name cannot hold a location's id as it is, so the variables of single
 * settings of a location work for locations that the file or STOCKPULSE_LOCATIONS names.
 */
export function readEnvironment(
  env: Environment,
  readFile: (path: string) => string,
  findings: Findings,
): void {
  const locations = env[locationsVariable];
  if (locations) readYaml(locations, locationsVariable, findings, locationSection);
  for (const { setting, keys, variable } of variables(locationIds(findings.assignments))) {
    const raw = env[variable];
    if (setting.schema.secret) readSecret(env, setting, readFile, findings);
    else if (raw !== undefined && raw !== '') assign(findings, setting, keys, raw, variable);
  }
}

/** STOCKPULSE_* variables that mean nothing to us: most likely mistyped. */
export function unknownVariables(env: Environment, locations: readonly string[]): string[] {
  const known = new Set([...others, locationsVariable]);
  for (const { setting, variable } of variables(locations)) {
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

function* variables(locations: readonly string[]) {
  for (const setting of settingList) {
    if (!setting.keys.includes('<id>')) {
      yield { setting, keys: setting.keys, variable: setting.variable };
      continue;
    }
    for (const id of locations) {
      const keys = setting.keys.map((key) => (key === '<id>' ? id : key));
      yield { setting, keys, variable: variableOf(keys) };
    }
  }
}

function locationIds(assignments: readonly Assignment[]): string[] {
  const named = assignments.filter((a) => a.setting.keys.includes('<id>'));
  return [...new Set(named.map((a) => a.keys[a.setting.keys.indexOf('<id>')]!))];
}

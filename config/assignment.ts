// One value given to one setting, and what is wrong with one that may not be given.
import type { Setting } from './catalogue.js';
import { allowedText, readValue } from './setting.js';

export interface Assignment {
  readonly setting: Setting;
  /** The setting's keys, with the location's id in place of `<id>`. */
  readonly keys: readonly string[];
  readonly value: unknown;
  /** Where it was given: `FILE:LINE:COL`, or the variable's name. */
  readonly where: string;
}

/** What a reader of settings found: values, and problems in words, each saying where. */
export interface Findings {
  readonly assignments: Assignment[];
  readonly problems: string[];
}

/** Reads `raw` for a setting into the findings. */
export function assign(
  findings: Findings,
  setting: Setting,
  keys: readonly string[],
  raw: unknown,
  where: string,
): void {
  const value = readValue(setting.schema, raw);
  if (value !== undefined) {
    findings.assignments.push({ setting, keys, value, where });
    return;
  }
  const got = setting.schema.secret ? 'something else (not shown: it is a secret)' : show(raw);
  findings.problems.push(
    `${where} ${keys.join('.')} must be ${allowedText(setting.schema)}, got ${got}`,
  );
}

/** A value as an error shows it: short, and without a password that hides in an address. */
export function show(raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing';
  const text = typeof raw === 'bigint' ? String(raw) : (JSON.stringify(raw) ?? String(raw));
  const safe = text.replace(/\/\/(?:(?!:\/\/)\S)*@/g, '//***@');
  return safe.length <= 80 ? safe : `${safe.slice(0, 77)}...`;
}

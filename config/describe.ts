// The settings in words: rows for a table, and the text of defaults.yaml.
import { stringify } from 'yaml';
import { type Section, type Setting, settingList, settingTree } from './catalogue.js';
import { rangeText, showValue } from './setting.js';

export interface SettingRow {
  readonly path: string;
  readonly variable: string;
  readonly default: string;
  readonly allowed: string;
  readonly description: string;
}

/** Every setting, a row each, in the order of the file. */
export function describeSettings(): SettingRow[] {
  return settingList.map((setting) => ({
    path: setting.path,
    variable: setting.variable.replace('_ID_', '_<ID>_'),
    default: shownDefault(setting),
    allowed: rangeText(setting.schema),
    description: setting.schema.description,
  }));
}

const header = `# Every setting of stockpulse with its default. Copy what you change into a file of your own and
# name it: stockpulse run --config FILE.
#
# Each setting also comes by environment, which wins over the file: STOCKPULSE_ and the path in
# upper snake case, so that batch.max is STOCKPULSE_BATCH_MAX. Secrets come by environment alone,
# or from a file that the variable with _FILE at its end names.
# Durations are written 250ms, 5s, 1h30m, 7d; sizes 64MiB, 4GiB. Paths start at the working folder.
`;

/** The text of config/defaults.yaml. */
export function defaultsText(): string {
  return header + sectionText(settingTree, 0);
}

function sectionText(section: Section, depth: number): string {
  const indent = '  '.repeat(depth);
  let text = '';
  for (const [name, member] of section.members) {
    if (member.kind === 'setting') {
      text += settingText(name, member, indent);
      continue;
    }
    text += depth === 0 ? '\n' : '';
    text += comment(member.description, indent);
    text += member.byId ? byIdText(name, member) : `${indent}${name}:\n`;
    text += member.byId ? '' : sectionText(member, depth + 1);
  }
  return text;
}

function settingText(name: string, setting: Setting, indent: string): string {
  const { schema, variable } = setting;
  const what = comment(meaning(setting), indent);
  if (schema.secret) {
    return `${what}${comment(`${name}: secret, by ${variable} or ${variable}_FILE`, indent)}`;
  }
  // Digits alone, since other readers of YAML take 50_000 for text.
  const shown = schema.reads === 'integer' ? String(schema.default) : shownDefault(setting);
  // Text is quoted where YAML would read it as something else; numbers and null are what they are.
  const value = typeof schema.default === 'string' ? stringify(shown).trimEnd() : shown;
  return `${what}${indent}${name}: ${value}\n`;
}

/** Nothing is set under an id of the user's own, so its members stand in comments. */
function byIdText(name: string, section: Section): string {
  let text = '';
  for (const [member, inner] of section.members) {
    if (inner.kind !== 'setting') continue;
    text += `${comment(meaning(inner), '#     ')}#     ${member}: ${shownDefault(inner)}\n`;
  }
  return `${name}: {}\n#   <id>:\n${text}`;
}

function shownDefault({ schema }: Setting): string {
  return schema.secret ? '' : showValue(schema, schema.default);
}

function meaning({ schema }: Setting): string {
  const allowed = rangeText(schema);
  return /^text\b/.test(allowed) ? schema.description : `${schema.description} (${allowed})`;
}

function comment(text: string, indent: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const full = line === undefined || indent.length + line.length + word.length + 3 > 100;
    if (full) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}\n`).join('');
}

// Settings out of a YAML file: each value with its place, unknown names refused by path.

import type { Document } from 'yaml';
import { isAlias, isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { assign, type Findings } from './assignment.js';
import { type Section, type Setting, settingList, settingTree } from './catalogue.js';
import { nearest } from './nearest.js';

interface Reading {
  readonly findings: Findings;
  readonly document: Document.Parsed;
  readonly where: (node: unknown) => string;
}

/**
 * Reads the text of a settings file, or of one section of it. `file` is the name that problems
 * carry.
 */
export function readYaml(
  text: string,
  file: string,
  findings: Findings,
  section: Section = settingTree,
): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  for (const error of document.errors) {
    findings.problems.push(`${place(error.pos[0])} is not YAML: ${error.message}`);
  }
  if (document.errors.length > 0) return;
  const where = (node: unknown): string => place((node as Node | null)?.range?.[0] ?? 0);
  const keys = section.path === '' ? [] : section.path.split('.');
  readSection({ findings, document, where }, section, keys, document.contents, document.contents);
}

function readSection(
  reading: Reading,
  section: Section,
  keys: readonly string[],
  value: unknown,
  key: unknown,
): void {
  const node = resolve(reading, value);
  if (node === null || (isScalar(node) && node.value === null)) return;
  if (!isMap(node)) {
    const path = keys.join('.') || 'the file';
    const names = section.byId ? 'ids' : [...section.members.keys()].join(', ');
    reading.findings.problems.push(`${reading.where(key)} ${path} must be a section with ${names}`);
    return;
  }
  for (const pair of node.items) readPair(reading, section, keys, pair);
}

function readPair(reading: Reading, section: Section, keys: readonly string[], pair: Pair): void {
  const key = resolve(reading, pair.key);
  // The source keeps an id such as 007 as it was written.
  const name = isScalar(key) ? String(key.source ?? key.value ?? '') : '';
  const path = [...keys, name];
  if (section.byId) {
    if (name === '') {
      reading.findings.problems.push(`${reading.where(pair.key)} ${path.join('.')} must be an id`);
      return;
    }
    readSection(reading, { ...section, byId: false }, path, pair.value, pair.key);
    return;
  }
  const member = section.members.get(name);
  if (member === undefined) {
    reading.findings.problems.push(
      `${reading.where(pair.key)} ${unknownText(section, path, name)}`,
    );
  } else if (member.kind === 'section') {
    readSection(reading, member, path, pair.value, pair.key);
  } else {
    readSetting(reading, member, path, pair);
  }
}

function readSetting(reading: Reading, setting: Setting, path: string[], pair: Pair): void {
  if (setting.schema.secret) {
    reading.findings.problems.push(
      `${reading.where(pair.key)} ${setting.path} is a secret and must not be in the file: set ` +
        `${setting.variable}, or ${setting.variable}_FILE to the path of a file that holds it`,
    );
    return;
  }
  const node = resolve(reading, pair.value);
  const place = reading.where(node ?? pair.key);
  if (isScalar(node) && /\/\/[^/\s]*@/.test(String(node.value))) {
    reading.findings.problems.push(
      `${place} ${setting.path} holds a user or password, which must not be in the file: use the ` +
        `settings and variables for those, or set ${setting.variable} whole`,
    );
    return;
  }
  assign(reading.findings, setting, path, isScalar(node) ? node.value : plain(node), place);
}

/** What stands behind an alias; other nodes are themselves. */
function resolve(reading: Reading, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(reading.document) ?? null;
  return (node as Node | null) ?? null;
}

function plain(node: Node | null): unknown {
  return node === null ? null : isMap(node) ? 'a section' : 'a list';
}

function unknownText(section: Section, path: readonly string[], name: string): string {
  const here = path.slice(0, -1).join('.');
  const elsewhere = settingList.filter((s) => s.keys.at(-1) === name).map((s) => s.path);
  const near = nearest(name, section.members.keys());
  const meant = elsewhere[0] ?? (near === null ? null : [here, near].filter(Boolean).join('.'));
  const suggestion = meant === null ? '' : `; did you mean ${meant}?`;
  const allowed = [...section.members.keys()].join(', ');
  return `${path.join('.')} is unknown${suggestion} ${here || 'The file'} may have: ${allowed}`;
}

// What kind of statement it is: bytes to insert, rows that can be streamed, or anything else.

import type { EngineInsert } from './embedded-engine.js';
import { RequestError } from './embedded-error.js';
import { outline, splitStatements } from './sql-text.js';

export type Statement =
  | { readonly kind: 'insert'; readonly insert: EngineInsert }
  | { readonly kind: 'stream' | 'whole'; readonly sql: string; readonly format: string };

/** The bytes go to the engine's parsers as they are, never through a JavaScript string. */
const INSERT_FORMATS = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'CSV',
  'CSVWithNames',
  'TSV',
  'TabSeparated',
  'TSVWithNames',
  'TabSeparatedWithNames',
]);

/** Formats in which the blocks of a result, one after the other, are the result. */
const STREAM_FORMATS = new Set([
  ...['JSONEachRow', 'JSONCompactEachRow', 'JSONStringsEachRow', 'JSONCompactStringsEachRow'],
  ...['CSV', 'TSV', 'TabSeparated', 'TSVRaw', 'TabSeparatedRaw', 'LineAsString', 'RowBinary'],
]);

/** An INSERT's head (names, columns, settings) must end within these; the data may be long. */
const HEAD_BYTES = 256 * 1024;

const NAME = '(?:`[^`]+`|"[^"]+"|\\w+)';
const INSERT = new RegExp(
  `^\\s*INSERT\\s+INTO\\s+(?:TABLE\\s+)?(${NAME}(?:\\s*\\.\\s*${NAME})?)\\s*` +
    '(?:\\(([^()]*)\\)\\s*)?FORMAT\\s+(\\w+)[ \\t\\r]*(?:\\n|(?=[^\\s;])|$)',
  'di',
);

export function understand(statement: string, body: Buffer, defaultFormat: string): Statement {
  const text = joined(statement, body);
  const head = text.subarray(0, HEAD_BYTES).toString('latin1');
  const shape = outline(head);
  const insert = /^\s*INSERT\b/i.test(shape) ? rawInsert(head, shape, text) : null;
  if (insert !== null) return { kind: 'insert', insert };
  const sql = text.toString('utf8');
  if (/^\s*INSERT\b/i.test(shape)) return { kind: 'whole', sql, format: defaultFormat };
  const [only, ...more] = splitStatements(sql);
  if (only === undefined) throw new RequestError(62, 'SYNTAX_ERROR', 'Empty query');
  if (more.length > 0) {
    throw new RequestError(62, 'SYNTAX_ERROR', 'Multi-statements are not allowed');
  }
  const code = outline(only);
  const format = /\bFORMAT\s+(\w+)\s*(?:SETTINGS\b[\s\S]*)?$/i.exec(code)?.[1] ?? defaultFormat;
  const select = /^[\s(]*(?:SELECT|WITH)\b/i.test(code);
  return { kind: select && STREAM_FORMATS.has(format) ? 'stream' : 'whole', sql: only, format };
}

function joined(statement: string, body: Buffer): Buffer {
  if (statement === '') return body;
  return Buffer.concat([Buffer.from(statement, 'utf8'), Buffer.from('\n'), body]);
}

/** Null for an INSERT of another form (VALUES, SELECT, own SETTINGS): that runs as SQL text. */
function rawInsert(head: string, shape: string, text: Buffer): EngineInsert | null {
  const found = INSERT.exec(shape);
  const [table, columns] = [found?.indices?.[1], found?.indices?.[2]];
  const format = found?.[3];
  if (found === null || table === undefined || format === undefined) return null;
  if (!INSERT_FORMATS.has(format)) {
    if (/Values/i.test(format)) return null;
    throw new RequestError(
      48,
      'NOT_IMPLEMENTED',
      `Input format ${format} (the embedded server takes ${[...INSERT_FORMATS].join(', ')})`,
    );
  }
  const names = columns && plainNames(head.slice(...columns).split(','));
  const target = plainNames(head.slice(...table).split('.'));
  if (target === null || names === null) return null;
  return {
    table: target.join('.'),
    ...(names === undefined ? {} : { columns: names }),
    format,
    values: text.subarray(found[0].length),
  };
}

/** Without their quotes; null where one of them is no plain name. */
function plainNames(names: readonly string[]): string[] | null {
  const bare = names.map((name) => name.trim().replace(/^([`"])(.*)\1$/, '$2'));
  return bare.every((name) => /^\w+$/.test(name)) ? bare : null;
}

// SQL as text: where a statement ends, what is quoted, and how to quote; no parser beyond that.

/**
 * The same text with comments and the insides of quotes blanked out, at the same offsets, so that
 * a pattern finds keywords and semicolons only where they are code.
 */
export function outline(sql: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < sql.length) {
    const next = searchFrom(sql, /['"`]|--|#!|# |\/\*/g, at);
    if (next === -1) break;
    parts.push(sql.slice(at, next));
    const mark = sql.charAt(next);
    const quoted = mark === "'" || mark === '"' || mark === '`';
    const end = quoted ? endOfQuote(sql, next) : endOfComment(sql, next);
    const inside = sql.slice(next, end).replace(/[^\n]/g, ' ');
    parts.push(quoted ? mark + inside.slice(2) + mark : inside);
    at = end;
  }
  parts.push(sql.slice(at));
  return parts.join('').slice(0, sql.length);
}

/** The statements of a script, without their semicolons; empty and comment-only ones left out. */
export function splitStatements(script: string): string[] {
  const code = outline(script);
  const statements: string[] = [];
  let start = 0;
  while (start <= code.length) {
    const semicolon = code.indexOf(';', start);
    const end = semicolon === -1 ? code.length : semicolon;
    if (code.slice(start, end).trim() !== '') statements.push(script.slice(start, end).trim());
    start = end + 1;
  }
  return statements;
}

export function quoteString(text: string): string {
  return `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`;
}

export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, (char) => `\\${char}`)}\``;
}

/** Quotes escape by backslash or by doubling; an open one reaches to the end of the text. */
function endOfQuote(sql: string, start: number): number {
  const quote = sql.charAt(start);
  let at = start + 1;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (char === '\\') at += 2;
    else if (char !== quote) at += 1;
    else if (sql.charAt(at + 1) === quote) at += 2;
    else return at + 1;
  }
  return sql.length;
}

function endOfComment(sql: string, start: number): number {
  const block = sql.startsWith('/*', start);
  const end = sql.indexOf(block ? '*/' : '\n', start + 2);
  if (end === -1) return sql.length;
  return block ? end + 2 : end;
}

function searchFrom(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

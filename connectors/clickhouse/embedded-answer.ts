// Runs a request on the engine and writes the answer: whole, or block by block as it is made.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Engine, EngineSession } from './embedded-engine.js';
import { serverError } from './embedded-error.js';
import type { ClickHouseRequest } from './embedded-request.js';
import { type Statement, understand } from './embedded-statement.js';
import { quoteName, quoteString } from './sql-text.js';

/** Well below ClickHouse's own limit on a query's bytes (256 KiB), whatever the characters. */
const USUAL_SCRIPT = 60_000;

export async function answer(
  engine: Engine,
  request: ClickHouseRequest,
  response: ServerResponse,
): Promise<void> {
  const statement = understand(request.statement, request.body, request.defaultFormat);
  const session = engine.connect();
  try {
    await prepare(session, request);
    await run(engine, session, statement, request, response);
  } finally {
    session.close();
  }
}

/** What the request sets, on a connection that is its own and ends with it. */
async function prepare(session: EngineSession, request: ClickHouseRequest): Promise<void> {
  const sets = request.sets.map(([name, value]) => `SET ${name} = ${quoteString(value)}`);
  if (request.database !== null) sets.push(`USE ${quoteName(request.database)}`);
  if (request.readonly) sets.push('SET readonly = 2');
  if (sets.length === 0) return;
  const script = sets.join(';\n');
  if (script.length > USUAL_SCRIPT) {
    // Long parameters, which a server would not parse as SQL: the limit on a query is not theirs.
    const room = `SET max_query_size = ${4 * script.length}`;
    await session.queryAsync(room, { format: 'Null' });
  }
  await session.queryAsync(script, { format: 'Null' });
}

async function run(
  engine: Engine,
  session: EngineSession,
  statement: Statement,
  request: ClickHouseRequest,
  response: ServerResponse,
): Promise<void> {
  switch (statement.kind) {
    case 'insert': {
      const written = await session.insert(statement.insert);
      const summary = summaryOf({
        written_rows: written.rowsWritten,
        written_bytes: written.bytesWritten,
      });
      response.setHeader('X-ClickHouse-Summary', summary);
      response.end();
      return;
    }
    case 'whole': {
      const result = await session.queryAsync(statement.sql, { format: statement.format });
      const summary = summaryOf({ read_rows: result.rowsRead, read_bytes: result.bytesRead });
      response.setHeader('X-ClickHouse-Summary', summary);
      const out = openBody(request, response, statement.format);
      out.end(result.bytes());
      return;
    }
    case 'stream':
      await streamRows(engine, session, statement, request, response);
      return;
    default: {
      const never: never = statement;
      throw new Error(`unknown statement ${JSON.stringify(never)}`);
    }
  }
}

/** The status goes out with the first block, so that most errors still have one of their own. */
async function streamRows(
  engine: Engine,
  session: EngineSession,
  statement: { readonly sql: string; readonly format: string },
  request: ClickHouseRequest,
  response: ServerResponse,
): Promise<void> {
  const tag = randomBytes(8).toString('hex');
  let out: Writable | null = null;
  const open = (): Writable => {
    response.setHeader('X-ClickHouse-Exception-Tag', tag);
    response.setHeader('X-ClickHouse-Summary', summaryOf({}));
    return openBody(request, response, statement.format);
  };
  try {
    for await (const block of session.queryStream(statement.sql, { format: statement.format })) {
      if (response.destroyed) return;
      out ??= open();
      if (!out.write(block.raw())) await drained(out, response);
    }
  } catch (error) {
    if (out === null) throw error;
    out.write(exceptionBlock(serverError(error, engine.version).text, tag));
  }
  (out ?? open()).end();
}

function openBody(request: ClickHouseRequest, response: ServerResponse, format: string): Writable {
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('Content-Type', contentType(format));
  if (!request.compress) return response;
  response.setHeader('Content-Encoding', 'gzip');
  const gzip = createGzip({ level: 3 });
  gzip.pipe(response);
  return gzip;
}

/** Waits until there is room again, or until the client has gone. */
async function drained(out: Writable, response: ServerResponse): Promise<void> {
  const stop = new AbortController();
  const signal = stop.signal;
  try {
    await Promise.race([once(out, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    stop.abort();
  }
}

/** How a server since 25.11 reports an error after the first rows have gone out. */
function exceptionBlock(text: string, tag: string): string {
  const message = `${text.trimEnd()}\n`;
  const mark = '__exception__';
  const length = Buffer.byteLength(message);
  return `\r\n${mark}\r\n${tag}\r\n${message}${length} ${tag}\r\n${mark}\r\n`;
}

function summaryOf(known: Readonly<Record<string, number>>): string {
  const all = { read_rows: 0, read_bytes: 0, written_rows: 0, written_bytes: 0, ...known };
  return JSON.stringify(
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)])),
  );
}

function contentType(format: string): string {
  if (/^JSON(Compact|Strings)?$/.test(format)) return 'application/json; charset=UTF-8';
  if (/^JSON.*EachRow/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^CSV/.test(format)) return 'text/csv; charset=UTF-8';
  if (/^(TSV|TabSeparated)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return 'application/octet-stream';
}

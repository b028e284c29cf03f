// One HTTP request to the embedded ClickHouse, taken apart: statement, data, settings, parameters.
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RequestError } from './embedded-error.js';

export interface ClickHouseRequest {
  readonly queryId: string;
  readonly database: string | null;
  readonly defaultFormat: string;
  /** Settings, and the statement's parameters as `param_<name>`, which the engine sets alike. */
  readonly sets: readonly (readonly [string, string])[];
  /** A GET must not change anything. */
  readonly readonly: boolean;
  readonly compress: boolean;
  /** What the URL (or the form) says comes first, what the body says comes after it. */
  readonly statement: string;
  readonly body: Buffer;
}

/** Query parameters of the HTTP interface itself; every other one is a setting. */
const NOT_SETTINGS = new Set([
  ...['query', 'database', 'query_id', 'default_format', 'user', 'password', 'role', 'quota_key'],
  // Sessions: accepted, but each request stands for itself (no temporary tables across requests).
  ...['session_id', 'session_timeout', 'session_check', 'close_session', 'stacktrace'],
  // How a server buffers and compresses on its way out: has no meaning in here.
  ...['enable_http_compression', 'http_zlib_compression_level', 'wait_end_of_query', 'buffer_size'],
  ...['compress', 'decompress', 'send_progress_in_http_headers', 'http_write_exception_in_output'],
  ...['http_headers_progress_interval_ms', 'cancel_http_readonly_queries_on_client_close'],
]);

export async function readRequest(
  request: IncomingMessage,
  limits: { readonly maxBodyBytes: number; readonly queryId: string },
): Promise<ClickHouseRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const entries = [...url.searchParams];
  let body = await readBody(request, limits.maxBodyBytes);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    entries.push(...(await formFields(body, type)));
    body = Buffer.alloc(0);
  }
  const one = (name: string): string | null =>
    entries.find(([key, value]) => key === name && value !== '')?.[1] ?? null;
  return {
    queryId: limits.queryId,
    database: one('database') ?? headerText(request, 'x-clickhouse-database'),
    defaultFormat:
      one('default_format') ?? headerText(request, 'x-clickhouse-format') ?? 'TabSeparated',
    sets: entries.filter(([name]) => !NOT_SETTINGS.has(name)).map(checkedName),
    readonly: request.method === 'GET',
    compress:
      one('enable_http_compression') === '1' &&
      /\bgzip\b/.test(headerText(request, 'accept-encoding') ?? ''),
    statement: one('query') ?? '',
    body,
  };
}

/**
 * A body that is too long, or no gzip, is still read to its end: a client that is sending would
 * otherwise see a reset connection instead of the answer.
 */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const decoder = decoderFor(request.headers['content-encoding'] ?? 'identity');
  if (decoder !== null) {
    request.once('error', (error) => decoder.destroy(error));
    request.pipe(decoder);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of (decoder ?? request) as AsyncIterable<Buffer>) {
      bytes += piece.byteLength;
      if (bytes <= maxBytes) chunks.push(piece);
      else chunks.length = 0;
    }
  } catch (error) {
    request.unpipe();
    request.resume();
    const text = error instanceof Error ? error.message : String(error);
    throw new RequestError(354, 'ZLIB_INFLATE_FAILED', `Cannot read the body: ${text}`, 400);
  }
  if (bytes > maxBytes) {
    const message = `Limit for the request's body exceeded: ${bytes} bytes, at most ${maxBytes}`;
    throw new RequestError(307, 'TOO_MANY_BYTES', message, 413);
  }
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes);
}

function decoderFor(encoding: string): Transform | null {
  switch (encoding) {
    case 'identity':
      return null;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default: {
      const message = `Unknown content encoding ${encoding} (known: gzip, deflate, br)`;
      throw new RequestError(48, 'NOT_IMPLEMENTED', message);
    }
  }
}

function checkedName(entry: readonly [string, string]): readonly [string, string] {
  if (/^\w+$/.test(entry[0])) return entry;
  throw new RequestError(115, 'UNKNOWN_SETTING', `Unknown setting '${entry[0]}'`);
}

async function formFields(body: Buffer, type: string): Promise<[string, string][]> {
  const bytes = new Uint8Array(body.byteLength);
  bytes.set(body);
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  return [...form].map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    throw new RequestError(48, 'NOT_IMPLEMENTED', `Field ${name} is a file: no external tables`);
  });
}

function headerText(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

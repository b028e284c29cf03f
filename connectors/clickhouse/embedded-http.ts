// The part of ClickHouse's HTTP interface that its JavaScript client uses, over the embedded engine.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answer } from './embedded-answer.js';
import type { Engine } from './embedded-engine.js';
import { RequestError, serverError } from './embedded-error.js';
import { Gate, GateFullError } from './embedded-gate.js';
import { readRequest } from './embedded-request.js';

export interface EmbeddedHttpOptions {
  readonly engine: Engine;
  readonly username: string;
  readonly password: string;
  /** Bytes of one request's body, unpacked. */
  readonly maxBodyBytes: number;
  /** Requests under way at once; further ones wait, as many as `maxWaiting`. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

const MAX_HEADER_BYTES = 1024 ** 2;

/** Does not listen yet. Large queries come in the URL too, hence the header limit. */
export function createEmbeddedHttp(options: EmbeddedHttpOptions): Server {
  const gate = new Gate(options);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    // While it is being closed, no connection may be kept for another request.
    if (!server.listening) response.setHeader('Connection', 'close');
    handle(options, gate, request, response).catch((error: unknown) => {
      fail(options, response, error);
      request.resume();
    });
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function handle(
  options: EmbeddedHttpOptions,
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const queryId = url.searchParams.get('query_id') ?? randomUUID();
  response.setHeader('X-ClickHouse-Query-Id', queryId);
  response.setHeader('X-ClickHouse-Server-Display-Name', 'stockpulse-embedded');
  const bare = url.pathname === '/' && request.method === 'GET' && !url.searchParams.has('query');
  if (url.pathname === '/ping' || bare) {
    response.end('Ok.\n');
    return;
  }
  authenticate(options, request, url.searchParams);
  if (url.pathname !== '/' || (request.method !== 'GET' && request.method !== 'POST')) {
    throw new RequestError(
      36,
      'BAD_ARGUMENTS',
      `There is no handle ${request.method} ${url.pathname}`,
      404,
    );
  }
  await gate.pass(async () => {
    const limits = { maxBodyBytes: options.maxBodyBytes, queryId };
    await answer(options.engine, await readRequest(request, limits), response);
  });
}

function authenticate(
  options: EmbeddedHttpOptions,
  request: IncomingMessage,
  search: URLSearchParams,
): void {
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const pair = basic === undefined ? null : Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair?.indexOf(':') ?? -1;
  const header = (name: string): string => String(request.headers[name] ?? '');
  const username =
    pair?.slice(0, colon) || header('x-clickhouse-user') || search.get('user') || 'default';
  const password =
    pair?.slice(colon + 1) || header('x-clickhouse-key') || search.get('password') || '';
  if (same(username, options.username) && same(password, options.password)) return;
  const message = `${username}: Authentication failed: password is incorrect, or there is no such user`;
  throw new RequestError(516, 'AUTHENTICATION_FAILED', message);
}

/** In a time that does not depend on where they differ. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function fail(options: EmbeddedHttpOptions, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known =
    error instanceof GateFullError
      ? new RequestError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', error.message)
      : error;
  const { status, code, text } = serverError(known, options.engine.version);
  for (const name of ['Content-Encoding', 'X-ClickHouse-Format']) response.removeHeader(name);
  response.statusCode = status;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(text);
}

// Stands before every request and every WebSocket: headers, host, origin, token.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Refusal } from './access.js';
import { messagePage } from './message-page.js';
import type { ErrorBody } from './protocol.js';
import { securityHeaders } from './security-headers.js';

const livePath = '/live';
const withoutToken = new Set(['/healthz', '/readyz']);

interface RequestToGuard {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly access: Access;
  /** Name of the cookie that stands for the token. */
  readonly cookie: string;
}

/** Answers what is refused; a request that it does not answer goes on to its route. */
export async function guardRequest(guarded: RequestToGuard): Promise<FastifyReply | undefined> {
  const { request, reply, access, cookie } = guarded;
  reply.headers(securityHeaders).header('Cache-Control', 'no-store');
  const wrongHost = access.refuseHost(request.headers);
  if (wrongHost !== null) return reply.code(wrongHost.status).send(errorBody(wrongHost));
  if (!access.needsToken || withoutToken.has(pathOf(request.url))) return undefined;
  const offered = tokenInAddress(request.url);
  if (offered !== null && access.isToken(offered.token)) {
    // Sent on to the same address without the token, so that it stays out of the history.
    return reply.header('Set-Cookie', access.setCookie(cookie)).redirect(offered.rest, 303);
  }
  const missing = access.refuseToken(request.headers, cookie);
  if (missing === null) return undefined;
  reply.code(missing.status).header('WWW-Authenticate', 'Bearer');
  if (!request.headers.accept?.includes('text/html')) return reply.send(errorBody(missing));
  const text = offered === null ? 'This page needs a token.' : 'That token is not the right one.';
  return reply.type('text/html; charset=utf-8').send(messagePage('Token needed', text, 'token'));
}

interface UpgradeToGuard {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly access: Access;
  readonly cookie: string;
}

/** False: the WebSocket was refused and answered. */
export function guardUpgrade({ request, socket, access, cookie }: UpgradeToGuard): boolean {
  // Nobody else listens while it is refused, and an unheard error would end the process.
  const onError = () => socket.destroy();
  socket.on('error', onError);
  if (pathOf(request.url ?? '') !== livePath) {
    refuseUpgrade(socket, 404, { error: 'not-found', message: `the WebSocket is ${livePath}` });
    return false;
  }
  const refusal =
    access.refuseHost(request.headers) ??
    access.refuseOrigin(request.headers) ??
    access.refuseToken(request.headers, cookie);
  if (refusal !== null) {
    refuseUpgrade(socket, refusal.status, errorBody(refusal));
    return false;
  }
  socket.off('error', onError);
  return true;
}

function refuseUpgrade(socket: Duplex, status: number, body: ErrorBody): void {
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** Without the query, which may hold the token: safe for the log. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '/';
}

function errorBody({ error, message }: Refusal): ErrorBody {
  return { error, message };
}

function tokenInAddress(address: string): { token: string; rest: string } | null {
  const [path = '/', query = ''] = address.split('?', 2);
  const parameters = new URLSearchParams(query);
  const token = parameters.get('token');
  if (token === null) return null;
  parameters.delete('token');
  const others = parameters.size > 0 ? `?${parameters}` : '';
  // One leading slash exactly: "//elsewhere" would send the browser to another host.
  return { token, rest: `/${path.replace(/^[/\\]+/, '')}${others}` };
}

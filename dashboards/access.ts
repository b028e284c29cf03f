// Who may look: the token in header, cookie or address, and the Host and Origin checks.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

export interface AccessOptions {
  /** The address that the server is bound to. */
  readonly host: string;
  /** Needed for everything but the health checks; null: nothing is needed. */
  readonly token: string | null;
  /** Further host names by which browsers reach the server (a reverse proxy's, for example). */
  readonly allowedHosts: readonly string[];
}

export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly error: string;
  readonly message: string;
}

/** Decides about requests by their headers alone, so HTTP and WebSocket share one rule. */
export class Access {
  readonly needsToken: boolean;
  readonly #tokenDigest: Buffer;
  readonly #cookieValue: string;
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #loopbackOnly: boolean;

  constructor(options: AccessOptions) {
    this.needsToken = options.token !== null;
    this.#tokenDigest = digest(options.token ?? '');
    // The cookie is derived from the token: a stolen cookie store does not give the token away.
    this.#cookieValue = createHmac('sha256', options.token ?? '')
      .update('stockpulse screen')
      .digest('base64url');
    this.#allowedHosts = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
    this.#loopbackOnly = isLoopback(options.host);
  }

  /**
   * Against DNS rebinding: a page of another site whose name was pointed at this machine sends
   * that name as Host. An IP address or localhost cannot be re-pointed.
   */
  refuseHost(headers: IncomingHttpHeaders): Refusal | null {
    const name = hostName(headers.host);
    if (isLoopback(name) || this.#allowedHosts.has(name)) return null;
    if (!this.#loopbackOnly && (this.#allowedHosts.size === 0 || isIP(name) > 0)) return null;
    return {
      status: 421,
      error: 'unknown-host',
      message: `this server does not answer to the host name "${name}"; add it to http.allowedHosts`,
    };
  }

  /** Against other sites' pages opening our WebSocket with this browser's cookie. */
  refuseOrigin(headers: IncomingHttpHeaders): Refusal | null {
    const origin = headers.origin;
    if (origin === undefined) return null;
    const from = URL.canParse(origin) ? new URL(origin) : null;
    if (from !== null && from.host === headers.host?.toLowerCase()) return null;
    if (from !== null && this.#allowedHosts.has(bare(from.hostname))) return null;
    return {
      status: 403,
      error: 'foreign-origin',
      message:
        'the page that asks was not served by this server; add its host to http.allowedHosts',
    };
  }

  refuseToken(headers: IncomingHttpHeaders, cookieName: string): Refusal | null {
    if (!this.needsToken) return null;
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined && this.isToken(bearer)) return null;
    const cookie = readCookie(headers.cookie ?? '', cookieName);
    if (cookie !== null && same(digest(cookie), digest(this.#cookieValue))) return null;
    return {
      status: 401,
      error: 'token-needed',
      message: 'send the token as "Authorization: Bearer …", or open the page once with ?token=…',
    };
  }

  isToken(candidate: string): boolean {
    return this.needsToken && same(digest(candidate), this.#tokenDigest);
  }

  /** SameSite=Strict and HttpOnly: neither other sites nor scripts get to use it. */
  setCookie(cookieName: string): string {
    return `${cookieName}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000`;
  }
}

export function isLoopback(host: string): boolean {
  const name = bare(host.toLowerCase());
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** Host header without its port, lower case, without the brackets of an IPv6 address. */
function hostName(header: string | undefined): string {
  return bare((header ?? '').toLowerCase().replace(/:\d+$/, ''));
}

function bare(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function readCookie(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** Equal lengths for the comparison in constant time, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function same(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}

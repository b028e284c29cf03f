// One connection to NATS: comes back by itself, sees a dead server soon, says how it is.
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  type NodeConnectionOptions,
  type Status,
} from 'nats';
import { parseServers, withoutSecrets } from './server-url.js';

export interface NatsOptions {
  /** `nats://host:port` or `tls://host:port`; several separated by commas; see server-url.ts. */
  readonly url: string;
  /** Shown in the server's list of connections. Default `stockpulse`. */
  readonly name?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** A `.creds` file (JWT and seed). */
  readonly credentialsFile?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  /** How long the first connection is tried. Default 30,000. */
  readonly firstConnectTimeoutMs?: number;
  /** How long a JetStream request may take. Default 5,000. */
  readonly requestTimeoutMs?: number;
  /** The greatest pause between two tries to reconnect; they never end. Default 2,000. */
  readonly reconnectMaxMs?: number;
  /** A server that answers none of two pings is left. Default 2,000. */
  readonly pingIntervalMs?: number;
  readonly onStatus?: (status: NatsStatus) => void;
  /** Ends the tries to connect for the first time; afterwards it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

export type NatsStatus =
  | { readonly state: 'up'; readonly server: string }
  | { readonly state: 'down'; readonly reason: string };

const RECONNECT_MIN_MS = 50;

/** Resolves when connected. Throws what is wrong and what to do when the limit is reached. */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const report = options.onStatus ?? (() => undefined);
  const backoff = new Backoff(options.reconnectMaxMs ?? 2_000);
  const connection = await firstConnection(options, await libraryOptions(options, backoff));
  report({ state: 'up', server: connection.getServer() });
  void follow(connection, backoff, report);
  return connection;
}

async function firstConnection(
  options: NatsOptions,
  library: NodeConnectionOptions,
): Promise<NatsConnection> {
  const limitMs = options.firstConnectTimeoutMs ?? 30_000;
  const endMs = performance.now() + limitMs;
  for (let pauseMs = RECONNECT_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      const leftMs = Math.max(endMs - performance.now(), 1);
      return await connect({ ...library, timeout: Math.min(leftMs, 5_000) });
    } catch (error) {
      options.signal?.throwIfAborted();
      const where = `cannot connect to NATS at ${withoutSecrets(options.url)}`;
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof errors.AuthorizationError) {
        throw new Error(`${where}: the server refuses the credentials (${reason})`, {
          cause: error,
        });
      }
      if (performance.now() + pauseMs >= endMs) {
        throw new Error(
          `${where} within ${limitMs} ms (${reason}); start nats-server with JetStream ` +
            'or correct nats.url',
          { cause: error },
        );
      }
      const { signal } = options;
      await wait(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

async function libraryOptions(
  options: NatsOptions,
  backoff: Backoff,
): Promise<NodeConnectionOptions> {
  const list = parseServers(options.url);
  const { user = list.user, password = list.password, token = list.token } = options;
  const { credentialsFile, tls = list.secure ? {} : undefined } = options;
  return {
    servers: [...list.servers],
    name: options.name ?? 'stockpulse',
    maxReconnectAttempts: -1,
    // Credentials that are refused for a while (a server whose accounts load late) must not
    // end the engine: it goes on trying and its status says why it is down.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => backoff.pauseMs(),
    pingInterval: options.pingIntervalMs ?? 2_000,
    maxPingOut: 2,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(tls === undefined ? {} : { tls }),
    ...(credentialsFile === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readCredentials(credentialsFile)) }),
  };
}

async function readCredentials(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot read the NATS credentials file ${file}: ${reason}`, { cause: error });
  }
}

/** The pause grows with the time the server has been away; jitter spreads many clients. */
class Backoff {
  readonly #maxMs: number;
  #downSince: number | null = null;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  down(): void {
    this.#downSince ??= performance.now();
  }

  up(): void {
    this.#downSince = null;
  }

  pauseMs(): number {
    const awayMs = this.#downSince === null ? 0 : performance.now() - this.#downSince;
    const pauseMs = Math.min(Math.max(awayMs / 2, RECONNECT_MIN_MS), this.#maxMs);
    return pauseMs * (0.75 + Math.random() / 4);
  }
}

async function follow(
  connection: NatsConnection,
  backoff: Backoff,
  report: (status: NatsStatus) => void,
): Promise<void> {
  let reason = 'connection lost';
  let isDown = false;
  for await (const status of connection.status()) {
    reason = reasonOf(status) ?? reason;
    if (status.type === 'reconnect') {
      backoff.up();
      reason = 'connection lost';
      isDown = false;
      report({ state: 'up', server: status.server });
    } else if (status.type === 'disconnect' && !isDown) {
      backoff.down();
      isDown = true;
      report({ state: 'down', reason });
    }
  }
  report({ state: 'down', reason: 'closed' });
}

function reasonOf(status: Status): string | null {
  if (status.type === 'staleConnection') return 'the server does not answer pings';
  if (status.type === 'error') return status.error.message;
  if (status.type === 'ldm') return 'the server is shutting down';
  return null;
}

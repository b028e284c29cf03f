// Starts the HTTP server: the live page, its WebSocket, the HTTP interface, health and metrics.
import { isIPv6 } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { Access } from './access.js';
import { type Allocator, addAllocationRoutes } from './allocation-route.js';
import { type ApiOptions, addApiRoutes } from './api-routes.js';
import { addDecisionRoute, type Decide } from './decision-route.js';
import { guardRequest, guardUpgrade, pathOf } from './guard.js';
import { Hub } from './hub.js';
import type { HubLimits, HubStats } from './hub-limits.js';
import type { ErrorBody, ScreenLog } from './protocol.js';
import { addWebFiles, builtWebFolder } from './web-files.js';

export interface ServerOptions extends ApiOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Needed for everything but /healthz and /readyz; null: nothing is needed. */
  readonly token: string | null;
  readonly allowedHosts?: readonly string[];
  readonly log: ScreenLog;
  /** Absent: nothing can be decided here, as while another engine has the lease. */
  readonly decide?: Decide;
  /** Absent: nothing is allocated here. */
  readonly allocator?: Allocator;
  readonly hub?: Partial<HubLimits>;
  /** Where the built page is; default: dist/web of this package. */
  readonly webFolder?: string;
}

/** What is shown, apart from where. */
export type Screen = Pick<ServerOptions, 'model' | 'parts' | 'metrics' | 'decide' | 'allocator'>;

export interface ScreenServer {
  /** Without the token. */
  readonly url: string;
  readonly port: number;
  /** To be called when the feed has grown; the screens then get the new items. */
  feedChanged(): void;
  hubStats(): HubStats;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<ScreenServer> {
  const access = new Access({ ...options, allowedHosts: options.allowedHosts ?? [] });
  const hub = new Hub({ model: options.model, log: options.log, limits: options.hub });
  const app = await buildApp(options, access);
  app.server.on('upgrade', (request, socket, head) => {
    const allowed = guardUpgrade({ request, socket, access, cookie: cookieName(portOf(app)) });
    if (allowed) hub.accept(request, socket, head);
  });
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    throw listenError(error, options);
  }
  const port = portOf(app);
  return {
    url: `http://${reachableHost(options.host)}:${port}/`,
    port,
    feedChanged: () => hub.feedChanged(),
    hubStats: () => hub.stats(),
    close: async () => {
      await hub.close();
      await app.close();
    },
  };
}

async function buildApp(options: ServerOptions, access: Access): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 1024,
    routerOptions: { maxParamLength: 1024 },
    // Unknown query parameters are refused, not removed: a typo must not look like an answer.
    ajv: { customOptions: { removeAdditional: false, allErrors: false } },
  });
  app.addHook('onRequest', (request, reply) =>
    guardRequest({ request, reply, access, cookie: cookieName(portOf(app)) }),
  );
  addErrorAnswers(app, options.log);
  addApiRoutes(app, options);
  if (options.decide !== undefined) addDecisionRoute(app, access, options.decide);
  if (options.allocator !== undefined) addAllocationRoutes(app, access, options.allocator);
  const folder = options.webFolder ?? builtWebFolder();
  if (!(await addWebFiles(app, folder))) {
    options.log.warn({ folder }, 'the live page is not built; run "npm run build"');
  }
  return app;
}

function addErrorAnswers(app: FastifyInstance, log: ScreenLog): void {
  app.setNotFoundHandler((request, reply) => {
    const body: ErrorBody = {
      error: 'not-found',
      message: `nothing answers to ${request.method} ${pathOf(request.url)}`,
    };
    return reply.code(404).send(body);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      const body: ErrorBody = { error: 'bad-request', message: error.message };
      return reply.code(status).send(body);
    }
    // The path only: a query may hold the token.
    log.error({ err: error, path: pathOf(request.url) }, 'http: a request failed');
    const body: ErrorBody = { error: 'internal', message: 'the server failed; its log says why' };
    return reply.code(500).send(body);
  });
}

/** Cookies know no ports: two engines on one machine must not overwrite each other's. */
function cookieName(port: number): string {
  return `stockpulse_${port}`;
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A browser can't open "all addresses", so the local one stands for them. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}

function listenError(error: unknown, { host, port }: ServerOptions): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const what =
    {
      EADDRINUSE: `port ${port} on ${host} is taken`,
      EACCES: `port ${port} on ${host} may not be opened by this user`,
      EADDRNOTAVAIL: `${host} is not an address of this machine`,
    }[code] ?? `cannot listen on ${host}:${port}`;
  const advice = 'set http.port (0: any free port) or http.host to another';
  return new Error(`http: ${what} (${code}); ${advice}`, { cause: error });
}

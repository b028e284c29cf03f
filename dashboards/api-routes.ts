// The HTTP interface: what the screens and other programs may ask, one route a question.
import type { FastifyInstance } from 'fastify';
import type { ErrorBody, PartStatus, ScreenModel } from './protocol.js';

export interface ApiOptions {
  readonly model: ScreenModel;
  /** The state of each part that the engine needs, for /readyz. */
  readonly parts: () => readonly PartStatus[];
  /** Prometheus' text format, for /metrics. */
  readonly metrics: () => string | Promise<string>;
}

const limit = (standard: number) => ({
  type: 'integer',
  minimum: 1,
  maximum: 500,
  default: standard,
});

const query = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  querystring: { type: 'object', additionalProperties: false, properties, required },
});

const searchText = { type: 'string', minLength: 1, maxLength: 100 };
const feedNumber = { type: 'integer', minimum: 0, default: 0 };
const id = { type: 'string', minLength: 1, maxLength: 256 };

export function addApiRoutes(app: FastifyInstance, options: ApiOptions): void {
  const { model } = options;
  app.get('/api/overview', { schema: query({}) }, () => model.overview());
  app.get<{ Querystring: { limit: number } }>(
    '/api/positions/at-risk',
    { schema: query({ limit: limit(60) }) },
    (request) => model.atRisk(request.query.limit),
  );
  app.get<{ Querystring: { q: string; limit: number } }>(
    '/api/positions/search',
    { schema: query({ q: searchText, limit: limit(60) }, ['q']) },
    (request) => model.search(request.query.q, request.query.limit),
  );
  app.get<{ Querystring: { after: number; limit: number } }>(
    '/api/feed',
    { schema: query({ after: feedNumber, limit: limit(200) }) },
    (request) => model.feed(request.query.after, request.query.limit),
  );
  addSkuRoute(app, model);
  addHealthRoutes(app, options);
}

function addSkuRoute(app: FastifyInstance, model: ScreenModel): void {
  const params = {
    type: 'object',
    required: ['location', 'sku'],
    properties: { location: id, sku: id },
  };
  app.get<{ Params: { location: string; sku: string } }>(
    '/api/positions/:location/:sku',
    { schema: { params, ...query({}) } },
    (request, reply) => {
      const { location, sku } = request.params;
      const view = model.sku(sku, location);
      if (view !== null) return view;
      const body: ErrorBody = {
        error: 'unknown-sku',
        message: `no event has named SKU "${sku}" at location "${location}" yet`,
      };
      return reply.code(404).send(body);
    },
  );
}

function addHealthRoutes(app: FastifyInstance, options: ApiOptions): void {
  app.get('/metrics', async (_request, reply) => {
    const text = await options.metrics();
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
  });
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const parts = options.parts();
    const reasons = parts
      .filter((part) => part.state === 'down')
      .map((part) => `${part.name} is down: ${part.detail}`);
    const ready = reasons.length === 0;
    return reply.code(ready ? 200 : 503).send({ ready, reasons, parts });
  });
}

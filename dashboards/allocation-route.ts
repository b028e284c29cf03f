// The routes by which open needs are allocated under limits, and the last allocation is read.
import type { FastifyInstance } from 'fastify';
import type { Access } from './access.js';
import type { ErrorBody } from './protocol.js';

/** What allocates. Its reports are plain data for programs. */
export interface Allocator {
  /** Null: there was none yet. */
  readonly last: object | null;
  /** @throws Error when there is no answer */
  run(): Promise<object>;
}

export function addAllocationRoutes(
  app: FastifyInstance,
  access: Access,
  allocator: Allocator,
): void {
  app.get('/api/allocation', (_request, reply) => {
    const { last } = allocator;
    if (last !== null) return last;
    const message = 'nothing was allocated yet: POST here, or set allocation.enabled';
    return reply.code(404).send({ error: 'no-allocation', message } satisfies ErrorBody);
  });
  app.post('/api/allocation', async (request, reply) => {
    // A page from elsewhere must not keep a processor busy with somebody's cookie.
    const foreign = access.refuseOrigin(request.headers);
    if (foreign !== null) {
      const { status, error, message } = foreign;
      return reply.code(status).send({ error, message } satisfies ErrorBody);
    }
    try {
      return await allocator.run();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return reply.code(503).send({ error: 'no-allocation', message } satisfies ErrorBody);
    }
  });
}

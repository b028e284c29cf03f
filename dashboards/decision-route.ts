// The route by which people approve and reject signals.
import type { FastifyInstance } from 'fastify';
import type { Access } from './access.js';
import type { Decision, DecisionAnswer, ErrorBody } from './protocol.js';

/** Puts a decision into the log. @throws Error when the log does not take it */
export type Decide = (decision: Decision) => Promise<DecisionAnswer>;

/** Room for the longest id of a signal. */
const BODY_BYTES = 16 * 1024;

const schema = {
  body: {
    type: 'object',
    required: ['signalId', 'decision'],
    additionalProperties: false,
    properties: {
      signalId: { type: 'string', minLength: 1, maxLength: 8192 },
      decision: { enum: ['approve', 'reject'] },
      by: { type: 'string', minLength: 1, maxLength: 256 },
    },
  },
};

export function addDecisionRoute(app: FastifyInstance, access: Access, decide: Decide): void {
  app.post<{ Body: Decision }>(
    '/api/signals/decisions',
    { schema, bodyLimit: BODY_BYTES },
    async (request, reply) => {
      // A page from elsewhere must not decide with the cookie of somebody who is signed in here.
      const foreign = access.refuseOrigin(request.headers);
      if (foreign !== null) {
        const { status, error, message } = foreign;
        return reply.code(status).send({ error, message } satisfies ErrorBody);
      }
      const answer = await decide(request.body);
      if (answer.taken) return reply.code(202).send(answer);
      const body: ErrorBody = {
        error: 'not-open',
        message: `signal "${request.body.signalId}" is not open: it was ordered, withdrawn, or never raised`,
      };
      return reply.code(409).send(body);
    },
  );
}

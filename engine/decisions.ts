// What people decide on signals, by the page or the API: into the log, from where it takes effect.
import { createHash } from 'node:crypto';
import type { NatsConnection } from 'nats';
import { EventPublisher } from '../connectors/nats/event-publisher.js';
import type { Decision, DecisionAnswer } from '../dashboards/protocol.js';
import { MAX_ID_LENGTH } from '../operators/events/event.js';
import type { Core } from './core.js';

/**
 * A decision is an event like any other, under an id of its signal: taken twice it counts once, and
 * a replay decides the same. Its time is the stream's, as a decision must not make time pass.
 * Resolves when the log has it. @throws Error when the broker does not take it
 */
export async function decide(
  connection: NatsConnection,
  core: Core,
  { signalId, decision, by }: Decision,
): Promise<DecisionAnswer> {
  if (!core.replenish.isOpen(signalId)) return { taken: false };
  const event = {
    id: eventId(decision, signalId),
    type: decision === 'approve' ? 'signal.approved' : 'signal.rejected',
    time: core.clock.streamTimeMs,
    signalId,
    ...(by === undefined ? {} : { by }),
  };
  const publisher = new EventPublisher(connection);
  try {
    await publisher.publish({ id: event.id, kind: 'signal', json: JSON.stringify(event) });
  } finally {
    await publisher.close();
  }
  return { taken: true, eventId: event.id };
}

/** A signal's id may be longer than an event's: then a digest stands for it. */
function eventId(decision: string, signalId: string): string {
  const plain = `${decision}/${signalId}`;
  if (plain.length <= MAX_ID_LENGTH) return plain;
  return `${decision}/${createHash('sha256').update(signalId).digest('hex')}`;
}

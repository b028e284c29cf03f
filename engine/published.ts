// What goes out on NATS: signals, alerts and refusals as messages with subject and id.
import type { ResultMessage } from '../connectors/nats/publisher.js';
import { subjectToken } from '../connectors/nats/subject.js';
import type { Refusal } from '../operators/events/result.js';
import type { Results } from '../operators/stream/outbox.js';

/**
 * Signals and alerts in the order in which they were decided within their kind, then refusals.
 * Each is written when it is asked for: a closing day may bring one of each SKU-location.
 */
export function* publishedMessages(results: Results): Generator<ResultMessage> {
  for (const signal of results.signals) {
    yield {
      subject: `signals.${signal.kind}.${subjectToken(signal.location)}`,
      id: signal.id,
      data: JSON.stringify(signal),
    };
  }
  for (const alert of results.alerts) {
    yield {
      subject: `alerts.${alert.kind}.${subjectToken(alert.location)}`,
      id: alert.id,
      data: JSON.stringify(alert),
    };
  }
  for (const refusal of results.refusals) yield refusedMessage(refusal);
}

/** The id names the place in the stream: the same refusal after a restart is stored once. */
function refusedMessage(refusal: Refusal): ResultMessage {
  const { reason, kind, position, index } = refusal;
  const first = reason === 'late' ? 'late' : 'refused';
  return {
    subject: `${first}.${kind}`,
    id: `${first}/${position}/${index}`,
    data: JSON.stringify(refusal),
  };
}

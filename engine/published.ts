// What goes out on NATS: signals, alerts and refusals as messages with subject and id.
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { ResultMessage } from '../connectors/nats/publisher.js';
import { subjectToken } from '../connectors/nats/subject.js';
import type { Refusal, Signal } from '../operators/events/result.js';
import type { Results } from '../operators/stream/outbox.js';

/** Room for the headers, which the broker counts too. */
const HEADER_BYTES = 1024;

/**
 * Signals, withdrawals and alerts in the order in which they were decided within their kind, then refusals.
 * Each is written when it is asked for: a closing day may bring one of each SKU-location.
 * The broker takes `maxBytes` of a message: a refusal holds what was refused, and may be larger.
 */
export function* publishedMessages(results: Results, maxBytes: number): Generator<ResultMessage> {
  for (const signal of results.told) yield signalMessage(signal);
  for (const alert of results.alerts) {
    yield {
      subject: `alerts.${alert.kind}.${subjectToken(alert.location)}`,
      id: alert.id,
      data: JSON.stringify(alert),
    };
  }
  for (const refusal of results.refusals) {
    yield refusedMessage(refusal, maxBytes - HEADER_BYTES);
  }
}

/** Who reads signals of a kind gets those alone that may be acted on. */
function signalMessage(signal: Signal): ResultMessage {
  const first = signal.state === 'approved' ? signal.kind : signal.state;
  return {
    subject: `signals.${first}.${subjectToken(signal.location)}`,
    id: signal.id,
    data: JSON.stringify(signal),
  };
}

/**
 * The id names the place in the stream, so that the same refusal after a restart is stored once,
 * and what stood there: a stream that was made anew has other messages at the same places.
 */
function refusedMessage(refusal: Refusal, maxBytes: number): ResultMessage {
  const { reason, kind, position, index, data } = refusal;
  const first = reason === 'late' ? 'late' : 'refused';
  return {
    subject: `${first}.${kind}`,
    id: `${first}/${position}/${index}/${crc32(data).toString(16)}`,
    data: withinBytes(refusal, maxBytes),
  };
}

/**
 * As JSON a message grows, by its escapes or in base64: one that the broker just took may not fit
 * any more. Its end is cut off then; else nobody would hear of it, or of anything behind it.
 */
function withinBytes(refusal: Refusal, maxBytes: number): string {
  const whole = JSON.stringify(refusal);
  const size = Buffer.byteLength(whole);
  if (size <= maxBytes) return whole;
  const { length } = refusal.data;
  for (let kept = Math.floor(length * (maxBytes / size)); ; kept = Math.floor(kept * 0.75)) {
    const note = `data is cut to ${kept} of ${length} characters, whole in the events' stream`;
    const detail = `${refusal.detail}; ${note}`;
    const cut = JSON.stringify({ ...refusal, detail, data: refusal.data.slice(0, kept) });
    if (kept === 0 || Buffer.byteLength(cut) <= maxBytes) return cut;
  }
}

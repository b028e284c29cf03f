// What a publisher must know of a recorded line: its id, its kind, its place and its time.
import { createHash } from 'node:crypto';
import type { OutgoingEvent } from '../../connectors/nats/event-publisher.js';
import { parseTime } from '../../operators/events/time.js';

export interface RecordedEvent extends OutgoingEvent {
  /** Null: the line says no time that could be kept; it goes with the one before. */
  readonly timeMs: number | null;
  /** It is no event of the contract's outline: sent as it is, for the engine to refuse. */
  readonly malformed: boolean;
}

/**
 * Reads a line only as far as sending it needs. A line that is no event is sent all the same,
 * whole: what is wrong with it is the engine's to say and to keep. Its id comes from its bytes,
 * so that publishing a file again is absorbed for those lines too.
 */
export function recordedEvent(line: Uint8Array): RecordedEvent {
  const fields = outline(line);
  const { id, type } = fields;
  const timeMs = timeOf(fields.time);
  if (typeof id !== 'string' || id === '' || typeof type !== 'string' || timeMs === null) {
    const digest = createHash('sha256').update(line).digest('hex').slice(0, 32);
    return { id: `line-${digest}`, kind: kindOf(type), json: line, timeMs, malformed: true };
  }
  const location = locationOf(fields);
  return { id, kind: kindOf(type), location, json: line, timeMs, malformed: false };
}

type Outline = Readonly<Record<string, unknown>>;

function outline(line: Uint8Array): Outline {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString(),
    );
    return asRecord(parsed);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A CloudEvents message has its fields in `data`. */
function locationOf(fields: Outline): string | undefined {
  const inner = fields.specversion === undefined ? fields : asRecord(fields.data);
  return typeof inner.location === 'string' && inner.location !== '' ? inner.location : undefined;
}

function kindOf(type: unknown): string {
  const kind = typeof type === 'string' ? type.split('.', 1)[0] : '';
  return kind === undefined || kind === '' ? 'unknown' : kind;
}

function timeOf(time: unknown): number | null {
  if (typeof time !== 'string' && typeof time !== 'number') return null;
  const ms = parseTime(time);
  return Number.isNaN(ms) ? null : ms;
}

function asRecord(value: unknown): Outline {
  return typeof value === 'object' && value !== null ? (value as Outline) : {};
}

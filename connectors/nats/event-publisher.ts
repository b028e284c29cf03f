// Recorded or simulated events into the EVENTS stream, as fast as the server acknowledges.
import { createHash } from 'node:crypto';
import type { NatsConnection } from 'nats';
import { type AckOptions, AckWindow } from './ack-window.js';
import { PublishGroup } from './publish-group.js';
import { subjectToken } from './subject.js';

export interface OutgoingEvent {
  readonly id: string;
  /** The first part of its type: `order`, `stock`… */
  readonly kind: string;
  readonly location?: string | undefined;
  /** The event as JSON, without a line break. */
  readonly json: Uint8Array | string;
}

export interface EventPublisherOptions extends AckOptions {
  /** Events a message, separated by newlines. Default 1. */
  readonly pack?: number;
  /** A message is closed before it would exceed so many bytes. Default 256 KiB. */
  readonly packBytes?: number;
  /** First token of the subject. Default `events`. */
  readonly prefix?: string;
}

/**
 * Alone, an event goes to `events.<kind>` or `events.<kind>.<location>` with its own id as
 * message id. Packed, order between kinds is kept, so a message may hold several: it goes to
 * `events.<kind>`, or `events.mixed`, and its id is made of the ids in it, so that the same
 * events packed in the same way are stored once.
 */
export class EventPublisher {
  readonly #window: AckWindow;
  readonly #group: PublishGroup;
  readonly #pack: number;
  readonly #packBytes: number;
  readonly #prefix: string;
  #held: OutgoingEvent[] = [];
  #heldBytes = 0;

  constructor(connection: NatsConnection, options: EventPublisherOptions = {}) {
    this.#window = new AckWindow(connection, options);
    this.#group = new PublishGroup(this.#window);
    this.#pack = options.pack ?? 1;
    this.#packBytes = options.packBytes ?? 256 * 1024;
    this.#prefix = options.prefix ?? 'events';
    if (!(this.#pack >= 1)) throw new RangeError(`pack must be at least 1, not ${this.#pack}`);
  }

  get inFlight(): number {
    return this.#window.inFlight;
  }

  /** Resolves when there is room for the next event. Throws when an earlier one failed. */
  async publish(event: OutgoingEvent): Promise<void> {
    if (this.#pack === 1) {
      const { id, json } = event;
      await this.#group.send({ subject: this.#subjectOf([event]), id, data: json });
      return;
    }
    const bytes = Buffer.byteLength(event.json) + 1;
    if (this.#heldBytes + bytes > this.#packBytes) await this.#sendHeld();
    this.#held.push(event);
    this.#heldBytes += bytes;
    if (this.#held.length >= this.#pack) await this.#sendHeld();
  }

  /** Sends a message that is not full yet and resolves when everything is acknowledged. */
  async flush(): Promise<void> {
    await this.#sendHeld();
    await this.#group.settled();
  }

  /** Flushes, then lets go. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#window.close();
    }
  }

  async #sendHeld(): Promise<void> {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    this.#heldBytes = 0;
    const data = Buffer.concat(held.flatMap(({ json }) => [Buffer.from(json), NEWLINE]));
    await this.#group.send({ subject: this.#subjectOf(held), id: packId(held), data });
  }

  #subjectOf(events: readonly OutgoingEvent[]): string {
    const first = events[0];
    const isMixed = events.some((event) => event.kind !== first?.kind);
    const kind = isMixed ? 'mixed' : subjectToken(first?.kind ?? '');
    const location = events.length === 1 ? first?.location : undefined;
    const base = `${this.#prefix}.${kind}`;
    return location === undefined ? base : `${base}.${subjectToken(location)}`;
  }
}

const NEWLINE = Buffer.from('\n');

/** Of all ids and their lengths: two different packs never share an id. */
function packId(events: readonly OutgoingEvent[]): string {
  if (events.length === 1) return events[0]?.id ?? '';
  const hash = createHash('sha256');
  for (const { id } of events) hash.update(`${Buffer.byteLength(id)}:${id},`);
  return `pack-${hash.digest('hex').slice(0, 32)}`;
}

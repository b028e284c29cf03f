// A JetStream server in memory: streams, duplicate windows, and consumers that are pulled from.

export interface Stored {
  readonly position: number;
  readonly subject: string;
  readonly id: string;
  readonly storedAtMs: number;
  readonly data: Uint8Array;
}

const NO_DATA = new Uint8Array();

export class Stream {
  /** The first position that is kept; `last + 1` when nothing is. */
  first = 1;
  last = 0;
  /** All that was stored, by position; what lies before `first` is for the oracle only. */
  readonly log: Stored[] = [];
  /** What was cut off once is still known here, by position and time. */
  readonly #ever = new Map<string, Stored>();
  readonly #seen = new Map<string, { position: number; atMs: number }>();

  constructor(
    readonly name: string,
    readonly windowMs: number,
  ) {}

  /** The position of the message, or of the one that came before with this id. */
  store(message: Omit<Stored, 'position'>): { position: number; isDuplicate: boolean } {
    const seen = this.#seen.get(message.id);
    if (seen !== undefined && message.storedAtMs - seen.atMs < this.windowMs) {
      return { position: seen.position, isDuplicate: true };
    }
    this.last += 1;
    const stored = { ...message, position: this.last };
    this.log.push(stored);
    this.#ever.set(nameOf(stored), stored);
    if (message.id !== '') {
      this.#seen.set(message.id, { position: this.last, atMs: message.storedAtMs });
    }
    return { position: this.last, isDuplicate: false };
  }

  at(position: number): Stored | undefined {
    return position < this.first ? undefined : this.log[position - 1];
  }

  /** The position of the first message that was stored then or later. */
  firstSince(ms: number): number {
    const found = this.log.findIndex(({ storedAtMs }) => storedAtMs >= ms);
    return Math.max(this.first, found === -1 ? this.last + 1 : found + 1);
  }

  /** Does it hold this very message where it was, or has it before it was purged? */
  holds(message: Stored): boolean {
    return this.log[message.position - 1] === message;
  }

  /** The message of that position and time, though it may be gone. */
  whatWas(place: Pick<Stored, 'position' | 'storedAtMs'>): Stored {
    return this.#ever.get(nameOf(place)) as Stored;
  }

  /** Drops what is behind `last`, as if it had never been. */
  cutAfter(last: number): Stored[] {
    this.last = last;
    return this.log.splice(last);
  }

  /** Messages that were cut off, at the end where they were. */
  putBack(messages: readonly Stored[]): void {
    this.log.push(...messages);
    this.last = this.log.length;
  }

  purgeBefore(position: number): void {
    this.first = Math.max(this.first, Math.min(position, this.last + 1));
  }
}

/** What a consumer was asked for and has not given yet. */
export interface Pull {
  readonly reply: string;
  messages: number;
  bytes: number;
}

/** The headers of a status message. */
export interface Words {
  readonly code: number;
  readonly description: string;
  /** Of the consumer's messages, the number of the last one sent. */
  readonly lastSent?: number;
}

export interface Delivered {
  readonly subject: string;
  readonly reply: string;
  readonly data: Uint8Array;
  readonly id: string;
}

export interface Consumer {
  readonly name: string;
  readonly stream: Stream;
  readonly headersOnly: boolean;
  /** Where messages and words on the requests go. */
  readonly deliver: (to: string, message: Delivered) => void;
  readonly say: (reply: string, status: Words) => void;
  next: number;
  delivered: number;
  pull: Pull | null;
}

export class NatsServer {
  readonly events = new Stream('EVENTS', 120_000);
  readonly signals: Stream;
  readonly refused: Stream;
  readonly consumers = new Map<string, Consumer>();
  isUp = true;
  /** When it is up again. Who publishes meanwhile tries until then. */
  upAgainMs = 0;
  /** Called when a server that was down is up again, and when it goes. */
  readonly watchers = new Set<(isUp: boolean) => void>();

  constructor(windowMs: number) {
    this.signals = new Stream('SIGNALS', windowMs);
    this.refused = new Stream('REFUSED', windowMs);
  }

  streamOf(subject: string): Stream | null {
    const first = subject.slice(0, subject.indexOf('.'));
    if (first === 'signals' || first === 'alerts') return this.signals;
    return first === 'refused' || first === 'late' ? this.refused : null;
  }

  stream(name: string): Stream | undefined {
    return [this.events, this.signals, this.refused].find((stream) => stream.name === name);
  }

  publishEvent(message: Omit<Stored, 'position' | 'storedAtMs'>, nowMs: number): void {
    const storedAtMs = Math.max(Math.floor(nowMs), this.upAgainMs);
    this.events.store({ ...message, storedAtMs });
    for (const consumer of this.consumers.values()) this.serve(consumer);
  }

  /** Gives the consumer what it waits for, as far as it is there. */
  serve(consumer: Consumer): void {
    const { stream } = consumer;
    while (consumer.pull !== null && this.isUp) {
      consumer.next = Math.max(consumer.next, stream.first);
      const message = stream.at(consumer.next);
      if (message === undefined) return;
      const { pull } = consumer;
      const data = consumer.headersOnly ? NO_DATA : message.data;
      const size = data.byteLength + 128;
      if (size > pull.bytes) {
        consumer.pull = null;
        consumer.say(pull.reply, { code: 409, description: 'Message Size Exceeds MaxBytes' });
        return;
      }
      pull.messages -= 1;
      pull.bytes -= size;
      if (pull.messages === 0) consumer.pull = null;
      consumer.next += 1;
      consumer.delivered += 1;
      const nanoseconds = `${Math.floor(message.storedAtMs)}000000`;
      const place = `${message.position}.${consumer.delivered}.${nanoseconds}`;
      const left = stream.last - message.position;
      const reply = `$JS.ACK.${stream.name}.${consumer.name}.1.${place}.${left}`;
      consumer.deliver(pull.reply, { subject: message.subject, reply, data, id: message.id });
    }
  }

  /** Consumers live in memory: a restart forgets them. Streams are files, synced. */
  stop(): void {
    this.isUp = false;
    this.consumers.clear();
    for (const watcher of [...this.watchers]) watcher(false);
  }

  start(): void {
    this.isUp = true;
    for (const watcher of [...this.watchers]) watcher(true);
  }
}

function nameOf({ position, storedAtMs }: Pick<Stored, 'position' | 'storedAtMs'>): string {
  return `${position}/${storedAtMs}`;
}

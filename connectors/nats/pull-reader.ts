// One short-lived ordered consumer: asks for messages in numbers, and knows when it is lost.
// The library's own consume() asks for more as soon as messages arrive, whether or not anyone
// took them; here the owner asks, so that a slow engine holds the server back.
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, nanos, nuid, type Subscription } from 'nats';
import type { Delivery, Position } from '../source.js';

/** The first position wanted, or the first message stored at a moment (ms, UTC) or later. */
export type ReadFrom = Position | { readonly sinceMs: number };

export interface ReaderOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** `$JS.API`, or the one of a JetStream domain. */
  readonly apiPrefix: string;
  readonly stream: string;
  readonly from: ReadFrom;
  /** The server says at this interval that it is there; three missed are a loss. */
  readonly heartbeatMs: number;
  /** How long one request for messages stands. */
  readonly requestMs: number;
  /** Messages come without their data. Default false. */
  readonly headersOnly?: boolean;
}

export interface ReaderEvents {
  /** `left`: messages that the stream held behind this one when it was sent. */
  onDelivery(delivery: Delivery, message: Msg, left: number): void;
  /** All that was asked for has come, or the request has run out: time to ask again. */
  onPullEnd(): void;
  /** Nothing more will come; called once. The owner starts another reader. */
  onLost(reason: string): void;
}

const MISSED_HEARTBEATS = 3;
const INACTIVE_MS = 60_000;

export class PullReader {
  readonly #options: ReaderOptions;
  readonly #events: ReaderEvents;
  readonly #consumer: string;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #watchdog: NodeJS.Timeout;
  /** Messages asked for and not yet here. One request at a time keeps this exact. */
  #outstanding = 0;
  /** Each request has its own answer subject: a late word on the one before is not on this. */
  #pullSubject = '';
  #pulls = 0;
  #quietBeats = 0;
  /** Beats since the request that stands. */
  #pullBeats = 0;
  /** Sequence within this consumer, by which a message lost on the way shows. */
  #consumerSequence = 0;
  #isOver = false;

  private constructor(
    options: ReaderOptions,
    events: ReaderEvents,
    consumer: string,
    /** Messages that the stream held for this reader when it was started. */
    readonly leftAtStart: number,
  ) {
    this.#options = options;
    this.#events = events;
    this.#consumer = consumer;
    this.#subscription = options.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error !== null) this.#lose(error.message);
        else this.#onMessage(message);
      },
    });
    this.#watchdog = setInterval(() => this.#onBeat(), options.heartbeatMs).unref();
  }

  /** Throws when the server does not make the consumer. */
  static async start(options: ReaderOptions, events: ReaderEvents): Promise<PullReader> {
    const name = `stockpulse-${nuid.next()}`;
    const info = await options.manager.consumers.add(options.stream, {
      name,
      ack_policy: AckPolicy.None,
      ...startAt(options.from),
      headers_only: options.headersOnly ?? false,
      replay_policy: ReplayPolicy.Instant,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    return new PullReader(options, events, name, info.num_pending);
  }

  get consumer(): string {
    return this.#consumer;
  }

  get isIdle(): boolean {
    return this.#outstanding === 0 && !this.#isOver;
  }

  /** Asks for up to so many messages and bytes; only while idle. */
  pull(room: { readonly messages: number; readonly bytes: number }): void {
    this.#outstanding = room.messages;
    this.#quietBeats = 0;
    this.#pullBeats = 0;
    this.#pulls += 1;
    this.#pullSubject = `${this.#inbox}.${this.#pulls}`;
    const request = {
      batch: room.messages,
      max_bytes: room.bytes,
      expires: nanos(this.#options.requestMs),
      idle_heartbeat: nanos(this.#options.heartbeatMs),
    };
    const { apiPrefix, stream, connection } = this.#options;
    const subject = `${apiPrefix}.CONSUMER.MSG.NEXT.${stream}.${this.#consumer}`;
    connection.publish(subject, JSON.stringify(request), { reply: this.#pullSubject });
  }

  /** Takes no more messages. The server forgets the consumer now or, out of reach, by itself. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#watchdog);
    const { connection, apiPrefix, stream } = this.#options;
    if (connection.isClosed()) return;
    this.#subscription.unsubscribe();
    connection.publish(`${apiPrefix}.CONSUMER.DELETE.${stream}.${this.#consumer}`);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.onLost(reason);
  }

  #onBeat(): void {
    if (this.#outstanding === 0) return;
    // Counted in ticks of a timer and not by the clock: an event loop that was blocked has one
    // late tick, and the messages that wait in its socket are no loss.
    this.#quietBeats += 1;
    this.#pullBeats += 1;
    if (this.#quietBeats > MISSED_HEARTBEATS) {
      this.#lose('the server went silent');
      return;
    }
    // Older servers drop a request without a word when a message comes as it runs out.
    const { requestMs, heartbeatMs } = this.#options;
    if (this.#pullBeats * heartbeatMs > requestMs + heartbeatMs) this.#endPull();
  }

  #onMessage(message: Msg): void {
    if (this.#isOver) return;
    this.#quietBeats = 0;
    const subject = message.subject;
    if (subject.startsWith(this.#inbox)) {
      if (subject === this.#pullSubject) this.#onStatus(message);
      return;
    }
    // $JS.ACK[.domain.account].stream.consumer.delivered.position.sequence.nanoseconds.pending…
    const tokens = (message.reply ?? '').split('.');
    const at = tokens.length === 9 ? 5 : 7;
    const sequence = Number(tokens[at + 1]);
    if (sequence !== this.#consumerSequence + 1) {
      this.#lose(`message ${this.#consumerSequence + 1} got lost on the way`);
      return;
    }
    this.#consumerSequence = sequence;
    this.#outstanding -= 1;
    const delivery = {
      position: Number(tokens[at]),
      subject,
      // Nanoseconds exceed what a number holds exactly: cut as text.
      storedAtMs: Number((tokens[at + 2] ?? '').slice(0, -6)),
      data: message.data,
    };
    this.#events.onDelivery(delivery, message, Number(tokens[at + 3]));
    if (this.#outstanding === 0) this.#events.onPullEnd();
  }

  /** A message that got lost shows at the next one; the heartbeat shows it when none follows. */
  #onServerBeat(message: Msg): void {
    const sent = Number(message.headers?.get('Nats-Last-Consumer') ?? 0);
    if (sent > this.#consumerSequence) this.#lose(`message ${sent} got lost on the way`);
  }

  #onStatus(message: Msg): void {
    const code = message.headers?.code ?? 0;
    const description = message.headers?.description ?? '';
    if (code === 100) {
      this.#onServerBeat(message);
      return;
    }
    // The words are the server's; newer ones also say so when all that was asked for has come.
    const isDone = code === 409 && /max\s*bytes|batch completed/i.test(description);
    const isNormalEnd = isDone || code === 404 || code === 408;
    if (!isNormalEnd) {
      this.#lose(code === 503 ? 'the consumer is gone' : `${code} ${description}`);
      return;
    }
    this.#endPull();
  }

  #endPull(): void {
    this.#outstanding = 0;
    this.#events.onPullEnd();
  }
}

function startAt(from: ReadFrom): Partial<ConsumerConfig> {
  if (typeof from === 'number') {
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
  }
  const since = new Date(from.sinceMs).toISOString();
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since };
}

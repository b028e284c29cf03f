// Messages on their way to JetStream: a bounded number, each sent again until acknowledged.
import {
  createInbox,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from 'nats';
import { headerValue } from './subject.js';

export interface Message {
  readonly subject: string;
  /** Same id within the stream's duplicate window: stored once. */
  readonly id: string;
  readonly data: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AckOptions {
  /** Messages sent and not yet acknowledged. Default 512. */
  readonly inFlight?: number;
  /** Sent again when no answer came for so long. Default 5,000. */
  readonly ackTimeoutMs?: number;
  /** The greatest pause before a message that the server could not take is sent again. 1,000. */
  readonly retryMaxMs?: number;
  /**
   * A message that was not acknowledged for so long fails, and is not sent again: it must be well
   * within the stream's duplicate window, or it could be stored twice. Default 300,000.
   */
  readonly giveUpAfterMs?: number;
  /** Asked before each write; while it says false messages wait. Default: always true. */
  readonly mayWrite?: () => boolean;
  /** Headers of every message. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Pending {
  readonly message: Message;
  readonly encoded: MsgHdrs;
  readonly done: (error: Error | null) => void;
  readonly startedMs: number;
  tries: number;
  /** When it is sent again, unless it was acknowledged by then. */
  dueMs: number;
  lastReason: string;
}

const SWEEP_MS = 25;
/** What may not be written yet is tried again after this. */
const HELD_MS = 100;
/** So much is written without waiting for the turn's end. */
const WRITE_BYTES = 64 * 1024;

/**
 * An own inbox for the answers instead of a request a message: no timer and no promise each,
 * and a late answer to the first try still counts. What is sent in one turn of the event loop
 * leaves in one write: a write a message costs this process and the server more than the message.
 */
export class AckWindow {
  readonly #connection: NatsConnection;
  readonly #limits: Required<AckOptions>;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #pending = new Map<string, Pending>();
  readonly #waiting: (() => void)[] = [];
  /** Keys of what goes out at the end of this turn of the loop. */
  readonly #unsent = new Set<string>();
  #unsentBytes = 0;
  #writer: NodeJS.Immediate | null = null;
  #sweeper: NodeJS.Timeout | null = null;
  #serial = 0;
  #isUp = true;
  #isClosed = false;
  #fullCount = 0;

  constructor(connection: NatsConnection, options: AckOptions = {}) {
    this.#connection = connection;
    this.#limits = {
      inFlight: options.inFlight ?? 512,
      ackTimeoutMs: options.ackTimeoutMs ?? 5_000,
      retryMaxMs: options.retryMaxMs ?? 1_000,
      giveUpAfterMs: options.giveUpAfterMs ?? 300_000,
      mayWrite: options.mayWrite ?? (() => true),
      headers: options.headers ?? {},
    };
    if (!(this.#limits.inFlight >= 1)) {
      throw new RangeError(`inFlight must be at least 1, not ${this.#limits.inFlight}`);
    }
    this.#subscription = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, answer) => {
        if (error !== null) this.close(error);
        else this.#onAnswer(answer);
      },
    });
    void this.#watchConnection();
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** Messages that had to wait because as many as the limit were on their way. */
  get fullCount(): number {
    return this.#fullCount;
  }

  /** Resolves when another message may be sent. */
  async room(): Promise<void> {
    if (this.#pending.size >= this.#limits.inFlight) this.#fullCount += 1;
    while (this.#pending.size >= this.#limits.inFlight && !this.#isClosed) {
      await new Promise<void>((done) => this.#waiting.push(done));
    }
  }

  /** `done` is called once: null when stored, an error when it never will be. */
  send(message: Message, done: (error: Error | null) => void): string | null {
    const refusal = this.#refusal(message);
    if (refusal !== null) {
      done(refusal);
      return null;
    }
    const encoded = headers();
    const all = { ...this.#limits.headers, ...message.headers };
    for (const [name, value] of Object.entries(all)) encoded.set(name, value);
    encoded.set('Nats-Msg-Id', headerValue(message.id));
    const key = String(++this.#serial);
    const startedMs = performance.now();
    const pending = { message, encoded, done, startedMs, tries: 0, dueMs: 0, lastReason: '' };
    this.#pending.set(key, pending);
    this.#transmit(key, pending);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
    return key;
  }

  /** Takes a message out of the window without calling `done`; the server may still store it. */
  forget(key: string): void {
    if (this.#pending.delete(key)) this.#onRoom();
  }

  /** Fails what is not yet acknowledged. May be called twice. */
  close(reason: Error = new Error('the publisher was closed before this was acknowledged')): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#connection.isClosed()) this.#subscription.unsubscribe();
    for (const key of [...this.#pending.keys()]) this.#settle(key, reason);
    this.#onRoom();
  }

  #refusal(message: Message): Error | null {
    if (this.#isClosed) return new Error('this publisher is closed');
    if (message.id === '') return new RangeError(`a message on ${message.subject} has no id`);
    const limit = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const size = Buffer.byteLength(message.data);
    if (size <= limit) return null;
    return new Error(
      `message ${message.id} on ${message.subject} has ${size} bytes, the server takes ${limit}; ` +
        'raise max_payload in its configuration',
    );
  }

  #transmit(key: string, pending: Pending): void {
    pending.tries += 1;
    pending.dueMs = performance.now() + this.#limits.ackTimeoutMs;
    this.#unsent.add(key);
    this.#unsentBytes += pending.message.data.length;
    if (this.#unsentBytes >= WRITE_BYTES) this.#writeUnsent();
    else this.#writer ??= setImmediate(() => this.#writeUnsent());
  }

  #writeUnsent(): void {
    if (this.#writer !== null) clearImmediate(this.#writer);
    this.#writer = null;
    this.#unsentBytes = 0;
    const keys = [...this.#unsent];
    this.#unsent.clear();
    // What is written while the connection is down is thrown away: reconnecting sends it.
    if (!this.#isUp || this.#connection.isClosed()) return;
    const mayWrite = this.#limits.mayWrite();
    const nowMs = performance.now();
    for (const key of keys) {
      const pending = this.#pending.get(key);
      if (pending === undefined) continue;
      if (!mayWrite) {
        pending.dueMs = nowMs + HELD_MS;
        continue;
      }
      // Also after a pause of the whole process, of which nothing else tells.
      if (this.#isTooOld(pending, nowMs)) {
        this.#settle(key, this.#gaveUp(pending));
        continue;
      }
      this.#connection.publish(pending.message.subject, pending.message.data, {
        reply: `${this.#inbox}.${key}`,
        headers: pending.encoded,
      });
    }
  }

  #onAnswer(answer: Msg): void {
    const key = answer.subject.slice(this.#inbox.length + 1);
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    const problem = problemOf(answer);
    if (problem === null) {
      this.#settle(key, null);
    } else if (problem.isPassing) {
      pending.lastReason = problem.text;
      const pauseMs = Math.min(25 * 2 ** Math.min(pending.tries, 10), this.#limits.retryMaxMs);
      pending.dueMs = performance.now() + pauseMs;
    } else {
      const { id, subject } = pending.message;
      this.#settle(key, new Error(`message ${id} on ${subject} was refused: ${problem.text}`));
    }
  }

  #settle(key: string, error: Error | null): void {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    pending?.done(error);
    this.#onRoom();
  }

  #onRoom(): void {
    if (this.#pending.size === 0 && this.#sweeper !== null) {
      clearInterval(this.#sweeper);
      this.#sweeper = null;
    }
    // All of them: one that was let in and had failed meanwhile would pass nothing on.
    for (const done of this.#waiting.splice(0)) done();
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const [key, pending] of this.#pending) {
      if (this.#isTooOld(pending, nowMs)) {
        this.#settle(key, this.#gaveUp(pending));
      } else if (nowMs >= pending.dueMs) {
        this.#transmit(key, pending);
      }
    }
  }

  #isTooOld({ startedMs }: Pending, nowMs: number): boolean {
    return nowMs - startedMs > this.#limits.giveUpAfterMs;
  }

  #gaveUp({ message, tries, lastReason }: Pending): Error {
    const reason = lastReason === '' ? 'the server does not answer' : lastReason;
    return new Error(
      `message ${message.id} on ${message.subject} was not acknowledged within ` +
        `${this.#limits.giveUpAfterMs} ms, ${tries} tries: ${reason}`,
    );
  }

  async #watchConnection(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (this.#isClosed) return;
      if (status.type === 'disconnect') this.#isUp = false;
      if (status.type === 'reconnect') {
        this.#isUp = true;
        for (const [key, pending] of this.#pending) this.#transmit(key, pending);
      }
    }
    this.close(new Error('the connection was closed before this was acknowledged'));
  }
}

/** Null: stored (or known already). Passing: the server may take it later. */
function problemOf(answer: Msg): { readonly text: string; readonly isPassing: boolean } | null {
  if (answer.data.byteLength === 0 && answer.headers?.code === 503) {
    return { text: 'no stream takes this subject', isPassing: true };
  }
  const body: unknown = JSON.parse(Buffer.from(answer.data).toString() || 'null');
  if (typeof body !== 'object' || body === null) {
    return { text: 'an answer that is no acknowledgement', isPassing: false };
  }
  if (!('error' in body)) return null;
  const error: unknown = body.error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : 0;
  return { text: JSON.stringify(error), isPassing: code === 503 };
}

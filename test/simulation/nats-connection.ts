// The connection of one process to the simulated server: slow, lossy, cut off at times.
import type { Msg, MsgHdrs, NatsConnection, Status, Subscription } from 'nats';
import type { NatsServer } from './nats-server.js';
import { type Said, Session } from './nats-session.js';
import type { Process, World } from './process.js';

type Callback = (error: Error | null, message: Msg) => void;

const EMPTY = new Uint8Array();

export class SimulatedConnection {
  readonly info = { max_payload: 1024 ** 2 };
  readonly options = {};
  readonly features = { get: () => ({ min: '2.10.0', ok: true }) };
  readonly #session: Session;
  readonly #subscriptions = new Map<string, Callback>();
  readonly #listeners = new Set<(status: Status | null) => void>();
  #isClosed = false;
  /** Counts the connections made: what was under way on an older one is lost. */
  #epoch = 0;
  #lastThereMs = 0;
  #lastHereMs = 0;

  constructor(
    private readonly server: NatsServer,
    private readonly world: World,
    private readonly process: Process,
  ) {
    this.#session = new Session(server, world, { process, say: (said) => this.#say(said) });
    server.watchers.add((isUp) => this.#onServer(isUp));
  }

  asNats(): NatsConnection {
    return this as unknown as NatsConnection;
  }

  getServer(): string {
    return 'nats://simulated';
  }

  isClosed(): boolean {
    return this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tell(null);
    await Promise.resolve();
  }

  subscribe(subject: string, options: { readonly callback: Callback }): Subscription {
    const prefix = subject.slice(0, -1);
    this.#subscriptions.set(prefix, options.callback);
    return { unsubscribe: () => this.#subscriptions.delete(prefix) } as unknown as Subscription;
  }

  /** Ends when the connection is closed. */
  async *status(): AsyncGenerator<Status> {
    const waiting: (Status | null)[] = [];
    let wake: () => void = () => undefined;
    this.#listeners.add((status) => {
      waiting.push(status);
      wake();
    });
    for (;;) {
      while (waiting.length === 0) {
        await new Promise<void>((done) => {
          wake = done;
        });
      }
      const status = waiting.shift() as Status | null;
      if (status === null) return;
      yield status;
    }
  }

  publish(
    subject: string,
    payload: Uint8Array | string = EMPTY,
    options: { readonly reply?: string; readonly headers?: MsgHdrs } = {},
  ): void {
    const data = Buffer.from(payload as string);
    const reply = options.reply ?? '';
    this.process.do(`publish ${subject}`, () => {
      if (subject.startsWith('$JS.API.CONSUMER.')) {
        if (this.world.faults.strikes('nats.lose-request')) return;
        this.#there(() => this.#session.onConsumerCall(subject, data, reply));
        return;
      }
      if (this.world.faults.strikes('nats.lose-publish')) return;
      const id = options.headers?.get('Nats-Msg-Id') ?? '';
      this.#there(() => this.#session.store({ subject, id, data, reply }));
    });
  }

  request(subject: string, payload: Uint8Array, options: { timeout: number }): Promise<Msg> {
    return new Promise((done, failed) => {
      this.process.do(`request ${subject}`, () => {
        let isAnswered = false;
        this.process.answer(options.timeout, () => {
          if (!isAnswered) failed(new Error(`simulated: no answer to ${subject}`));
        });
        if (this.world.faults.strikes('nats.lose-request')) return;
        this.#there(() => {
          const body = JSON.stringify(
            this.#session.answerTo(subject, Buffer.from(payload).toString()),
          );
          this.#here(() => {
            isAnswered = true;
            done(messageOf({ subject, data: Buffer.from(body) }));
          });
        });
      });
    });
  }

  #onServer(isUp: boolean): void {
    if (!isUp) this.#epoch += 1;
    if (!this.process.isAlive || this.#isClosed) return;
    const status = { type: isUp ? 'reconnect' : 'disconnect', server: 'simulated' } as Status;
    const { dice } = this.world.faults;
    this.process.answer(dice.between('nats/notice', 0, 50), () => this.#tell(status));
  }

  #tell(status: Status | null): void {
    for (const listener of this.#listeners) listener(status);
  }

  /** At the server later, in order; not at all when the connection is cut meanwhile. */
  #there(act: () => void): void {
    if (this.#isClosed || !this.server.isUp) return;
    const epoch = this.#epoch;
    this.#lastThereMs = this.#arrivalMs(this.#lastThereMs);
    this.world.scheduler.after(this.#lastThereMs - this.world.scheduler.nowMs, () => {
      if (epoch === this.#epoch && this.server.isUp) act();
    });
  }

  /** Back at the process, in order. */
  #here(tell: () => void): void {
    const epoch = this.#epoch;
    this.#lastHereMs = this.#arrivalMs(this.#lastHereMs);
    this.process.answer(this.#lastHereMs - this.world.scheduler.nowMs, () => {
      if (epoch === this.#epoch && !this.#isClosed) tell();
    });
  }

  #arrivalMs(lastMs: number): number {
    const { faults, scheduler } = this.world;
    const slowMs = faults.strikes('nats.slow') ? faults.dice.between('nats/slow', 50, 4_000) : 0;
    return Math.max(lastMs, scheduler.nowMs + faults.dice.next('nats/ms') * 3 + slowMs);
  }

  #say(said: Said): void {
    this.#here(() => {
      const { to } = said;
      const callback = this.#subscriptions.get(to.slice(0, to.lastIndexOf('.') + 1));
      callback?.(null, messageOf(said));
    });
  }
}

function messageOf({ subject, reply, data, words, id = '' }: Omit<Said, 'to'>): Msg {
  const values: Readonly<Record<string, string>> = {
    'Nats-Last-Consumer': String(words?.lastSent ?? 0),
    'Nats-Msg-Id': id,
  };
  const headers = { ...words, get: (name: string): string => values[name] ?? '' };
  return { subject, reply, data, headers } as unknown as Msg;
}

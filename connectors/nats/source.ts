// Events from a JetStream stream, in order and from any position, across server restarts.
import { setTimeout as wait } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import type { Delivery, Position, Source } from '../source.js';
import { DeliveryBuffer } from './delivery-buffer.js';
import { errorText, isStreamNotFound } from './jetstream-errors.js';
import {
  type PositionGap,
  PositionGapError,
  type Rewound,
  StreamRewoundError,
} from './position-gap.js';
import { PullReader } from './pull-reader.js';
import { firstStoredAfter, isReplaced, type StoredMark } from './stored-mark.js';

export interface NatsSourceOptions {
  /** Default `EVENTS`. */
  readonly stream?: string;
  /** JetStream domain, where the server has one. */
  readonly domain?: string;
  /** Messages held ready for the engine, and on their way. Default 20,000. */
  readonly bufferMessages?: number;
  /** The same in bytes. Default 32 MiB; one message of the largest size is always asked for. */
  readonly bufferBytes?: number;
  /** Default 1,000: a server that went away unnoticed is missed after four of them. */
  readonly heartbeatMs?: number;
  /** How long one request for messages stands. Default 600,000: a flowing stream fills it before. */
  readonly requestMs?: number;
  /** How long `open` may take while the server does not answer. Default 30,000. */
  readonly openTimeoutMs?: number;
  /** The greatest pause between two tries to go on; they end with `close` only. Default 1,000. */
  readonly retryMaxMs?: number;
  /** Why nothing comes at the moment; null: it comes again. */
  readonly onTrouble?: (reason: string | null) => void;
  /** Positions that the stream no longer holds: purged, expired or deleted before we read them. */
  readonly onGap?: (gap: PositionGap) => void;
  /** Reads nothing beyond a gap: `open` or `nextBatch` fails with PositionGapError. Default false. */
  readonly stopAtGap?: boolean;
}

/**
 * Guarantee: as Source says, also when the server is killed and comes back with its files. The
 * consumer is the server's for this run only: positions are kept in snapshots, not in NATS.
 */
export class NatsSource implements Source {
  readonly name: string;
  readonly #connection: NatsConnection;
  readonly #stream: string;
  readonly #options: NatsSourceOptions;
  readonly #manager: Promise<JetStreamManager>;
  readonly #buffer: DeliveryBuffer;
  readonly #closing = new AbortController();
  #reader: PullReader | null = null;
  /** The first position not yet here. */
  #next: Position = 1;
  /** The last message that is here, or was in an earlier run; null: unknown. */
  #mark: StoredMark | null = null;
  /** The last position handed over, or the one before the first to come. */
  #taken: Position = 0;
  #firstAvailable: Position | null = null;
  #streamCreated: string | null = null;
  #gap: PositionGap | null = null;
  #isStopped = false;
  /** Counts attempts to go on: a newer one makes all older ones void. */
  #attempt = 0;

  constructor(connection: NatsConnection, options: NatsSourceOptions = {}) {
    this.#connection = connection;
    this.#options = options;
    this.#stream = options.stream ?? 'EVENTS';
    this.name = `nats:${this.#stream}`;
    this.#buffer = new DeliveryBuffer({
      messages: options.bufferMessages ?? 20_000,
      bytes: options.bufferBytes ?? 32 * 1024 ** 2,
    });
    const domain = options.domain === undefined ? {} : { domain: options.domain };
    this.#manager = jetstreamManager(connection, { checkAPI: false, ...domain });
  }

  /** Messages that are here and were not taken yet, for the metrics. */
  get readAhead(): number {
    return this.#buffer.messages;
  }

  /** The first position that the stream held when it was last opened. */
  get firstAvailable(): Position | null {
    return this.#firstAvailable;
  }

  /** The newest run of positions that were gone before they could be read; null: none yet. */
  get gap(): PositionGap | null {
    return this.#gap;
  }

  /**
   * With the `mark` of the message at `after`, a stream that holds another one there is refused
   * like one that is too short.
   */
  async open(after: Position | null, mark: StoredMark | null = null): Promise<void> {
    this.#next = (after ?? 0) + 1;
    this.#mark = mark;
    const endMs = performance.now() + (this.#options.openTimeoutMs ?? 30_000);
    for (let tries = 1; ; tries++) {
      try {
        await this.#startReader(after === null);
        this.#taken = this.#next - 1;
        break;
      } catch (error) {
        if (isFinal(error)) throw error;
        if (isStreamNotFound(error) || performance.now() > endMs) throw this.#openError(error);
        await this.#pause(tries);
      }
    }
    void this.#watchConnection();
  }

  async nextBatch(max: number): Promise<readonly Delivery[] | null> {
    const batch = await this.#buffer.take(max);
    this.#taken = batch?.at(-1)?.position ?? this.#taken;
    this.#pullMore();
    return batch;
  }

  /** Nothing to do: the stream keeps messages by its own limits, not by what was read. */
  async commit(_through: Position): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#reader?.close();
    this.#reader = null;
    this.#buffer.end();
    await Promise.resolve();
  }

  async pending(): Promise<number | null> {
    const manager = await this.#manager;
    const consumer = this.#reader?.consumer;
    try {
      if (consumer === undefined) return null;
      const info = await manager.consumers.info(this.#stream, consumer);
      // What the server sent and the engine did not take, by position: the buffer's length
      // would be of another moment than the server's figures.
      return info.num_pending + Math.max(info.delivered.stream_seq - this.#taken, 0);
    } catch {
      return await this.#positionsLeft(manager);
    }
  }

  /**
   * The server forgets a consumer that asks for nothing while a sink holds up the engine. By
   * position alone deleted messages count too. Null: the server is away.
   */
  async #positionsLeft(manager: JetStreamManager): Promise<number | null> {
    try {
      const { state } = await manager.streams.info(this.#stream);
      return Math.max(state.last_seq - this.#taken, 0);
    } catch {
      return null;
    }
  }

  /** The first and last position stored; `first` is `last + 1` when the stream is empty. */
  async streamState(): Promise<{ readonly first: Position; readonly last: Position }> {
    const { state } = await (await this.#manager).streams.info(this.#stream);
    return { first: Math.max(state.first_seq, 1), last: state.last_seq };
  }

  async #startReader(fromStart: boolean): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const isVoid = (): boolean => attempt !== this.#attempt || this.#closing.signal.aborted;
    const manager = await this.#manager;
    const info = await manager.streams.info(this.#stream);
    if (isVoid()) return;
    await this.#checkLog(manager, info);
    if (isVoid()) return;
    this.#checkPosition(info, fromStart);
    const reader = await PullReader.start(
      {
        connection: this.#connection,
        manager,
        apiPrefix: apiPrefix(this.#options.domain),
        stream: this.#stream,
        from: this.#next,
        heartbeatMs: this.#options.heartbeatMs ?? 1_000,
        requestMs: this.#options.requestMs ?? 600_000,
      },
      {
        onDelivery: (delivery) => this.#accept(delivery),
        onPullEnd: () => this.#pullMore(),
        onLost: (reason) => void this.#recover(reason),
      },
    );
    if (isVoid()) {
      reader.close();
      return;
    }
    this.#reader = reader;
    this.#pullMore();
  }

  /** Is it the log that was read so far? What retention has taken from it cannot tell. */
  async #checkLog(manager: JetStreamManager, info: StreamInfo): Promise<void> {
    const { first_seq: first, last_seq: last } = info.state;
    const read = this.#next - 1;
    const how = await this.#howOther(manager, info);
    if (how === null) return;
    let missing = how === 'behind' ? read - last : read;
    const storedAtMs = this.#mark?.storedAtMs ?? null;
    if (storedAtMs !== null) {
      // What it stored after the last message that was read is none of those that were read.
      const since = await firstStoredAfter(manager, this.#stream, storedAtMs);
      missing = Math.max(read - since + 1, 1);
    }
    throw new StreamRewoundError(this.#stream, { read, first, last, how, missing });
  }

  async #howOther(manager: JetStreamManager, info: StreamInfo): Promise<Rewound['how'] | null> {
    if (this.#streamCreated !== null && this.#streamCreated !== info.created) return 'made-anew';
    if (info.state.last_seq < this.#next - 1) return 'behind';
    if (this.#mark === null) return null;
    return (await isReplaced(manager, this.#stream, this.#mark)) ? 'other' : null;
  }

  #checkPosition(info: StreamInfo, fromStart: boolean): void {
    const first = info.state.first_seq;
    this.#streamCreated = info.created;
    this.#firstAvailable = first;
    if (fromStart) this.#next = Math.max(first, 1);
    else if (first > this.#next) this.#noteGap(first - 1);
  }

  #accept(delivery: Delivery): void {
    if (this.#isStopped || delivery.position < this.#next) return;
    if (delivery.position > this.#next) {
      try {
        this.#noteGap(delivery.position - 1);
      } catch (error) {
        this.#stopReading(error as Error);
        return;
      }
    }
    this.#next = delivery.position + 1;
    this.#mark = delivery;
    this.#buffer.push(delivery);
  }

  #noteGap(through: Position): void {
    this.#gap = { from: this.#next, through };
    if (this.#options.stopAtGap) throw new PositionGapError(this.#stream, this.#gap);
    this.#next = through + 1;
    this.#options.onGap?.(this.#gap);
  }

  /** What came before is still handed over; nothing that comes after is. */
  #stopReading(error: Error): void {
    this.#attempt += 1;
    this.#reader?.close();
    this.#reader = null;
    this.#buffer.fail(error);
    this.#isStopped = true;
  }

  #pullMore(): void {
    if (this.#reader === null || !this.#reader.isIdle) return;
    const room = this.#buffer.room();
    if (room === null) return;
    // A request for fewer bytes than the next message has would never be answered.
    const largest = (this.#connection.info?.max_payload ?? 1024 ** 2) + 64 * 1024;
    this.#reader.pull({ ...room, bytes: Math.max(room.bytes, largest) });
  }

  /** Starts another reader where this one stopped, again and again until it works. */
  async #recover(reason: string): Promise<void> {
    this.#reader = null;
    if (this.#isStopped) return;
    this.#options.onTrouble?.(reason);
    for (let tries = 1; !this.#closing.signal.aborted; tries++) {
      const attempt = this.#attempt + 1;
      try {
        await this.#startReader(false);
        if (attempt === this.#attempt) this.#options.onTrouble?.(null);
        return;
      } catch (error) {
        if (attempt !== this.#attempt) return;
        if (isFinal(error)) return this.#buffer.fail(error);
        if (this.#connection.isClosed()) return;
        this.#options.onTrouble?.(`${reason}; stream ${this.#stream}: ${errorText(error)}`);
      }
      await this.#pause(tries);
      if (attempt !== this.#attempt) return;
    }
  }

  /**
   * A server that was killed has forgotten the consumer: no need to wait for heartbeats. What
   * was requested while it was away is lost, so a try that waits for its answer is void too.
   */
  async #watchConnection(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (this.#closing.signal.aborted) return;
      if (status.type === 'disconnect') this.#options.onTrouble?.('connection lost');
      if (status.type === 'reconnect') {
        this.#reader?.close();
        void this.#recover('reconnected');
      }
    }
    this.#buffer.fail(new Error(`${this.name}: the connection was closed`));
  }

  async #pause(tries: number): Promise<void> {
    const maxMs = this.#options.retryMaxMs ?? 1_000;
    const signal = this.#closing.signal;
    await wait(Math.min(50 * 2 ** Math.min(tries, 10), maxMs), null, { signal }).catch(() => null);
  }

  #openError(cause: unknown): Error {
    const what = `cannot read stream ${this.#stream}: ${errorText(cause)}`;
    const hint = isStreamNotFound(cause) ? '; create it or name another one' : '';
    return new Error(what + hint, { cause });
  }
}

/** What no further try mends: the stream is not the one that was read, or holds it no longer. */
function isFinal(error: unknown): error is StreamRewoundError | PositionGapError {
  return error instanceof StreamRewoundError || error instanceof PositionGapError;
}

function apiPrefix(domain: string | undefined): string {
  return domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
}

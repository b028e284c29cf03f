// Results out to JetStream: each row stored once, however often it is written.
import type { NatsConnection } from 'nats';
import type { Sink } from '../sink.js';
import { type AckOptions, AckWindow, type Message } from './ack-window.js';
import { PublishGroup } from './publish-group.js';

export type ResultMessage = Message;

/** What a NATS server takes unless it is told otherwise. */
const DEFAULT_MAX_BYTES = 1024 ** 2;

/**
 * Guarantee: when `write` resolves every row is stored in its stream; rows with an id that the
 * stream saw within its duplicate window are stored once. Rows are sent in order; one that had
 * to be sent again may come after its successors. While the server is away `write` waits, up to
 * `giveUpAfterMs`; abort its signal to stop waiting.
 */
export class ResultPublisher implements Sink<ResultMessage> {
  readonly name: string;
  readonly #connection: NatsConnection;
  readonly #window: AckWindow;

  constructor(connection: NatsConnection, options: AckOptions & { readonly name?: string } = {}) {
    this.#connection = connection;
    this.name = options.name ?? 'nats';
    this.#window = new AckWindow(connection, options);
  }

  /** Messages sent and not yet acknowledged, for the metrics. */
  get inFlight(): number {
    return this.#window.inFlight;
  }

  /** Messages that waited for room, for the metrics. */
  get fullCount(): number {
    return this.#window.fullCount;
  }

  /** Largest message that the server takes, headers included. */
  get maxBytes(): number {
    return this.#connection.info?.max_payload ?? DEFAULT_MAX_BYTES;
  }

  async write(rows: readonly ResultMessage[], signal: AbortSignal): Promise<void> {
    const { stored } = await this.send(rows, signal);
    await stored;
  }

  /**
   * Resolves when all rows are on their way; waits for room while too many are. `stored` settles
   * as `write` does. Call it again only when it has resolved: that keeps the order.
   */
  async send(
    rows: Iterable<ResultMessage>,
    signal: AbortSignal,
  ): Promise<{ readonly stored: Promise<void> }> {
    signal.throwIfAborted();
    const group = new PublishGroup(this.#window);
    const onAbort = (): void => group.fail(asError(signal.reason));
    const unlisten = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (const row of rows) await group.send(row);
    } catch (error) {
      unlisten();
      throw error;
    }
    return { stored: group.settled().finally(unlisten) };
  }

  /** Nothing is held back between writes; a write under way fails. May be called twice. */
  async close(reason?: Error): Promise<void> {
    this.#window.close(reason);
    await Promise.resolve();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`);
}

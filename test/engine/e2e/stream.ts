// What the tests see of NATS from outside: events in, results out, counted and read in order.
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { connectNats } from '../../../connectors/nats/connect.js';
import { EventPublisher } from '../../../connectors/nats/event-publisher.js';

export interface StoredMessage {
  readonly position: number;
  readonly subject: string;
  /** Its `Nats-Msg-Id`. */
  readonly id: string;
  readonly storedAtMs: number;
  readonly data: string;
}

export class Streams {
  private constructor(
    readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    readonly publisher: EventPublisher,
  ) {}

  static async connect(url: string): Promise<Streams> {
    const connection = await connectNats({ url });
    const manager = await jetstreamManager(connection, { checkAPI: false });
    return new Streams(connection, manager, new EventPublisher(connection));
  }

  /** Resolves when all of them are acknowledged. */
  async publish(events: Iterable<object>): Promise<void> {
    for (const event of events) {
      const { id, type } = event as { id: string; type: string };
      const kind = type.split('.')[0] ?? '';
      await this.publisher.publish({ id, kind, json: JSON.stringify(event) });
    }
    await this.publisher.flush();
  }

  /** Text that need not be an event. */
  async publishText(subject: string, data: string): Promise<number> {
    return (await jetstream(this.connection).publish(subject, data)).seq;
  }

  /** Messages stored; 0 while the stream does not exist. */
  async count(stream: string): Promise<number> {
    const found = await this.manager.streams.info(stream).catch((error: unknown) => {
      if (/not found/.test(String(error))) return null;
      throw error;
    });
    return found?.state.messages ?? 0;
  }

  /** All messages stored at the moment, in order. */
  async read(stream: string): Promise<StoredMessage[]> {
    const { state } = await this.manager.streams.info(stream);
    const messages: StoredMessage[] = [];
    if (state.messages === 0) return messages;
    // The library's ordered consumer starts again by itself where the server dropped it.
    const consumer = await jetstream(this.connection).consumers.get(stream);
    while (messages.length < state.messages) {
      const max = state.messages - messages.length;
      for await (const message of await consumer.fetch({ max_messages: max, expires: 5_000 })) {
        messages.push({
          position: message.seq,
          subject: message.subject,
          id: message.headers?.get('Nats-Msg-Id') ?? '',
          storedAtMs: Number(message.timestampNanos / 1_000_000n),
          data: message.string(),
        });
      }
    }
    return messages;
  }

  /** The fence of each message in SIGNALS, in order. */
  async fences(): Promise<number[]> {
    const { state } = await this.manager.streams.info('SIGNALS');
    const found: number[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await this.manager.streams.getMessage('SIGNALS', { seq });
      found.push(Number(message?.header.get('Stockpulse-Fence')));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

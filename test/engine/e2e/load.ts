// Load: a made-up shop that goes on ordering until it is told to stop.
import { setTimeout as pause } from 'node:timers/promises';
import type { OutgoingEvent } from '../../../connectors/nats/event-publisher.js';
import { shopEvents } from './shop.js';
import type { Streams } from './stream.js';

const CHUNK = 100;
/** Between two chunks, so that the machine has time for what is tested. */
const PAUSE_MS = 25;

export interface LoadOptions {
  /** Messages without end. Default: a small shop's orders. */
  readonly messages?: Iterator<OutgoingEvent>;
  /** Of the next chunk. Default 100. */
  readonly chunk?: () => number;
}

export class Load {
  published = 0;
  readonly #messages: Iterator<OutgoingEvent>;
  readonly #chunk: () => number;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly streams: Streams,
    options: LoadOptions = {},
  ) {
    this.#messages = options.messages ?? orders();
    this.#chunk = options.chunk ?? (() => CHUNK);
    this.#running = this.#run();
    // `stop` tells of a failure.
    this.#running.catch(() => undefined);
  }

  /** Resolves with the number of messages when all of them are stored. */
  async stop(): Promise<number> {
    this.#stopping.abort();
    await this.#running;
    return this.published;
  }

  async #run(): Promise<void> {
    const { publisher } = this.streams;
    while (!this.#stopping.signal.aborted) {
      const count = this.#chunk();
      for (let n = 0; n < count; n++) await publisher.publish(this.#messages.next().value);
      await publisher.flush();
      this.published += count;
      await pause(PAUSE_MS);
    }
  }
}

function* orders(): Generator<OutgoingEvent> {
  for (const event of shopEvents({ skus: 25, orders: Number.POSITIVE_INFINITY })) {
    yield { id: event.id, kind: event.type.split('.')[0] ?? '', json: JSON.stringify(event) };
  }
}

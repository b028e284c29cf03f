// Load: a made-up shop that goes on ordering until it is told to stop.
import { setTimeout as pause } from 'node:timers/promises';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { shopEvents } from './shop.js';
import type { Streams } from './stream.js';

const CHUNK = 100;
/** Between two chunks, so that the machine has time for what is tested. */
const PAUSE_MS = 25;

export class Load {
  published = 0;
  readonly #events: Generator<InventoryEvent>;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly streams: Streams,
    skus = 25,
  ) {
    this.#events = shopEvents({ skus, orders: Number.POSITIVE_INFINITY });
    this.#running = this.#run();
    // `stop` tells of a failure.
    this.#running.catch(() => undefined);
  }

  /** Resolves with the number of events when all of them are stored. */
  async stop(): Promise<number> {
    this.#stopping.abort();
    await this.#running;
    return this.published;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const chunk: InventoryEvent[] = [];
      while (chunk.length < CHUNK) chunk.push(this.#events.next().value);
      await this.streams.publish(chunk);
      this.published += CHUNK;
      await pause(PAUSE_MS);
    }
  }
}

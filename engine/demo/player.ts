// Plays the demo's timeline into NATS and lets the warehouse answer the signals that come back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection, Subscription } from 'nats';
import { EventPublisher } from '../../connectors/nats/event-publisher.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import type { Signal } from '../../operators/events/result.js';
import { DEMO_START_MS } from './data.js';
import { play } from './pace.js';
import type { Scene } from './scene.js';

export interface PlayerOptions {
  readonly connection: NatsConnection;
  readonly scene: Scene;
  /** Stream seconds a second. */
  readonly speed: number;
  /** Resolves when all but the last `behind` of the events published so far are decided. */
  readonly caughtUp: (behind: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Events that the warm-up may be ahead of the engine. */
const MAX_BEHIND = 1_000;

export class Player {
  published = 0;
  /** Signals that the warehouse took up. */
  answered = 0;
  readonly #publisher: EventPublisher;
  readonly #subscription: Subscription;

  constructor(private readonly options: PlayerOptions) {
    this.#publisher = new EventPublisher(options.connection);
    this.#subscription = options.connection.subscribe('signals.>', {
      callback: (error, message) => {
        if (error === null && options.scene.timeline.signal(message.json<Signal>()))
          this.answered++;
      },
    });
  }

  /** Resolves when the warm-up is decided; the recorded past has then taught the forecasts. */
  async warmUp(): Promise<void> {
    await this.#play(DEMO_START_MS, true);
    await this.options.caughtUp(0);
  }

  /** Resolves when the recording has ended or the signal aborts. */
  async run(): Promise<void> {
    await this.#play(DEMO_START_MS, false);
  }

  async close(): Promise<void> {
    this.#subscription.unsubscribe();
    await this.#publisher.close();
  }

  async #play(warmUntilMs: number, warmOnly: boolean): Promise<void> {
    const { scene, speed, signal } = this.options;
    const clock = { nowMs: () => performance.now(), sleep: pause };
    for await (const piece of play(scene.timeline, { clock, warmUntilMs, speed, signal })) {
      for (const event of piece.events) await this.#publish(event);
      await this.#publisher.flush();
      // In its own time the recording waits for nobody; the warm-up keeps step with the engine.
      if (warmOnly) await this.options.caughtUp(MAX_BEHIND);
      if (warmOnly && scene.timeline.nowMs >= warmUntilMs) return;
    }
  }

  async #publish(event: InventoryEvent): Promise<void> {
    const location = 'location' in event ? event.location : undefined;
    const { id } = event;
    const kind = event.type.split('.')[0] as string;
    await this.#publisher.publish({ id, kind, location, json: JSON.stringify(event) });
    this.published++;
  }
}

/** The end of a pause by its signal is no error. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}

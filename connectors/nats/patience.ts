// How long to go on trying while a server is away, and when to give up.
import { setTimeout as wait } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { errorText, isStreamNotFound } from './jetstream-errors.js';

export interface PatienceOptions {
  /** What is tried, for the error: `read stream X`. */
  readonly what: string;
  /** How long nothing may succeed before it fails. Default 30,000. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const RETRY_MS = 100;

export class Patience {
  readonly #forMs: number;
  #endMs = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: PatienceOptions,
  ) {
    this.#forMs = options.patienceMs ?? 30_000;
    this.renew();
  }

  /** Something has succeeded: the time begins anew. */
  renew(): void {
    this.#endMs = performance.now() + this.#forMs;
  }

  /** Resolves when it is time to try again after `error`. @throws Error when there is no use */
  async after(error: unknown): Promise<void> {
    const { what, signal } = this.options;
    signal?.throwIfAborted();
    const isOver = performance.now() > this.#endMs || this.connection.isClosed();
    if (isOver || isStreamNotFound(error)) {
      throw new Error(`cannot ${what}: ${errorText(error)}`, { cause: error });
    }
    await wait(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }

  /** The result of `work`, tried as often as there is patience. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await this.after(error);
      }
    }
  }
}

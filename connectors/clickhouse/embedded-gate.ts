// How many requests run at once, and how many may wait for their turn.

export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

/** First come, first served. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(readonly limits: { readonly maxRunning: number; readonly maxWaiting: number }) {}

  /** Runs the work in its turn; throws GateFullError when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limits.maxRunning) {
      if (this.#waiting.length >= this.limits.maxWaiting) {
        throw new GateFullError(
          `Too many simultaneous queries: ${this.#running} run and ${this.#waiting.length} wait`,
        );
      }
      // Whoever leaves hands over its place, so #running stays as it is.
      await new Promise<void>((go) => this.#waiting.push(go));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

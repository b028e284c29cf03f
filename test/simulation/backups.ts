// The stream set back to an older end, as from a backup or by lost writes; and made whole again.
import type { NatsServer, Stored } from './nats-server.js';

export class Backups {
  /** What each setting back cut off, the latest last. */
  readonly #cuts: (readonly Stored[])[] = [];

  constructor(private readonly server: NatsServer) {}

  get isEmpty(): boolean {
    return this.#cuts.length === 0;
  }

  setBackTo(last: number): void {
    this.#cuts.push(this.server.events.cutAfter(last));
  }

  /**
   * Undoes the latest setting back: what was cut off stands where it stood. What had come in its
   * place is published again behind it, as its publishers would, so that no event is lost.
   */
  restore(nowMs: number): void {
    const lost = this.#cuts.pop() ?? [];
    const { events } = this.server;
    const grown = events.cutAfter((lost[0]?.position ?? events.last + 1) - 1);
    events.putBack(lost);
    for (const { subject, id, data } of grown) {
      this.server.publishEvent({ subject, id, data }, nowMs);
    }
  }
}

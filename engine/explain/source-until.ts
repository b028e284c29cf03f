// Recorded events up to a time: what came later is left out, as if it had not happened yet.
import type { Delivery, Position, Source } from '../../connectors/source.js';
import { formatTime } from '../../operators/events/time.js';

/**
 * Hands over what another source does, without the events that happened after `untilMs`. If any
 * were left out, that much time has passed for certain: a tick at `untilMs` comes last, and closes
 * the buckets that were over by then.
 */
export class SourceUntil implements Source {
  readonly name: string;
  #last: Position = 0;
  #leftOut = 0;
  #isOver = false;

  /** @param timeOf when the event of a message happened (ms); null: it does not say */
  constructor(
    private readonly source: Source,
    private readonly untilMs: number,
    private readonly timeOf: (data: Uint8Array) => number | null,
  ) {
    this.name = source.name;
  }

  open(after: Position | null): Promise<void> {
    return this.source.open(after);
  }

  async nextBatch(max: number): Promise<readonly Delivery[] | null> {
    for (;;) {
      const batch = await this.source.nextBatch(max);
      if (batch === null) return this.#tick();
      this.#last = batch.at(-1)?.position ?? this.#last;
      const kept = batch.filter(({ data }) => (this.timeOf(data) ?? this.untilMs) <= this.untilMs);
      this.#leftOut += batch.length - kept.length;
      if (kept.length > 0) return kept;
    }
  }

  commit(through: Position): Promise<void> {
    return this.source.commit(through);
  }

  close(): Promise<void> {
    return this.source.close();
  }

  pending(): Promise<number | null> {
    return this.source.pending();
  }

  /** Once, then null. */
  #tick(): readonly Delivery[] | null {
    if (this.#isOver || this.#leftOut === 0) return null;
    this.#isOver = true;
    const time = formatTime(this.untilMs);
    const tick = { id: `until ${time}`, type: 'control.tick', time };
    const data = new TextEncoder().encode(JSON.stringify(tick));
    return [{ position: this.#last + 1, subject: 'events.control', storedAtMs: null, data }];
  }
}

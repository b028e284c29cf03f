// Results that an earlier run has stored: found at the start, and not sent again.
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { Patience } from '../connectors/nats/patience.js';
import type { ResultMessage } from '../connectors/nats/publisher.js';
import type { ReadFrom } from '../connectors/nats/pull-reader.js';
import { type ReadBackOptions, readBack } from '../connectors/nats/read-back.js';
import { headerValue } from '../connectors/nats/subject.js';
import type { Position } from '../connectors/source.js';
import { Dedupe } from '../operators/stream/dedupe.js';

export interface EarlierRun {
  /** Name of the stream of events, and position from which they are decided again. */
  readonly events: string;
  readonly after: Position | null;
  /** Streams of the results. */
  readonly results: readonly string[];
  /** For how long these know an id again. */
  readonly duplicateWindowMs: number;
  /** How long to wait for a broker that is away, later than at the start. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
}

const FOR_EVER = { windowMs: Number.POSITIVE_INFINITY, maxIds: Number.MAX_VALUE };

/** Between the clocks of two servers of a cluster. */
const CLOCK_SKEW_MS = 60_000;

/**
 * What is decided again after a crash or by a successor has the same ids. The broker itself drops
 * an id that comes again within its duplicate window; this knows those that were stored before,
 * however long ago. A result is stored after the event that caused it, so all that matter were
 * stored since the first event that is decided again: nothing else has to be kept or agreed on.
 * Where that event's predecessor is gone, there is a gap that may have been told of at any time
 * before: then everything is read back. What the earlier run had on its way may be stored while this
 * one decides: so the end of the streams is read again well within each duplicate window, for what
 * is younger the broker drops. Ids are held as 64-bit fingerprints, until the last event that was
 * there at the start is decided.
 */
export class AlreadyStored {
  /** Results that were left out. */
  skipped = 0;
  #ids = new Dedupe(FOR_EVER);
  #isOver = false;
  #readAtMs = Number.NEGATIVE_INFINITY;
  readonly #next: Map<string, ReadFrom>;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly run: EarlierRun,
    private readonly through: Position,
    sinceMs: number,
  ) {
    this.#next = new Map(run.results.map((stream) => [stream, { sinceMs }]));
  }

  /** Null: nothing can come again. @throws Error when the streams cannot be read */
  static async read(connection: NatsConnection, run: EarlierRun): Promise<AlreadyStored | null> {
    const again = await firstAgain(connection, run);
    if (again === null) return null;
    const stored = new AlreadyStored(connection, run, again.through, again.sinceMs);
    await stored.#readOn({ signal: run.signal });
    return stored;
  }

  /** Before results are sent: reads what was stored since the last time, if that is long ago. */
  async keepUp(signal?: AbortSignal): Promise<void> {
    const { duplicateWindowMs, patienceMs } = this.run;
    const isFresh = performance.now() - this.#readAtMs < duplicateWindowMs / 4;
    if (!this.#isOver && !isFresh) await this.#readOn({ signal, patienceMs });
  }

  async #readOn(limits: Pick<ReadBackOptions, 'signal' | 'patienceMs'>): Promise<void> {
    const nowMs = performance.now();
    const onId = (id: string): void => this.#ids.add(id, 0);
    for (const [stream, from] of this.#next) {
      this.#next.set(stream, await readBack(this.connection, { ...limits, stream, from, onId }));
    }
    this.#readAtMs = nowMs;
  }

  get ids(): number {
    return this.#ids.ids;
  }

  has(id: string): boolean {
    return !this.#isOver && this.#ids.has(headerValue(id), 0);
  }

  *without(messages: Iterable<ResultMessage>): Generator<ResultMessage> {
    for (const message of messages) {
      if (this.has(message.id)) this.skipped += 1;
      else yield message;
    }
  }

  /** All results up to this position went through here: behind the last one, no id is needed. */
  passed(position: Position): void {
    if (this.#isOver || position < this.through) return;
    this.#isOver = true;
    this.#ids = new Dedupe(FOR_EVER);
  }
}

/** A moment before which nothing that comes again was stored, and the last event there is. */
async function firstAgain(
  connection: NatsConnection,
  { events, after, signal }: EarlierRun,
): Promise<{ readonly sinceMs: number; readonly through: Position } | null> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  return await new Patience(connection, { what: `look at stream ${events}`, signal }).with(
    async () => {
      const { first_ts, last_seq: through } = (await manager.streams.info(events)).state;
      if (through === 0) return null;
      if (after === null) return { sinceMs: earlier(Date.parse(first_ts)), through };
      const before = await manager.streams.getMessage(events, { seq: after });
      // Nothing comes again, and nothing was missed: retention has taken what was decided.
      if (before === null && through === after) return null;
      return { sinceMs: earlier(before?.time.getTime() ?? 0), through };
    },
  );
}

function earlier(ms: number): number {
  return Math.max(ms - CLOCK_SKEW_MS, 0);
}

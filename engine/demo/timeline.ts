// One stream from two: recorded orders and the simulated warehouse, merged in order of time.
import type { InventoryEvent } from '../../operators/events/event.js';
import { formatTime, parseTime } from '../../operators/events/time.js';
import { Agenda } from './agenda.js';
import { CART_SPAN_MS, type Carts } from './carts.js';
import type { ReorderRequest } from './purchasing.js';
import type { Warehouse } from './warehouse.js';

export interface TimelineOptions {
  /** In order of time. */
  readonly recorded: AsyncIterable<InventoryEvent>;
  readonly warehouse: Warehouse;
  /** Null: no carts. */
  readonly carts: Carts | null;
  /** The warehouse counts its opening stock then; nothing may be recorded before. */
  readonly startMs: number;
  /** A tick is due on this grid wherever a whole step of it passes without an event. */
  readonly tickEveryMs?: number;
}

const TICK_EVERY_MS = 15 * 60_000;

/**
 * Events leave in order of their time, without exception: a signal that arrives late at high
 * speed is answered at the stream's present time, never in its past.
 */
export class Timeline {
  private readonly recorded: AsyncIterator<InventoryEvent>;
  private readonly tickEveryMs: number;
  /** Read ahead of time, so that carts can be filled before their order. */
  private readonly ahead = new Agenda<InventoryEvent>();
  private readonly simulated = new Agenda<InventoryEvent>();
  private readMs: number;
  private emittedMs: number;
  private present: number;
  private exhausted = false;

  constructor(private readonly options: TimelineOptions) {
    this.recorded = options.recorded[Symbol.asyncIterator]();
    this.tickEveryMs = options.tickEveryMs ?? TICK_EVERY_MS;
    if (!(this.tickEveryMs > 0)) {
      throw new RangeError(`tickEveryMs must be > 0, got ${options.tickEveryMs}`);
    }
    this.readMs = options.startMs;
    this.present = options.startMs;
    this.emittedMs = options.startMs;
    // A millisecond later, so that the catalog, recorded at the start, goes first.
    const openingMs = options.startMs + 1;
    for (const event of options.warehouse.opening(openingMs)) this.simulated.add(openingMs, event);
  }

  /** All up to here has left. */
  get nowMs(): number {
    return this.present;
  }

  /** The recording is at its end and all of it has left. */
  get ended(): boolean {
    return this.exhausted && this.ahead.size === 0 && this.simulated.size === 0;
  }

  /** False: the warehouse has no use for it (another location, another kind, known already). */
  signal(signal: ReorderRequest): boolean {
    return this.options.warehouse.onSignal(signal);
  }

  /** When the next event, ticks aside, is due; null: never. */
  async nextDueMs(): Promise<number | null> {
    while (!this.exhausted && this.ahead.size === 0) await this.read();
    return this.firstDueMs();
  }

  /** All events after the last call up to and with `untilMs`, in order of time. */
  async next(untilMs: number): Promise<InventoryEvent[]> {
    while (!this.exhausted && this.readMs <= untilMs + CART_SPAN_MS) await this.read();
    const events: InventoryEvent[] = [];
    for (;;) {
      const dueMs = this.firstDueMs();
      if (dueMs === null || dueMs > untilMs) break;
      this.tickUpTo(dueMs, events);
      this.take(dueMs, events);
    }
    this.tickUpTo(untilMs + 1, events);
    this.present = Math.max(this.present, untilMs);
    this.options.warehouse.advance(this.present);
    return events;
  }

  private firstDueMs(): number | null {
    const due = [this.ahead.nextMs(), this.simulated.nextMs(), this.options.warehouse.nextDueMs()];
    const known = due.filter((atMs) => atMs !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  /** Of one time: what is recorded, then carts, then the warehouse. */
  private take(atMs: number, into: InventoryEvent[]): void {
    const { warehouse } = this.options;
    if (this.ahead.nextMs() === atMs) {
      const { value } = this.ahead.take();
      warehouse.onEvent(value);
      into.push(value);
    } else if (this.simulated.nextMs() === atMs) into.push(this.simulated.take().value);
    else into.push(...warehouse.advance(atMs));
    this.emittedMs = atMs;
  }

  /** Ticks before `untilMs`: at that time itself an event comes. */
  private tickUpTo(untilMs: number, into: InventoryEvent[]): void {
    for (;;) {
      const step = Math.floor(this.emittedMs / this.tickEveryMs) + 1;
      const atMs = step * this.tickEveryMs;
      if (atMs >= untilMs) return;
      into.push({ id: `tick-${atMs}`, type: 'control.tick', time: formatTime(atMs) });
      this.emittedMs = atMs;
    }
  }

  private async read(): Promise<void> {
    const { value: event, done } = await this.recorded.next();
    if (done) {
      this.exhausted = true;
      return;
    }
    const atMs = parseTime(event.time);
    if (!(atMs >= this.readMs)) {
      throw new RangeError(
        `recorded event ${event.id} of ${event.time} comes after ${formatTime(this.readMs)}: ` +
          'sort the recording by time',
      );
    }
    this.readMs = atMs;
    this.ahead.add(atMs, event);
    if (event.type !== 'order.placed' || this.options.carts === null) return;
    const carts = this.options.carts.around(event);
    // In the very first hour a cart would have to begin before the stream: it stays out.
    if (parseTime(carts[0]?.time ?? 0) < this.options.startMs) return;
    for (const cart of carts) this.simulated.add(parseTime(cart.time), cart);
  }
}

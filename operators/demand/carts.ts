// Carts: what is in them, and which are abandoned because nobody touches them any more.
import { Documents } from '../ledger/documents.js';
import type { Steps } from '../stream/slices.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

export interface CartOptions {
  /** A cart that nobody touches for this long is abandoned (ms of stream time). */
  readonly abandonAfterMs: number;
  /** Most carts held; beyond it the one touched longest ago counts as abandoned at once. */
  readonly maxCarts: number;
}

/** Told of each line of a cart that was abandoned. */
export type OnAbandoned = (row: number, units: number, atMs: number) => void;

interface Touch {
  readonly cartId: string;
  readonly atMs: number;
}

export class Carts implements Stateful {
  private readonly lines = new Documents('carts');
  private readonly touchedAtMs = new Map<string, number>();
  /** Touches, oldest first; only the last touch of a cart counts. */
  private touches: Touch[] = [];
  private from = 0;
  /** Carts abandoned before their time, because `maxCarts` was reached. */
  abandonedEarly = 0;

  constructor(
    private readonly options: CartOptions,
    private readonly onAbandoned: OnAbandoned,
  ) {}

  get open(): number {
    return this.touchedAtMs.size;
  }

  /** Units in a cart rise, or fall but not below zero. */
  change(cartId: string, row: number, units: number, nowMs: number): void {
    this.lines.open(cartId, -1);
    this.touch(cartId, nowMs);
    if (row < 0) return;
    let line = this.lines.find(cartId, row);
    if (line < 0) line = this.lines.add(cartId, row, 0, nowMs);
    this.lines.setWhole(line, Math.max(0, this.lines.whole(line) + units));
  }

  /** The cart became an order. */
  checkOut(cartId: string): void {
    this.lines.drop(cartId);
    this.touchedAtMs.delete(cartId);
  }

  /** Abandons the carts that nobody has touched for long enough. */
  *expire(nowMs: number, sliceCarts: number): Steps {
    let rest = sliceCarts;
    while (this.from < this.touches.length) {
      const { cartId, atMs } = this.touches[this.from] as Touch;
      if (atMs + this.options.abandonAfterMs > nowMs) break;
      this.from++;
      if (this.touchedAtMs.get(cartId) === atMs) {
        this.abandon(cartId, atMs + this.options.abandonAfterMs);
      }
      if (--rest > 0) continue;
      yield;
      rest = sliceCarts;
    }
    this.shorten();
  }

  save(out: StateWriter): void {
    const { touches, from } = this;
    const queued = touches.length - from;
    const queueAtMs = new Float64Array(queued);
    for (let i = 0; i < queued; i++) queueAtMs[i] = (touches[from + i] as Touch).atMs;
    this.lines.save(out);
    out.put('carts.touched', [...this.touchedAtMs.keys()]);
    out.put('carts.touchedAtMs', new Float64Array([...this.touchedAtMs.values()]));
    // Touches are only ever added, until another list takes the place of this one.
    out.put('carts.queue', { length: queued, at: (i) => touches[from + i]?.cartId });
    out.put('carts.queueAtMs', queueAtMs);
  }

  load(from: StateReader): void {
    this.lines.load(from);
    const touchedAtMs = from.float64('carts.touchedAtMs');
    from.texts('carts.touched').forEach((cartId, i) => {
      this.touchedAtMs.set(cartId, touchedAtMs[i] as number);
    });
    const queueAtMs = from.float64('carts.queueAtMs');
    this.touches = from
      .texts('carts.queue')
      .map((cartId, i) => ({ cartId, atMs: queueAtMs[i] as number }));
  }

  private touch(cartId: string, nowMs: number): void {
    this.touchedAtMs.set(cartId, nowMs);
    this.touches.push({ cartId, atMs: nowMs });
    if (this.touchedAtMs.size > this.options.maxCarts) this.abandonOldest(nowMs);
  }

  private abandonOldest(nowMs: number): void {
    while (this.from < this.touches.length) {
      const { cartId, atMs } = this.touches[this.from++] as Touch;
      if (this.touchedAtMs.get(cartId) !== atMs) continue;
      this.abandonedEarly++;
      this.abandon(cartId, nowMs);
      return;
    }
  }

  private abandon(cartId: string, atMs: number): void {
    for (let line = this.lines.first(cartId); line >= 0; line = this.lines.next(line)) {
      const units = this.lines.remaining(line);
      if (units > 0) this.onAbandoned(this.lines.row(line), units, atMs);
    }
    this.checkOut(cartId);
  }

  private shorten(): void {
    if (this.from < 1024 || this.from * 2 < this.touches.length) return;
    this.touches = this.touches.slice(this.from);
    this.from = 0;
  }
}

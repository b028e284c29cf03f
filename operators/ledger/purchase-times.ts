// When each line of a purchase order was ordered and received, and of whom.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

/** A line that has said how long it took. */
const TOLD = Number.POSITIVE_INFINITY;

/** Beside the lines of `Documents`, under the same numbers. */
export class PurchaseTimes implements Stateful {
  /** NaN: not ordered yet, or cancelled; Infinity: it has said how long it took. */
  private orderedAtMs = new Float64Array(64);
  /** NaN: nothing was received. */
  private receivedAtMs = new Float64Array(64);
  private readonly suppliers: string[] = [];

  /** A line is new; its number may have been another's. */
  begin(line: number): void {
    if (line >= this.orderedAtMs.length) {
      this.orderedAtMs = grown(this.orderedAtMs);
      this.receivedAtMs = grown(this.receivedAtMs);
    }
    while (this.suppliers.length <= line) this.suppliers.push('');
    this.orderedAtMs[line] = Number.NaN;
    this.receivedAtMs[line] = Number.NaN;
    this.suppliers[line] = '';
  }

  /** False: it was ordered before, and this is an update. The time of the first order counts. */
  ordered(line: number, atMs: number, supplier: string): boolean {
    if (supplier !== '') this.suppliers[line] = supplier;
    if (!Number.isNaN(this.orderedAtMs[line] as number)) return false;
    this.orderedAtMs[line] = atMs;
    return true;
  }

  received(line: number, atMs: number): void {
    const before = this.receivedAtMs[line] as number;
    this.receivedAtMs[line] = Number.isNaN(before) ? atMs : Math.max(before, atMs);
  }

  /** What is left of it will not come: it says nothing of how long deliveries take. */
  cancelled(line: number): void {
    if (this.orderedAtMs[line] !== TOLD) this.orderedAtMs[line] = Number.NaN;
  }

  /** All of it is there. Null: it was not ordered, nothing was received, or it was told before. */
  complete(line: number) {
    const orderedAtMs = this.orderedAtMs[line] as number;
    const receivedAtMs = this.receivedAtMs[line] as number;
    if (!Number.isFinite(orderedAtMs) || Number.isNaN(receivedAtMs)) return null;
    this.orderedAtMs[line] = TOLD;
    return { orderedAtMs, receivedAtMs, supplier: this.suppliers[line] as string };
  }

  /** NaN: not ordered; Infinity: it has said how long it took. */
  orderedAt(line: number): number {
    return this.orderedAtMs[line] as number;
  }
  /** Supplier that the purchase order names; '': none. */
  supplier(line: number): string {
    return this.suppliers[line] as string;
  }

  save(out: StateWriter): void {
    const lines = this.suppliers.length;
    out.put('purchase-times.orderedAtMs', this.orderedAtMs.subarray(0, lines));
    out.put('purchase-times.receivedAtMs', this.receivedAtMs.subarray(0, lines));
    out.put('purchase-times.suppliers', this.suppliers.slice());
  }

  load(from: StateReader): void {
    from.texts('purchase-times.suppliers').forEach((supplier, line) => {
      this.begin(line);
      this.suppliers[line] = supplier;
    });
    this.orderedAtMs.set(from.view('purchase-times.orderedAtMs', Float64Array));
    this.receivedAtMs.set(from.view('purchase-times.receivedAtMs', Float64Array));
  }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(values.length * 2);
  twice.set(values);
  return twice;
}

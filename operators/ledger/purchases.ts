// Purchase orders: what is ordered and not received, and when it should come.
import type { Batch } from '../stream/batch.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Documents } from './documents.js';
import type { LedgerParts } from './orders.js';
import { PurchaseTimes } from './purchase-times.js';

/** A line of a purchase order of which all units are there. */
export interface CompletedLine {
  readonly row: number;
  /** Supplier that the purchase order names; '': none. */
  readonly supplier: string;
  readonly orderedAtMs: number;
  /** Time of its last receipt (ms). */
  readonly receivedAtMs: number;
  /** Lines of its purchase order. */
  readonly lines: number;
}

/** Takes an open line: units still to come, when (NaN: not said), in which order, its number. */
type OpenLine = (units: number, dueAtMs: number, id: string, line: number) => void;

/** A line of a purchase order: units ordered, units received, expected at (NaN: not said). */
export class Purchases {
  /** Purchase orders that have a line for the row, done or not. */
  private readonly ofRow = new Map<number, Set<string>>();
  readonly times = new PurchaseTimes();
  /** Lines that this event completed. */
  readonly completed: CompletedLine[] = [];

  constructor(
    private readonly parts: LedgerParts,
    readonly documents: Documents,
  ) {}

  /** The same purchase order and SKU again is an update of quantity, date and location. */
  order(batch: Batch, i: number, nowMs: number): void {
    const id = batch.reference[i] as string;
    const n = batch.lineStart[i] as number;
    const row = batch.lineRow[n] as number;
    const dueAtMs = batch.dueAtMs[i] as number;
    this.documents.open(id, this.parts.table.locationNumber(row));
    const found = this.lineOfSku(id, batch.lineSku[n] as number);
    const line = found >= 0 ? found : this.addLine(id, row, dueAtMs);
    if (this.documents.row(line) !== row) {
      this.change(line, () => this.documents.setWhole(line, 0));
      this.documents.setRow(line, row);
    }
    this.index(row, id);
    this.change(line, () => this.documents.setWhole(line, batch.lineQuantity[n] as number));
    if (!Number.isNaN(dueAtMs)) this.documents.setTime(line, dueAtMs);
    this.time(batch, i, id, line);
    this.documents.settle(id, nowMs);
  }

  /** A receipt that comes before its order is netted when the order arrives. */
  receive(batch: Batch, i: number, nowMs: number): void {
    const id = batch.reference[i] as string;
    const n = batch.lineStart[i] as number;
    const row = batch.lineRow[n] as number;
    this.documents.open(id, this.parts.table.locationNumber(row));
    const found = this.lineOfSku(id, batch.lineSku[n] as number);
    const line = found >= 0 ? found : this.addLine(id, row, Number.NaN);
    this.index(this.documents.row(line), id);
    this.change(line, () => this.documents.addDone(line, batch.lineQuantity[n] as number));
    this.times.received(line, batch.occurredAtMs[i] as number);
    this.complete(id, line);
    this.documents.settle(id, nowMs);
  }

  postpone(id: string, dueAtMs: number): void {
    const { documents } = this;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      documents.setTime(line, dueAtMs);
      this.parts.touched.add(documents.row(line));
    }
  }

  cancel(batch: Batch, i: number, nowMs: number): void {
    const { documents } = this;
    const id = batch.reference[i] as string;
    const start = batch.lineStart[i] as number;
    const hasSku = start < (batch.lineStart[i + 1] as number);
    const sku = hasSku ? (batch.lineSku[start] as number) : -1;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      if (sku >= 0 && this.parts.table.skuNumber(documents.row(line)) !== sku) continue;
      this.change(line, () => documents.setWhole(line, documents.done(line)));
      this.times.cancelled(line);
    }
    documents.settle(id, nowMs);
  }

  forOpenLines(row: number, apply: OpenLine): void {
    const { documents } = this;
    const ids = this.ofRow.get(row);
    if (ids === undefined) return;
    for (const id of ids) {
      if (!documents.knows(id)) {
        ids.delete(id);
        continue;
      }
      for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
        const units = documents.remaining(line);
        if (!(units > 0 && documents.row(line) === row)) continue;
        apply(units, documents.timeMs(line), id, line);
      }
    }
    // A snapshot does not hold it either: the row would have another place after a restart.
    if (ids.size === 0) this.ofRow.delete(row);
  }

  /** Units of a purchase order for a row; null: it is not known, or for another row. */
  unitsOf(id: string, row: number): { ordered: number; received: number } | null {
    const line = this.documents.find(id, row);
    if (line < 0) return null;
    return { ordered: this.documents.whole(line), received: this.documents.done(line) };
  }

  /** Rows that may have open lines, in order. */
  rows(): Int32Array {
    return Int32Array.from(this.ofRow.keys()).sort();
  }

  /** The index is saved too: built anew it would have another order, and sums other roundings. */
  save(out: StateWriter): void {
    this.documents.save(out);
    this.times.save(out);
    const [rows, rowIds]: [number[], string[]] = [[], []];
    for (const [row, ids] of this.ofRow) {
      for (const id of ids) {
        rows.push(row);
        rowIds.push(id);
      }
    }
    out.put('purchases.ofRow', new Int32Array(rows));
    out.put('purchases.ofRowIds', rowIds);
  }

  load(from: StateReader): void {
    this.documents.load(from);
    this.times.load(from);
    const rows = from.int32('purchases.ofRow');
    from.texts('purchases.ofRowIds').forEach((id, i) => {
      this.index(rows[i] as number, id);
    });
  }

  private addLine(id: string, row: number, dueAtMs: number): number {
    const line = this.documents.add(id, row, 0, dueAtMs);
    this.times.begin(line);
    return line;
  }

  /** An order that is told behind its receipts completes its line; an update that cuts it does not. */
  private time(batch: Batch, i: number, id: string, line: number): void {
    const supplier = batch.supplier.get(i) ?? '';
    const isFirst = this.times.ordered(line, batch.occurredAtMs[i] as number, supplier);
    if (isFirst) this.complete(id, line);
    else if (this.documents.remaining(line) === 0) this.times.cancelled(line);
  }

  private complete(id: string, line: number): void {
    if (this.documents.remaining(line) > 0) return;
    const times = this.times.complete(line);
    if (times === null) return;
    let lines = 0;
    for (let l = this.documents.first(id); l >= 0; l = this.documents.next(l)) lines++;
    this.completed.push({ row: this.documents.row(line), lines, ...times });
  }

  private lineOfSku(id: string, sku: number): number {
    const { documents } = this;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      if (this.parts.table.skuNumber(documents.row(line)) === sku) return line;
    }
    return -1;
  }

  /** Changes a line and lets on-order follow what remains of it. */
  private change(line: number, apply: () => void): void {
    const row = this.documents.row(line);
    const before = this.documents.remaining(line);
    apply();
    this.parts.positions.addOnOrder(row, this.documents.remaining(line) - before);
    this.parts.touched.add(row);
  }

  private index(row: number, id: string): void {
    const ids = this.ofRow.get(row);
    if (ids === undefined) this.ofRow.set(row, new Set([id]));
    else ids.add(id);
  }
}

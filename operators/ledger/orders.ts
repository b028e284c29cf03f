// Orders: open units per order, from placed to shipped or cancelled, and what they do to stock.
import type { Batch } from '../stream/batch.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { Documents } from './documents.js';
import type { Positions } from './positions.js';

export interface LedgerParts {
  readonly table: Table;
  readonly touched: Touched;
  readonly positions: Positions;
}

/** Demand that a cancellation takes back out. */
export interface Released {
  readonly row: number;
  readonly units: number;
  readonly placedAtMs: number;
}

export class Orders implements Stateful {
  readonly documents = new Documents('orders');
  /** What the cancellation under way has released; cleared with each event. */
  readonly released: Released[] = [];
  /** Units ordered where stock is known, and those of them that the shelf could cover at once. */
  demandedUnits = 0;
  filledUnits = 0;

  constructor(
    private readonly parts: LedgerParts,
    private readonly decrementOn: 'shipped' | 'placed',
  ) {}

  place(batch: Batch, i: number): void {
    const { positions, table, touched } = this.parts;
    const id = batch.reference[i] as string;
    const timeMs = batch.occurredAtMs[i] as number;
    const end = batch.lineStart[i + 1] as number;
    for (let n = batch.lineStart[i] as number; n < end; n++) {
      const row = batch.lineRow[n] as number;
      const units = batch.lineQuantity[n] as number;
      this.documents.open(id, table.locationNumber(row));
      this.measureFill(row, units);
      this.documents.add(id, row, units, timeMs);
      if (this.decrementOn === 'placed') positions.book(row, timeMs, -units);
      else positions.addOpen(row, units);
      touched.add(row);
    }
  }

  cancel(batch: Batch, i: number, nowMs: number): void {
    const id = batch.reference[i] as string;
    const start = batch.lineStart[i] as number;
    const end = batch.lineStart[i + 1] as number;
    const timeMs = batch.occurredAtMs[i] as number;
    if (start === end) {
      this.forLines(id, -1, (line) => this.release(line, this.documents.remaining(line), timeMs));
    }
    for (let n = start; n < end; n++) {
      let left = batch.lineQuantity[n] as number;
      this.forLines(id, batch.lineSku[n] as number, (line) => {
        const units = Math.min(left, this.documents.remaining(line));
        this.release(line, units, timeMs);
        left -= units;
      });
    }
    this.documents.sweep(id, nowMs);
  }

  /** Null: done. Otherwise why it cannot be done; then nothing has changed. */
  ship(batch: Batch, i: number, nowMs: number): 'unknown-order' | 'unknown-location' | null {
    const id = batch.reference[i] as string;
    const start = batch.lineStart[i] as number;
    const end = batch.lineStart[i + 1] as number;
    const isKnown = this.documents.knows(id);
    if (start === end && !isKnown) return 'unknown-order';
    if (start < end && !isKnown && (batch.lineRow[start] as number) < 0) return 'unknown-location';
    const timeMs = batch.occurredAtMs[i] as number;
    if (start === end) {
      this.forLines(id, -1, (line) => this.shipLine(line, this.documents.remaining(line), timeMs));
    }
    for (let n = start; n < end; n++) {
      this.shipSku(id, timeMs, {
        sku: batch.lineSku[n] as number,
        row: batch.lineRow[n] as number,
        units: batch.lineQuantity[n] as number,
      });
    }
    this.documents.sweep(id, nowMs);
    return null;
  }

  save(out: StateWriter): void {
    this.documents.save(out);
    out.put('orders.fill', Float64Array.of(this.demandedUnits, this.filledUnits));
  }

  load(from: StateReader): void {
    this.documents.load(from);
    const fill = from.float64('orders.fill');
    this.demandedUnits = fill[0] as number;
    this.filledUnits = fill[1] as number;
  }

  private measureFill(row: number, units: number): void {
    const { positions } = this.parts;
    if (!positions.isTold(row)) return;
    this.demandedUnits += units;
    this.filledUnits += Math.min(units, Math.max(0, positions.available(row)));
  }

  private release(line: number, units: number, timeMs: number): void {
    if (units <= 0) return;
    const { positions, touched } = this.parts;
    const row = this.documents.row(line);
    this.documents.addDone(line, units);
    if (this.decrementOn === 'placed') positions.book(row, timeMs, units);
    else positions.addOpen(row, -units);
    this.released.push({ row, units, placedAtMs: this.documents.timeMs(line) });
    touched.add(row);
  }

  /** Units leave the shelf where the event says, else where the order's lines stand. */
  private shipSku(
    id: string,
    timeMs: number,
    shipped: { readonly sku: number; readonly row: number; readonly units: number },
  ): void {
    let left = shipped.units;
    let row = shipped.row;
    const take = (line: number) => {
      const units = Math.min(left, this.documents.remaining(line));
      if (shipped.row >= 0) this.finish(line, units);
      else this.shipLine(line, units, timeMs);
      left -= units;
      row = row < 0 ? this.documents.row(line) : row;
    };
    // Lines of the location that the goods left come first.
    this.forLines(id, shipped.sku, (line) => {
      if (this.documents.row(line) === shipped.row) take(line);
    });
    this.forLines(id, shipped.sku, take);
    if (row < 0) row = this.parts.table.row(shipped.sku, this.documents.place(id));
    this.leaveShelf(row, shipped.row >= 0 ? shipped.units : left, timeMs);
  }

  private shipLine(line: number, units: number, timeMs: number): void {
    this.finish(line, units);
    this.leaveShelf(this.documents.row(line), units, timeMs);
  }

  /** Open units end. */
  private finish(line: number, units: number): void {
    if (units <= 0) return;
    const row = this.documents.row(line);
    this.documents.addDone(line, units);
    if (this.decrementOn === 'placed') return;
    this.parts.positions.addOpen(row, -units);
    this.parts.touched.add(row);
  }

  private leaveShelf(row: number, units: number, timeMs: number): void {
    if (units <= 0 || this.decrementOn === 'placed') return;
    this.parts.positions.book(row, timeMs, -units);
    this.parts.touched.add(row);
  }

  /** Lines of an order for a SKU (-1: all), in the order in which they were placed. */
  private forLines(id: string, sku: number, apply: (line: number) => void): void {
    const { documents } = this;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      if (sku < 0 || this.parts.table.skuNumber(documents.row(line)) === sku) apply(line);
    }
  }
}

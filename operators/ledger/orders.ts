// Orders: open units per order, from placed to shipped or cancelled, and what they do to stock.
import type { Batch } from '../stream/batch.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { Documents } from './documents.js';
import { OrderLines } from './order-lines.js';
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

/** Fewer lines of an event walk the order's chain: an index would cost more than it saves. */
const INDEXED_FROM = 8;

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
      this.forAll(id, (line) => this.release(line, this.documents.remaining(line), timeMs));
    }
    const lines = this.linesFor(id, end - start);
    const release = (line: number, units: number) => this.release(line, units, timeMs);
    for (let n = start; n < end; n++) {
      const of = { id, sku: batch.lineSku[n] as number, row: -1, lines };
      this.take(of, batch.lineQuantity[n] as number, release);
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
      this.forAll(id, (line) => this.shipLine(line, this.documents.remaining(line), timeMs));
    }
    const lines = this.linesFor(id, end - start);
    for (let n = start; n < end; n++) {
      const [sku, row] = [batch.lineSku[n] as number, batch.lineRow[n] as number];
      this.shipSku({ id, sku, row, lines }, batch.lineQuantity[n] as number, timeMs);
    }
    this.documents.sweep(id, nowMs);
    return null;
  }

  /** Units of an order for a row that are neither shipped nor cancelled. */
  openUnits(id: string, row: number): number {
    const { documents } = this;
    let units = 0;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      if (documents.row(line) === row) units += documents.remaining(line);
    }
    return units;
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
  private shipSku(of: Wanted, shipped: number, timeMs: number): void {
    if (of.row < 0) {
      const left = this.take(of, shipped, (line, units) => this.shipLine(line, units, timeMs));
      if (left > 0) this.leaveShelf(this.usualRow(of), left, timeMs);
      return;
    }
    const finish = (line: number, units: number) => this.finish(line, units);
    // Lines of the location that the goods left come first.
    const left = this.take(of, shipped, finish);
    if (left > 0) this.take({ ...of, row: -1 }, left, finish);
    this.leaveShelf(of.row, shipped, timeMs);
  }

  /** Where the order's lines of a SKU stand; without one, where the order was placed. */
  private usualRow({ id, sku, lines }: Wanted): number {
    const { table } = this.parts;
    const line = lines === null ? this.nextOf(this.documents.first(id), sku) : lines.first(sku);
    if (line >= 0) return this.documents.row(line);
    return table.row(sku, this.documents.place(id));
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

  private forAll(id: string, apply: (line: number) => void): void {
    const { documents } = this;
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) apply(line);
  }

  private linesFor(id: string, count: number): OrderLines | null {
    const { table } = this.parts;
    if (count < INDEXED_FROM) return null;
    return new OrderLines(this.documents, id, (row) => table.skuNumber(row));
  }

  /**
   * Takes units from the lines wanted, in the order in which they were placed, as far as they have
   * some; gives what is left. `apply` makes them done.
   */
  private take(of: Wanted, units: number, apply: (line: number, units: number) => void): number {
    let left = units;
    const visit = (line: number): boolean => {
      const taken = Math.min(left, this.documents.remaining(line));
      if (taken > 0) apply(line, taken);
      left -= taken;
      return left > 0;
    };
    if (of.lines === null) this.walk(of, visit);
    else of.lines.walk(of.sku, of.row, visit);
    return left;
  }

  private walk({ id, sku, row }: Wanted, visit: (line: number) => boolean): void {
    const { documents } = this;
    let line = this.nextOf(documents.first(id), sku, row);
    while (line >= 0 && visit(line)) line = this.nextOf(documents.next(line), sku, row);
  }

  /** The first line from `line` on of a SKU, and of a row unless that is -1; -1: none. */
  private nextOf(line: number, sku: number, row = NONE): number {
    const { documents } = this;
    for (let at = line; at >= 0; at = documents.next(at)) {
      const rowAt = documents.row(at);
      if (row >= 0 ? rowAt === row : this.parts.table.skuNumber(rowAt) === sku) return at;
    }
    return NONE;
  }
}

const NONE = -1;

/** Lines of an order that an event means: of a SKU, at one row unless that is -1. */
interface Wanted {
  readonly id: string;
  readonly sku: number;
  readonly row: number;
  readonly lines: OrderLines | null;
}

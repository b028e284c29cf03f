// Positions: the quantities of each SKU-location, and the one fold that changes them.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { Journal } from './journal.js';

/** All quantities of one SKU-location, in the SKU's stock unit. */
export interface Quantities {
  onHand: number;
  /** Promised to orders and on the shelf: min(open, max(onHand, 0)). */
  allocated: number;
  /** Promised to orders and not on the shelf: open - allocated. */
  backordered: number;
  onOrder: number;
  inTransit: number;
  /** onHand - allocated. */
  available: number;
  /** onHand + onOrder + inTransit - allocated - backordered. */
  inventoryPosition: number;
}

/**
 * Quantities per row. On-hand is the last count plus all bookings that did not happen before it,
 * in whatever order they arrive; bookings at the very time of a count stay where arrival put them.
 */
export class Positions implements Stateful {
  private readonly onHandColumn: Column<Float64Array>;
  private readonly openColumn: Column<Float64Array>;
  private readonly onOrderColumn: Column<Float64Array>;
  private readonly inTransitColumn: Column<Float64Array>;
  /** Time of the count that on-hand rests on; -Infinity: never counted. */
  private readonly countedAtMs: Column<Float64Array>;
  private readonly told: Column<Uint8Array>;
  private readonly journal: Journal;

  constructor(
    private readonly table: Table,
    journalBookings: number,
  ) {
    const columns = table.columns('positions');
    this.onHandColumn = columns.float64('onHand');
    this.openColumn = columns.float64('open');
    this.onOrderColumn = columns.float64('onOrder');
    this.inTransitColumn = columns.float64('inTransit');
    this.countedAtMs = columns.float64('countedAtMs', 1, Number.NEGATIVE_INFINITY);
    this.told = columns.uint8('told');
    this.journal = new Journal(table, journalBookings);
  }

  /** Books units on or off the shelf. What happened before the row's last count changes nothing. */
  book(row: number, timeMs: number, quantity: number): void {
    if (timeMs < (this.countedAtMs.values[row] as number)) return;
    this.onHandColumn.values[row] = (this.onHandColumn.values[row] as number) + quantity;
    this.journal.add(row, timeMs, quantity);
  }

  /**
   * A count at `timeMs`: on-hand = quantity + all that happened after it. An older count than the
   * one that stands changes nothing. False: bookings after it have left the journal, so the exact
   * result is not known, and nothing is changed.
   */
  count(row: number, timeMs: number, quantity: number): boolean {
    if (timeMs < (this.countedAtMs.values[row] as number)) return true;
    const after = this.journal.sumAfter(row, timeMs);
    if (Number.isNaN(after)) return false;
    this.onHandColumn.values[row] = quantity + after;
    this.countedAtMs.values[row] = timeMs;
    return true;
  }

  /** A stock event spoke of this row: from now on its on-hand means something. */
  tell(row: number): void {
    this.told.values[row] = 1;
  }

  /** Open units rise or fall, never below zero. */
  addOpen(row: number, units: number): void {
    addClamped(this.openColumn.values, row, units);
  }
  addOnOrder(row: number, units: number): void {
    addClamped(this.onOrderColumn.values, row, units);
  }
  addInTransit(row: number, units: number): void {
    addClamped(this.inTransitColumn.values, row, units);
  }

  isTold(row: number): boolean {
    return this.told.values[row] === 1;
  }
  onHand(row: number): number {
    return this.onHandColumn.values[row] as number;
  }
  open(row: number): number {
    return this.openColumn.values[row] as number;
  }
  onOrder(row: number): number {
    return this.onOrderColumn.values[row] as number;
  }
  inTransit(row: number): number {
    return this.inTransitColumn.values[row] as number;
  }
  allocated(row: number): number {
    return Math.min(this.open(row), Math.max(this.onHand(row), 0));
  }
  available(row: number): number {
    return this.onHand(row) - this.allocated(row);
  }
  /** Allocated + backordered = open units. */
  inventoryPosition(row: number): number {
    return this.onHand(row) + this.onOrder(row) + this.inTransit(row) - this.open(row);
  }

  read(row: number): Quantities {
    const onHand = this.onHand(row);
    const allocated = this.allocated(row);
    return {
      onHand,
      allocated,
      backordered: this.open(row) - allocated,
      onOrder: this.onOrder(row),
      inTransit: this.inTransit(row),
      available: onHand - allocated,
      inventoryPosition: this.inventoryPosition(row),
    };
  }

  get rows(): number {
    return this.table.rows;
  }

  save(out: StateWriter): void {
    this.journal.save(out);
  }
  load(from: StateReader): void {
    this.journal.load(from);
  }
}

function addClamped(values: Float64Array, row: number, units: number): void {
  values[row] = Math.max(0, (values[row] as number) + units);
}

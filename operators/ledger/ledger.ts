// The ledger operator: every event's effect on the quantities, exactly as the contract says.
import { TYPE } from '../events/event.js';
import { refuse } from '../events/refuse.js';
import type { Batch } from '../stream/batch.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { Documents } from './documents.js';
import { Orders } from './orders.js';
import { Positions } from './positions.js';
import { Purchases } from './purchases.js';
import { Transfers } from './transfers.js';

export interface LedgerOptions {
  /** `placed`: an order takes stock at once and shipped is ignored (orders-only sources). */
  readonly decrementOn: 'shipped' | 'placed';
  /** Bookings kept one by one, so that a back-dated count is exact. */
  readonly journalBookings: number;
  /** How long a closed order or purchase order is remembered (ms of stream time). */
  readonly keepClosedMs: number;
}

export class Ledger implements Operator {
  readonly name = 'ledger';
  readonly positions: Positions;
  readonly orders: Orders;
  readonly purchases: Purchases;
  private readonly transfers: Transfers;

  constructor(
    private readonly table: Table,
    private readonly touched: Touched,
    private readonly options: LedgerOptions,
  ) {
    this.positions = new Positions(table, options.journalBookings);
    const parts = { table, touched, positions: this.positions };
    this.orders = new Orders(parts, options.decrementOn);
    this.purchases = new Purchases(parts, new Documents('purchases'));
    this.transfers = new Transfers(parts, new Documents('transfers'));
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    this.touched.clear();
    this.orders.released.length = 0;
    this.purchases.completed.length = 0;
    batch.findRows(i, this.table);
    const reference = batch.reference[i] as string;
    switch (batch.type[i]) {
      case TYPE['order.placed']:
        this.orders.place(batch, i);
        return true;
      case TYPE['order.cancelled']:
        this.orders.cancel(batch, i, moment.nowMs);
        return true;
      case TYPE['order.shipped']:
        return this.ship(batch, i, moment.nowMs);
      case TYPE['order.returned']:
        this.giveBack(batch, i);
        return true;
      case TYPE['stock.received']:
      case TYPE['stock.adjusted']:
        this.bookStock(batch, i);
        if (batch.type[i] === TYPE['stock.received'] && reference !== '') {
          this.purchases.receive(batch, i, moment.nowMs);
        }
        return true;
      case TYPE['stock.counted']:
        return this.count(batch, i);
      case TYPE['stock.transferred']:
        this.transfers.move(batch, i, moment.nowMs);
        return true;
      case TYPE['purchase.ordered']:
        this.purchases.order(batch, i, moment.nowMs);
        return true;
      case TYPE['purchase.postponed']:
        this.purchases.postpone(reference, batch.dueAtMs[i] as number);
        return true;
      case TYPE['purchase.cancelled']:
        this.purchases.cancel(batch, i, moment.nowMs);
        return true;
      case TYPE['catalog.item']:
        this.touchCatalog(batch, i);
        return true;
      default:
        return true;
    }
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    const beforeMs = moment.nowMs - this.options.keepClosedMs;
    for (const { documents } of [this.orders, this.purchases, this.transfers]) {
      yield* documents.forget(beforeMs, sliceRows);
    }
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  save(out: StateWriter): void {
    this.positions.save(out);
    this.orders.save(out);
    this.purchases.save(out);
    this.transfers.documents.save(out);
  }

  load(from: StateReader): void {
    this.positions.load(from);
    this.orders.load(from);
    this.purchases.load(from);
    this.transfers.documents.load(from);
  }

  private ship(batch: Batch, i: number, nowMs: number): boolean {
    const problem = this.orders.ship(batch, i, nowMs);
    if (problem === null) return true;
    const order = JSON.stringify(batch.reference[i]);
    const detail =
      problem === 'unknown-order'
        ? `order ${order} was never placed: say lines and location, or place it first`
        : `order ${order} was never placed: say the location that the goods left`;
    return refuse(batch, i, problem, detail);
  }

  private giveBack(batch: Batch, i: number): void {
    const timeMs = batch.occurredAtMs[i] as number;
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      if (batch.lineFlag[n] !== 1) continue;
      const row = batch.lineRow[n] as number;
      this.positions.book(row, timeMs, batch.lineQuantity[n] as number);
      this.touched.add(row);
    }
  }

  private bookStock(batch: Batch, i: number): void {
    const n = batch.lineStart[i] as number;
    const row = batch.lineRow[n] as number;
    this.positions.book(row, batch.occurredAtMs[i] as number, batch.lineQuantity[n] as number);
    this.positions.tell(row);
    this.touched.add(row);
  }

  private count(batch: Batch, i: number): boolean {
    const n = batch.lineStart[i] as number;
    const row = batch.lineRow[n] as number;
    const timeMs = batch.occurredAtMs[i] as number;
    if (!this.positions.count(row, timeMs, batch.lineQuantity[n] as number)) {
      const detail =
        'bookings after this count have left the journal (ledger.journal), so on-hand would be ' +
        'wrong: count again';
      return refuse(batch, i, 'late-count', detail);
    }
    this.positions.tell(row);
    this.touched.add(row);
    return true;
  }

  private touchCatalog(batch: Batch, i: number): void {
    const n = batch.lineStart[i] as number;
    const row = batch.lineRow[n] as number;
    if (row >= 0) this.touched.add(row);
    else for (const r of this.table.rowsOf(batch.lineSku[n] as number)) this.touched.add(r);
  }
}

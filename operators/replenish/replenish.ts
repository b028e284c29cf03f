// The replenish operator: compares position and reorder point after every event, raises signals.
import type { Closing } from '../demand/buckets.js';
import type { Demand } from '../demand/demand.js';
import { type CatalogItem, TYPE } from '../events/event.js';
import { refuse } from '../events/refuse.js';
import type { Forecast } from '../forecast/forecast.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Batch } from '../stream/batch.js';
import type { Column } from '../stream/columns.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { Outbox } from '../stream/outbox.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import type { ApprovalRules } from './approval.js';
import { DoubtfulOrders, type DoubtOptions } from './doubtful-orders.js';
import type { LeadTimeOptions } from './lead-time-ahead.js';
import type { OpenSignals } from './open-signals.js';
import { OrderedSignals } from './ordered-signals.js';
import { Planning } from './planning.js';
import type { Plan } from './policy.js';
import { Reorders } from './reorders.js';
import { SignalDesk } from './signal-desk.js';
import { SupplySignals } from './supply-signals.js';
import type { Catalog, Terms } from './terms.js';

export interface ReplenishOptions {
  /** An open signal is corrected when the quantity grows by more than this share of it. */
  readonly updateAbove: number;
  readonly approval: ApprovalRules;
  readonly doubt: DoubtOptions;
  /** An open order is cut when the position is this share of a lot above what is aimed at. */
  readonly reduceAbove: number;
  readonly leadTimes: LeadTimeOptions;
}

export interface ReplenishParts {
  readonly table: Table;
  readonly touched: Touched;
  readonly ledger: Ledger;
  readonly demand: Demand;
  readonly forecast: Forecast;
  readonly catalog: Catalog;
  readonly outbox: Outbox;
}

/** Events that say how a purchase order goes on. */
const SUPPLY: ReadonlySet<number> = new Set([
  TYPE['purchase.ordered'],
  TYPE['purchase.cancelled'],
  TYPE['stock.received'],
]);

/** Events after which more may be on order than is needed: less is wanted, or more is there. */
const MAY_CUT: ReadonlySet<number> = new Set([
  ...SUPPLY,
  TYPE['order.cancelled'],
  TYPE['order.returned'],
  TYPE['catalog.item'],
]);

export class Replenish implements Operator {
  readonly name = 'replenish';
  readonly planning: Planning;
  readonly doubts: DoubtfulOrders;
  private readonly desk: SignalDesk;
  private readonly reorders: Reorders;
  private readonly expedites: SignalDesk;
  private readonly reductions: SignalDesk;
  private readonly supply: SupplySignals;
  private readonly ordered: OrderedSignals;
  private readonly lastPosition: Column<Float64Array>;

  constructor(
    private readonly parts: ReplenishParts,
    { updateAbove, approval, doubt, reduceAbove, leadTimes }: ReplenishOptions,
  ) {
    const { table, ledger, outbox } = parts;
    const columns = table.columns('replenish');
    this.lastPosition = columns.float64('lastPosition');
    this.planning = new Planning(parts, leadTimes);
    this.doubts = new DoubtfulOrders({ ...parts, sizes: this.planning.orderSizes }, doubt);
    this.desk = new SignalDesk('signals', outbox, updateAbove);
    this.ordered = new OrderedSignals(ledger.purchases, outbox);
    this.expedites = new SignalDesk('expedites', outbox, updateAbove);
    this.reductions = new SignalDesk('reductions', outbox, updateAbove);
    const { planning, doubts, desk, expedites, reductions } = this;
    this.reorders = new Reorders({ table, ledger, planning, doubts, desk }, approval);
    this.supply = new SupplySignals(
      { table, ledger, expedites, reductions },
      { reduceAbove, waiting: approval.auto ? null : 'manual' },
    );
  }

  /** Signals to reorder that nobody has answered yet. */
  get open(): OpenSignals {
    return this.desk.open;
  }

  /** True: a signal of this id, or one that took its place, waits for an answer. */
  isOpen(signalId: string): boolean {
    return this.desks.some(({ open }) => open.rowOf(signalId) >= 0);
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    const item = batch.catalog.get(i);
    if (item !== undefined) this.takeItem(batch, i, item, moment.nowMs);
    switch (batch.type[i]) {
      case TYPE['order.placed']:
        this.doubts.onOrder(batch, i, moment);
        this.learnSizes(batch, i);
        break;
      case TYPE['purchase.ordered']:
        this.takeOrder(batch, i, moment);
        break;
      case TYPE['signal.approved']:
      case TYPE['signal.rejected']:
        return this.decide(batch, i, moment);
      default: // Whatever else it is, it may have moved a position.
    }
    for (const line of this.parts.ledger.purchases.completed) {
      this.planning.leadTimes.learned.learn(line, this.parts.catalog.of(line.row).supplier);
    }
    const mayCut = MAY_CUT.has(batch.type[i] as number);
    const isSupply = SUPPLY.has(batch.type[i] as number);
    for (const row of this.parts.touched.rows) {
      if (isSupply) this.ordered.look(batch.reference[i] as string, row, moment.nowMs);
      const position = this.parts.ledger.positions.inventoryPosition(row);
      const mayClose = item !== undefined || position > (this.lastPosition.values[row] as number);
      this.lastPosition.values[row] = position;
      this.parts.outbox.rowChanged(row);
      const plan = this.reorders.review(row, moment, { mayClose, isReview: false });
      this.supply.hurry(row, plan, moment);
      if (mayCut) this.supply.cut(row, plan, moment);
    }
    return true;
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    for (const closing of this.parts.demand.closings) {
      yield* this.parts.demand.forRows(closing, sliceRows, (row) => {
        this.planning.lookAhead(row, moment.nowMs);
        const isReview = this.isReview(row, closing);
        const plan = this.reorders.review(row, moment, { mayClose: true, isReview });
        this.supply.hurry(row, plan, moment);
        this.supply.cut(row, plan, moment);
      });
    }
    this.doubts.expire(moment.nowMs);
    for (const row of this.doubts.ended) {
      this.reorders.review(row, moment, { mayClose: true, isReview: false });
    }
  }

  nextTimeMs(): number {
    return this.doubts.nextTimeMs;
  }

  /** Null: nothing is planned for the row. */
  plan(row: number, nowMs: number): Plan | null {
    return this.planning.plan(row, nowMs);
  }

  /** A row's terms, with the lead time that it is planned by. */
  terms(row: number): Terms {
    return this.planning.terms(row);
  }

  /** Expected units a day over the lead time; NaN: cold. */
  demandPerDay(row: number): number {
    return this.planning.demandPerDay(row);
  }

  save(out: StateWriter): void {
    this.parts.catalog.save(out);
    for (const desk of this.desks) desk.save(out);
    this.ordered.save(out);
    this.doubts.save(out);
    this.planning.leadTimes.learned.save(out);
  }

  load(from: StateReader): void {
    this.parts.catalog.load(from);
    for (const desk of this.desks) desk.load(from);
    this.ordered.load(from);
    this.doubts.load(from);
    this.planning.leadTimes.learned.load(from);
  }

  private get desks(): readonly SignalDesk[] {
    return [this.desk, this.expedites, this.reductions];
  }

  private learnSizes(batch: Batch, i: number): void {
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const units = batch.lineQuantity[n] as number;
      this.planning.orderSizes.learn(batch.lineRow[n] as number, units);
    }
  }

  private takeItem(batch: Batch, i: number, item: CatalogItem, nowMs: number): void {
    const n = batch.lineStart[i] as number;
    const sku = batch.lineSku[n] as number;
    this.parts.catalog.put(sku, batch.lineRow[n] as number, item, batch.occurredAtMs[i] as number);
    for (const row of this.parts.table.rowsOf(sku)) this.planning.renew(row, nowMs);
  }

  /** A purchase order that names an open signal answers it. */
  private takeOrder(batch: Batch, i: number, moment: Moment): void {
    const signalId = batch.signalId.get(i);
    if (signalId === undefined) return;
    const row = this.desk.open.rowOf(signalId);
    const signal = this.desk.close(row, 'purchase-order', moment.nowMs);
    if (signal === undefined) return;
    const orderedRow = batch.lineRow[batch.lineStart[i] as number] as number;
    this.ordered.follow(signal, orderedRow, batch.reference[i] as string);
    // An order for another place than the signal's leaves the need where it was.
    this.parts.touched.add(row);
  }

  /** A person approves or rejects an open signal. */
  private decide(batch: Batch, i: number, moment: Moment): boolean {
    const signalId = batch.signalId.get(i) as string;
    const desk = this.desks.find(({ open }) => open.rowOf(signalId) >= 0);
    if (desk === undefined) {
      const detail =
        `signal ${JSON.stringify(signalId)} is not open: it was ordered, withdrawn, or never ` +
        'raised';
      return refuse(batch, i, 'unknown-signal', detail);
    }
    const row = desk.open.rowOf(signalId);
    if (batch.type[i] === TYPE['signal.rejected']) {
      desk.close(row, 'rejected', moment.nowMs);
    } else {
      if (desk === this.desk) this.doubts.trust(row);
      desk.approve(row, moment);
    }
    this.parts.outbox.rowChanged(row);
    this.parts.touched.add(row);
    return true;
  }

  private isReview(row: number, closing: Closing): boolean {
    const { reviewDays, supplier } = this.parts.catalog.of(row);
    const every = Math.max(1, Math.round(reviewDays / this.parts.forecast.bucketDays));
    const by = this.planning.leadTimes.learned.supplierOf(row, supplier);
    return this.planning.leadTimes.calendars.isReview(row, by, closing, every);
  }
}

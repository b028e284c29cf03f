// The replenish operator: compares position and reorder point after every event, raises signals.
import type { Demand } from '../demand/demand.js';
import { TYPE } from '../events/event.js';
import type { Forecast } from '../forecast/forecast.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Batch } from '../stream/batch.js';
import type { Column } from '../stream/columns.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { ClosingReason, Outbox } from '../stream/outbox.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { OpenSignals } from './open-signals.js';
import { Planning } from './planning.js';
import { needOf, type Plan } from './policy.js';
import { signalOf } from './signal.js';
import type { Catalog } from './terms.js';

export interface ReplenishOptions {
  /** An open signal is corrected when the quantity grows by more than this share of it. */
  readonly updateAbove: number;
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

export class Replenish implements Operator {
  readonly name = 'replenish';
  readonly open = new OpenSignals();
  readonly planning: Planning;
  private readonly lastPosition: Column<Float64Array>;

  constructor(
    private readonly parts: ReplenishParts,
    private readonly options: ReplenishOptions,
  ) {
    const columns = parts.table.columns('replenish');
    this.lastPosition = columns.float64('lastPosition');
    this.planning = new Planning(parts);
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    const item = batch.catalog.get(i);
    if (item !== undefined) this.takeItem(batch, i, item);
    const signalId = batch.signalId.get(i);
    if (batch.type[i] === TYPE['purchase.ordered'] && signalId !== undefined) {
      const row = this.open.rowOf(signalId);
      this.close(row, 'purchase-order', moment);
      // An order for another place than the signal's leaves the need where it was.
      if (row >= 0) this.parts.touched.add(row);
    }
    if (batch.type[i] === TYPE['order.placed']) this.learnSizes(batch, i);
    for (const row of this.parts.touched.rows) {
      const position = this.parts.ledger.positions.inventoryPosition(row);
      const mayClose = item !== undefined || position > (this.lastPosition.values[row] as number);
      this.lastPosition.values[row] = position;
      this.parts.outbox.rowChanged(row);
      this.review(row, moment, { mayClose, isReview: false });
    }
    return true;
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    for (const closing of this.parts.demand.closings) {
      yield* this.parts.demand.forRows(closing, sliceRows, (row) => {
        this.planning.lookAhead(row);
        const isReview = closing.bucket % this.reviewBuckets(row) === 0;
        this.review(row, moment, { mayClose: true, isReview });
      });
    }
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Null: nothing is planned for the row. */
  plan(row: number, nowMs: number): Plan | null {
    return this.planning.plan(row, nowMs);
  }

  /** Expected units a day over the lead time; NaN: cold. */
  demandPerDay(row: number): number {
    return this.planning.demandPerDay(row);
  }

  save(out: StateWriter): void {
    this.parts.catalog.save(out);
    this.open.save(out);
  }

  load(from: StateReader): void {
    this.parts.catalog.load(from);
    this.open.load(from);
  }

  private learnSizes(batch: Batch, i: number): void {
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const units = batch.lineQuantity[n] as number;
      this.planning.orderSizes.learn(batch.lineRow[n] as number, units);
    }
  }

  private takeItem(batch: Batch, i: number, item: Parameters<Catalog['put']>[2]): void {
    const n = batch.lineStart[i] as number;
    const sku = batch.lineSku[n] as number;
    this.parts.catalog.put(sku, batch.lineRow[n] as number, item, batch.occurredAtMs[i] as number);
    for (const row of this.parts.table.rowsOf(sku)) this.planning.lookAhead(row);
  }

  private review(
    row: number,
    moment: Moment,
    when: { mayClose: boolean; isReview: boolean },
  ): void {
    const { positions } = this.parts.ledger;
    const open = this.open.get(row);
    this.planning.prepare(row);
    const plan = this.plan(row, moment.nowMs);
    if (plan === null) {
      if (open !== undefined && when.mayClose) this.close(row, 'not-replenished', moment);
      return;
    }
    const position = positions.inventoryPosition(row);
    const need = needOf(plan.terms, plan.levels, position);
    if (need === null) {
      const reason = moment.isStep ? 'demand' : 'stock';
      if (open !== undefined && when.mayClose) this.close(row, reason, moment);
      return;
    }
    if (plan.terms.policy === 'RS' && !when.isReview) return;
    if (open !== undefined && need.quantity <= open.quantity * (1 + this.options.updateAbove))
      return;
    const { table } = this.parts;
    const signal = signalOf({
      sku: table.sku(row),
      location: table.location(row),
      quantities: positions.read(row),
      plan,
      need,
      moment,
      replaces: open?.id,
    });
    if (open !== undefined) {
      this.parts.outbox.close({ signal: open, row, timeMs: moment.nowMs, reason: 'updated' });
    }
    this.parts.outbox.signal(signal);
    this.open.put(row, signal);
  }

  private close(row: number, reason: ClosingReason, moment: Moment): void {
    const open = this.open.get(row);
    if (open === undefined) return;
    this.open.delete(row);
    this.parts.outbox.close({ signal: open, row, timeMs: moment.nowMs, reason });
  }

  private reviewBuckets(row: number): number {
    const { reviewDays } = this.parts.catalog.of(row);
    return Math.max(1, Math.round(reviewDays / this.parts.forecast.bucketDays));
  }
}

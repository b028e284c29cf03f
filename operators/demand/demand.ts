// The demand operator: orders, cancellations and carts into buckets and windows.
import { TYPE } from '../events/event.js';
import { refuse } from '../events/refuse.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Batch, OUTCOME } from '../stream/batch.js';
import type { Moment, Operator } from '../stream/operator.js';
import { inSlices, type Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { type BucketOptions, Buckets, type Closing, type Measure } from './buckets.js';
import { BUCKET_DAYS } from './calendar.js';
import { type CartOptions, Carts } from './carts.js';
import { Exposure } from './exposure.js';
import { DemandStatistics } from './statistics.js';
import { Windows } from './windows.js';

const DAY_MS = 86_400_000;

export interface DemandOptions {
  readonly buckets: BucketOptions;
  readonly carts: CartOptions;
}

export class Demand implements Operator {
  readonly name = 'demand';
  readonly buckets: Buckets;
  readonly windows: Windows;
  readonly carts: Carts;
  readonly exposure: Exposure;
  readonly statistics: DemandStatistics;
  /** Buckets that close in the step under way. */
  closings: readonly Closing[] = [];
  /** Cancelled units whose bucket had closed: they stay in the forecast's history. */
  cancelledTooLate = 0;
  private watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly table: Table,
    private readonly touched: Touched,
    private readonly ledger: Ledger,
    options: DemandOptions,
  ) {
    this.buckets = new Buckets(table, options.buckets);
    this.windows = new Windows(table);
    this.exposure = new Exposure(table, ledger.positions, this.buckets);
    this.statistics = new DemandStatistics(table, BUCKET_DAYS[options.buckets.length]);
    this.carts = new Carts(options.carts, (row, units, atMs) => {
      this.tally(row, atMs, 'cartsAbandoned', units);
    });
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    this.watermarkMs = moment.watermarkMs;
    switch (batch.type[i]) {
      case TYPE['order.placed']:
        this.takeOrder(batch, i);
        break;
      case TYPE['order.cancelled']:
        this.takeBack(moment.nowMs);
        break;
      case TYPE['cart.added']:
        this.takeCart(batch, i, 'cartAdds', moment.nowMs);
        break;
      case TYPE['cart.removed']:
        this.takeCart(batch, i, 'cartRemovals', moment.nowMs);
        break;
      case TYPE['cart.viewed']:
        this.takeCart(batch, i, 'views', moment.nowMs);
        break;
      case TYPE['cart.checkedOut']:
        this.carts.checkOut(batch.reference[i] as string);
        break;
      default:
    }
    for (const row of this.touched.rows) this.exposure.update(row, moment.nowMs);
    return true;
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    this.watermarkMs = moment.watermarkMs;
    yield* this.carts.expire(moment.nowMs, sliceRows);
    this.closings = this.buckets.due(moment.nowMs);
    for (const closing of this.closings) {
      yield* this.forRows(closing, sliceRows, (row) => this.exposure.account(row, moment.nowMs));
      yield* this.buckets.close(closing, moment.watermarkMs, sliceRows);
      if (closing.gap?.beginsHere === true) continue;
      yield* this.classify(closing, sliceRows);
    }
  }

  /** Borders of classes need the values of all rows: a second pass puts each row on its side. */
  private *classify(closing: Closing, sliceRows: number): Steps {
    const { statistics, buckets } = this;
    statistics.beginClosing();
    yield* this.forRows(closing, sliceRows, (row) => {
      if (buckets.isAlive(row, closing.bucket)) {
        statistics.learn(row, buckets.read(row, closing.bucket, 'units'));
      }
      statistics.fade(row);
    });
    yield* this.forRows(closing, sliceRows, (row) => statistics.classify(row));
  }

  *afterTime(sliceRows: number): Steps {
    for (const closing of this.closings) yield* this.buckets.release(closing, sliceRows);
    this.closings = [];
  }

  nextTimeMs(): number {
    return this.buckets.nextTimeMs();
  }

  /** Rows of the zone whose bucket closes, in slices. */
  forRows(closing: Closing, sliceRows: number, apply: (row: number) => void): Steps {
    const rows = this.buckets.rowsOf(closing.zone);
    return inSlices(rows.length, sliceRows, (i) => apply(rows[i] as number));
  }

  save(out: StateWriter): void {
    this.buckets.save(out);
    this.carts.save(out);
    out.put('demand.counts', Float64Array.of(this.cancelledTooLate));
  }

  load(from: StateReader): void {
    this.buckets.load(from);
    this.carts.load(from);
    this.cancelledTooLate = from.float64('demand.counts')[0] as number;
  }

  private takeOrder(batch: Batch, i: number): void {
    const timeMs = batch.occurredAtMs[i] as number;
    let isLate = false;
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const row = batch.lineRow[n] as number;
      const units = batch.lineQuantity[n] as number;
      this.statistics.addValue(row, units, batch.linePrice[n] as number);
      this.windows.add(row, timeMs, units);
      if (!this.tally(row, timeMs, 'units', units)) isLate = true;
      const price = batch.linePrice[n] as number;
      if (!(price > 0)) continue;
      this.tally(row, timeMs, 'revenue', units * price);
      this.tally(row, timeMs, 'pricedUnits', units);
    }
    if (isLate) this.setAsideLate(batch, i);
  }

  /** What a cancellation released is taken out of the bucket and windows that it was put into. */
  private takeBack(nowMs: number): void {
    for (const { row, units, placedAtMs } of this.ledger.orders.released) {
      this.windows.add(row, placedAtMs, -units);
      this.statistics.takeValue(row, units, (nowMs - placedAtMs) / DAY_MS);
      if (!this.tally(row, placedAtMs, 'units', -units)) this.cancelledTooLate += units;
    }
  }

  private takeCart(batch: Batch, i: number, measure: Measure, nowMs: number): void {
    const n = batch.lineStart[i] as number;
    const row = this.cartRow(batch, n);
    const units = batch.lineQuantity[n] as number;
    if (measure === 'cartAdds') this.carts.change(batch.reference[i] as string, row, units, nowMs);
    if (measure === 'cartRemovals') {
      this.carts.change(batch.reference[i] as string, row, -units, nowMs);
    }
    if (row < 0) return;
    const isCounted = this.tally(row, batch.occurredAtMs[i] as number, measure, units);
    if (!isCounted) this.setAsideLate(batch, i);
  }

  /** A cart event without a location belongs to the first location that has the SKU; -1: none. */
  private cartRow(batch: Batch, n: number): number {
    const row = batch.lineRow[n] as number;
    return row >= 0 ? row : (this.table.rowsOf(batch.lineSku[n] as number)[0] ?? -1);
  }

  /** False: the bucket has closed. */
  private tally(row: number, timeMs: number, measure: Measure, units: number): boolean {
    const bucket = this.buckets.bucketOf(row, timeMs, this.watermarkMs);
    if (bucket < 0) return false;
    this.buckets.add(row, bucket, measure, units);
    this.buckets.sawData(row, timeMs);
    return true;
  }

  private setAsideLate(batch: Batch, i: number): void {
    if (batch.outcome[i] !== OUTCOME.pending) return;
    const detail =
      'its demand bucket has closed (time.allowedLateness): quantities moved, the forecast’s ' +
      'history did not';
    refuse(batch, i, 'late', detail);
  }
}

// Exposure: how long each row had stock to sell, so that sales without stock are not read as demand.
import type { Positions } from '../ledger/positions.js';
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Buckets } from './buckets.js';

/** Time in stock and stock held, per row, up to the last update. */
export class Exposure {
  private readonly inStock: Column<Uint8Array>;
  private readonly onHand: Column<Float64Array>;
  /** Up to when the row is accounted for; NaN: stock was never told. */
  private readonly accountedMs: Column<Float64Array>;
  /** Totals since stock was told: ms observed, ms in stock, unit-ms on hand. */
  private readonly totalMs: Column<Float64Array>;
  private readonly totalStockedMs: Column<Float64Array>;
  private readonly unitMs: Column<Float64Array>;

  constructor(
    table: Table,
    private readonly positions: Positions,
    private readonly buckets: Buckets,
  ) {
    const columns = table.columns('exposure');
    this.inStock = columns.uint8('inStock');
    this.onHand = columns.float64('onHand');
    this.accountedMs = columns.float64('accountedMs', 1, Number.NaN);
    this.totalMs = columns.float64('totalMs');
    this.totalStockedMs = columns.float64('totalStockedMs');
    this.unitMs = columns.float64('unitMs');
  }

  /** Quantities of the row have changed at `nowMs` (stream time). */
  update(row: number, nowMs: number): void {
    if (!this.positions.isTold(row)) return;
    this.account(row, nowMs);
    if (Number.isNaN(this.accountedMs.values[row] as number)) {
      this.accountedMs.values[row] = nowMs;
      // From now on its buckets close, also if nothing is ever ordered.
      this.buckets.openUntil(row, nowMs);
    }
    this.inStock.values[row] = this.positions.available(row) > 0 ? 1 : 0;
    this.onHand.values[row] = Math.max(0, this.positions.onHand(row));
  }

  /** Share of a bucket's time in which the row had stock to sell, 0-1; 1: stock was not known. */
  share(row: number, bucket: number): number {
    const observed = this.buckets.read(row, bucket, 'observedMs');
    return observed > 0 ? this.buckets.read(row, bucket, 'stockedMs') / observed : 1;
  }

  /** Ms observed, ms in stock and unit-ms on hand since stock was told, up to `nowMs`. */
  totals(row: number, nowMs: number): { totalMs: number; stockedMs: number; unitMs: number } {
    this.account(row, nowMs);
    return {
      totalMs: this.totalMs.values[row] as number,
      stockedMs: this.totalStockedMs.values[row] as number,
      unitMs: this.unitMs.values[row] as number,
    };
  }

  /** Accounts for the time up to `nowMs`, in the buckets that it falls into. */
  account(row: number, nowMs: number): void {
    const passed = nowMs - (this.accountedMs.values[row] as number);
    if (!(passed > 0)) return;
    const stocked = this.inStock.values[row] === 1 ? passed : 0;
    this.spread(row, this.accountedMs.values[row] as number, nowMs);
    add(this.totalMs.values, row, passed);
    add(this.totalStockedMs.values, row, stocked);
    add(this.unitMs.values, row, passed * (this.onHand.values[row] as number));
    this.accountedMs.values[row] = nowMs;
  }

  private spread(row: number, fromMs: number, toMs: number): void {
    const { buckets } = this;
    const isStocked = this.inStock.values[row] === 1;
    buckets.openUntil(row, toMs);
    // What was skipped as a gap in the data belongs to no bucket.
    let at = Math.max(fromMs, buckets.startMs(row, buckets.first(row)));
    while (at < toMs) {
      const bucket = buckets.bucketOf(row, at, toMs);
      const end = Math.min(toMs, buckets.endMs(row, bucket));
      buckets.add(row, bucket, 'observedMs', end - at);
      if (isStocked) buckets.add(row, bucket, 'stockedMs', end - at);
      at = end;
    }
  }
}

function add(values: Float64Array, row: number, amount: number): void {
  values[row] = (values[row] as number) + amount;
}

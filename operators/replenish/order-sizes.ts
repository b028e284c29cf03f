// Order sizes: how far one order line takes a position below its reorder point.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';

/** Gain of a new line once many are known. */
const GAIN = 0.02;
const MOST_COUNT = 255;
/** A line counts as this many times the usual size at most, once so many are known. */
const MOST_TIMES = 5;
const FEW = 10;

/**
 * Mean and mean square of the size of order lines, exponentially smoothed; 9 bytes a row.
 *
 * A position falls to its reorder point by whole order lines, so when an order is due it lies below
 * by the undershoot, which the reorder point must cover as well. By renewal theory its mean is
 *   E[U] = E[q^2] / (2 E[q]), less 1/2 where all sizes q are whole units.
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, 7.8;
 * Cox, *Renewal Theory*, 1962, 5.2.
 */
export class OrderSizes {
  private readonly count: Column<Uint8Array>;
  private readonly mean: Column<Float32Array>;
  private readonly square: Column<Float32Array>;

  constructor(table: Table) {
    const columns = table.columns('order-sizes');
    this.count = columns.uint8('count');
    this.mean = columns.float32('mean');
    this.square = columns.float32('square');
  }

  /** Takes an order line of `units`, > 0. */
  learn(row: number, units: number): void {
    const n = this.count.values[row] as number;
    const mean = this.mean.values[row] as number;
    const size = n >= FEW ? Math.min(units, MOST_TIMES * mean) : units;
    const gain = Math.max(GAIN, 1 / (n + 1));
    this.count.values[row] = Math.min(MOST_COUNT, n + 1);
    this.mean.values[row] = mean + gain * (size - mean);
    const square = this.square.values[row] as number;
    this.square.values[row] = square + gain * (size * size - square);
  }

  /** Mean size, units; 0 before the first line. */
  usual(row: number): number {
    return this.mean.values[row] as number;
  }

  /** Mean undershoot, units >= 0; 0 before the first line. */
  undershoot(row: number, isWhole: boolean): number {
    const mean = this.mean.values[row] as number;
    if (!(mean > 0)) return 0;
    const half = (this.square.values[row] as number) / (2 * mean);
    return Math.max(0, isWhole ? half - 0.5 : half);
  }
}

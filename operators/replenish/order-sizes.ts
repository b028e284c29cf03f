// Order sizes: how far one order line takes a position below its reorder point.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import { type Undershoot, undershootOf } from './undershoot.js';

/** Gain of a new line once many are known. */
const GAIN = 0.02;
const MOST_COUNT = 255;
/** In the mean a line counts as this many times the usual size at most, once so many are known. */
const MOST_TIMES = 5;
/** In the mean square: large lines are rare, and make most orders due. */
const MOST_TIMES_SQUARED = 20;
const FEW = 10;

/**
 * Mean and mean square of the size of order lines, exponentially smoothed; 9 bytes a row.
 *
 * A position falls to its reorder point by whole order lines, so when an order is due it lies below
 * by the undershoot, which the reorder point must cover as well.
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
    const large = n >= FEW ? Math.min(units, MOST_TIMES_SQUARED * mean) : units;
    const gain = Math.max(GAIN, 1 / (n + 1));
    this.count.values[row] = Math.min(MOST_COUNT, n + 1);
    this.mean.values[row] = mean + gain * (size - mean);
    const square = this.square.values[row] as number;
    this.square.values[row] = square + gain * (large * large - square);
  }

  /** Mean size, units; 0 before the first line. */
  usual(row: number): number {
    return this.mean.values[row] as number;
  }

  /** Undershoot of the row; none before the first line. */
  undershoot(row: number, isWhole: boolean): Undershoot {
    const mean = this.mean.values[row] as number;
    return undershootOf({ mean, square: this.square.values[row] as number, isWhole });
  }
}

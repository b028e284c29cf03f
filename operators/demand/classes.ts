// Classes: ABC by value, XYZ by variability, from the closed buckets.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';

export type Abc = 'A' | 'B' | 'C';
export type Xyz = 'X' | 'Y' | 'Z';

/** Cumulative share of value up to which a row is A, and B. */
const A_SHARE = 0.8;
const B_SHARE = 0.95;
/** Coefficient of variation of demand a bucket up to which a row is X, and Y. */
const X_VARIATION = 0.5;
const Y_VARIATION = 1;

export class DemandStatistics {
  private readonly count: Column<Float64Array>;
  private readonly mean: Column<Float64Array>;
  /** Sum of squared deviations from the mean. */
  private readonly squares: Column<Float64Array>;
  private readonly value: Column<Float64Array>;
  private readonly price: Column<Float64Array>;

  constructor(private readonly table: Table) {
    const columns = table.columns('statistics');
    this.count = columns.float64('count');
    this.mean = columns.float64('mean');
    this.squares = columns.float64('squares');
    this.value = columns.float64('value');
    this.price = columns.float64('price', 1, 1);
  }

  /** Takes a closed bucket (Welford's update). */
  learn(row: number, units: number): void {
    const n = (this.count.values[row] as number) + 1;
    const mean = this.mean.values[row] as number;
    const next = mean + (units - mean) / n;
    this.count.values[row] = n;
    this.mean.values[row] = next;
    this.squares.values[row] =
      (this.squares.values[row] as number) + (units - mean) * (units - next);
  }

  /** Value of demand rises. Without a price (NaN) the row's last one counts, at first 1. */
  addValue(row: number, units: number, price: number): void {
    if (!Number.isNaN(price)) this.price.values[row] = price;
    this.value.values[row] =
      (this.value.values[row] as number) + units * (this.price.values[row] as number);
  }

  /** Cancelled units take their value back out, at the row's last price. */
  takeValue(row: number, units: number): void {
    const left = (this.value.values[row] as number) - units * (this.price.values[row] as number);
    this.value.values[row] = Math.max(0, left);
  }

  /**
   * Coefficient of variation sd / mean of demand a bucket: up to 0.5 X, up to 1 Y, above Z;
   * null: no demand yet.
   */
  xyz(row: number): Xyz | null {
    const mean = this.mean.values[row] as number;
    if (!(mean > 0)) return null;
    const sd = Math.sqrt((this.squares.values[row] as number) / (this.count.values[row] as number));
    const variation = sd / mean;
    if (variation <= X_VARIATION) return 'X';
    return variation <= Y_VARIATION ? 'Y' : 'Z';
  }

  /**
   * Rows by falling value: those that make up the first 80 % are A, up to 95 % B, the rest C. The
   * row that crosses a border belongs above it. All rows C where nothing was sold.
   */
  abc(): Abc[] {
    const rows = Array.from({ length: this.table.rows }, (_, row) => row);
    const value = this.value.values;
    // Equal values stay in order of first sight, so the classes do not depend on the sort.
    rows.sort((a, b) => (value[b] as number) - (value[a] as number) || a - b);
    const total = rows.reduce((sum, row) => sum + (value[row] as number), 0);
    const classes = new Array<Abc>(this.table.rows).fill('C');
    let before = 0;
    for (const row of rows) {
      const share = total > 0 ? before / total : 1;
      if ((value[row] as number) > 0) {
        if (share < A_SHARE) classes[row] = 'A';
        else if (share < B_SHARE) classes[row] = 'B';
      }
      before += value[row] as number;
    }
    return classes;
  }
}

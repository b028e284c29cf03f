// A linear programme as plain numbers, built column by column, for any solver.

/** How a column may be: any number in its bounds, a whole one, or 0 or else in its bounds. */
export const COLUMN = { continuous: 0, integer: 1, semiContinuous: 2, semiInteger: 3 } as const;
export type ColumnKind = (typeof COLUMN)[keyof typeof COLUMN];

/**
 * Maximise offset + sum of costs[j] x[j] where rowLower <= A x <= rowUpper and lower <= x <= upper.
 * A is by columns: column j has `values[k]` in row `indices[k]` for starts[j] <= k < starts[j + 1].
 */
export interface LinearProgram {
  readonly offset: number;
  readonly costs: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of `COLUMN`. */
  readonly kinds: Int32Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export interface NewColumn {
  /** What one of it adds to the objective. */
  readonly cost: number;
  /** Default 0. */
  readonly lower?: number;
  readonly upper: number;
  /** Default continuous. */
  readonly kind?: ColumnKind;
}

/** Rows first, then the columns with what they put into each row. */
export class ProgramBuilder {
  private readonly rows: { lower: number; upper: number }[] = [];
  private readonly columns: Required<NewColumn>[] = [];
  private readonly starts: number[] = [0];
  private readonly indices: number[] = [];
  private readonly values: number[] = [];

  /** Number of the new row. */
  row(lower: number, upper: number): number {
    return this.rows.push({ lower, upper }) - 1;
  }

  /** Number of the new column; entries of 0 are left out. */
  column(column: NewColumn, entries: readonly (readonly [row: number, value: number])[]): number {
    for (const [row, value] of entries) {
      if (value === 0) continue;
      this.indices.push(row);
      this.values.push(value);
    }
    this.starts.push(this.indices.length);
    return this.columns.push({ lower: 0, kind: COLUMN.continuous, ...column }) - 1;
  }

  build(offset: number): LinearProgram {
    const { rows, columns } = this;
    return {
      offset,
      costs: Float64Array.from(columns, ({ cost }) => cost),
      lower: Float64Array.from(columns, ({ lower }) => lower),
      upper: Float64Array.from(columns, ({ upper }) => upper),
      kinds: Int32Array.from(columns, ({ kind }) => kind),
      rowLower: Float64Array.from(rows, ({ lower }) => lower),
      rowUpper: Float64Array.from(rows, ({ upper }) => upper),
      starts: Int32Array.from(this.starts),
      indices: Int32Array.from(this.indices),
      values: Float64Array.from(this.values),
    };
  }
}

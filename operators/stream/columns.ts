// Columns over rows: an operator's state as typed arrays that grow together.
import type { StateReader, StateWriter } from './state.js';
import type { Numbers } from './state-sections.js';

/**
 * One column: `width` numbers a row, row r at `values[r * width … r * width + width - 1]`.
 * `values` is another array after growth: read it anew for each event, never keep it.
 */
export class Column<A extends Numbers> {
  values: A;

  constructor(
    readonly name: string,
    readonly width: number,
    private readonly type: new (n: number) => A,
    private readonly fill: number,
    capacity: number,
  ) {
    this.values = this.filled(capacity);
  }

  grow(capacity: number): void {
    const grown = this.filled(capacity);
    grown.set(this.values as never);
    this.values = grown;
  }

  /** The first `rows` rows, as a view. */
  head(rows: number): A {
    return this.values.subarray(0, rows * this.width) as A;
  }

  restore(saved: Numbers, capacity: number): void {
    const values = new this.type(capacity * this.width);
    values.set(saved as never);
    if (this.fill !== 0) values.fill(this.fill as never, saved.length);
    this.values = values;
  }

  get constructorOfValues(): new (
    n: number,
  ) => A {
    return this.type;
  }

  private filled(capacity: number): A {
    const values = new this.type(capacity * this.width);
    if (this.fill !== 0) values.fill(this.fill as never);
    return values;
  }
}

/** A set of columns over the same rows. The table that owns the rows makes them grow. */
export class Columns {
  private readonly all: Column<Numbers>[] = [];

  constructor(
    readonly scope: string,
    private capacity: number,
    /** A saved state may be without them. */
    private readonly mayLack = false,
  ) {}

  float64(name: string, width = 1, fill = 0): Column<Float64Array> {
    return this.add(new Column(name, width, Float64Array, fill, this.capacity));
  }
  float32(name: string, width = 1, fill = 0): Column<Float32Array> {
    return this.add(new Column(name, width, Float32Array, fill, this.capacity));
  }
  int32(name: string, width = 1, fill = 0): Column<Int32Array> {
    return this.add(new Column(name, width, Int32Array, fill, this.capacity));
  }
  uint16(name: string, width = 1, fill = 0): Column<Uint16Array> {
    return this.add(new Column(name, width, Uint16Array, fill, this.capacity));
  }
  uint8(name: string, width = 1, fill = 0): Column<Uint8Array> {
    return this.add(new Column(name, width, Uint8Array, fill, this.capacity));
  }

  grow(capacity: number): void {
    this.capacity = capacity;
    for (const column of this.all) column.grow(capacity);
  }

  /** Bytes that one row takes in all columns. */
  get bytesPerRow(): number {
    return this.all.reduce((sum, { width, values }) => sum + width * values.BYTES_PER_ELEMENT, 0);
  }

  save(out: StateWriter, rows: number): void {
    for (const column of this.all) out.put(`${this.scope}.${column.name}`, column.head(rows));
  }

  load(from: StateReader): void {
    for (const column of this.all) {
      const name = `${this.scope}.${column.name}`;
      if (this.mayLack && !from.has(name)) continue;
      const saved = from.view(name, column.constructorOfValues);
      column.restore(saved, this.capacity);
    }
  }

  private add<A extends Numbers>(column: Column<A>): Column<A> {
    this.all.push(column as unknown as Column<Numbers>);
    return column;
  }
}

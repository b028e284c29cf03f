// Row interning: every SKU, location and SKU-location gets a small number once.
import { Columns } from './columns.js';
import type { Stateful, StateReader, StateWriter } from './state.js';
import type { Texts } from './state-sections.js';

const FIRST_CAPACITY = 1024;

/** Texts to numbers 0, 1, 2… in order of first sight. */
export class Interner {
  private readonly numbers = new Map<string, number>();
  readonly texts: string[] = [];

  /** Number of `text`; a new one is given if it has none. */
  intern(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.numbers.set(text, number);
    this.texts.push(text);
    return number;
  }

  /** -1: never seen. */
  find(text: string): number {
    return this.numbers.get(text) ?? -1;
  }

  text(number: number): string {
    return this.texts[number] as string;
  }

  get size(): number {
    return this.texts.length;
  }

  /** The texts there are now, whatever comes later: a text never changes its number. */
  saved(): Texts {
    return { length: this.texts.length, at: (i) => this.texts[i] };
  }

  restore(texts: readonly string[]): void {
    this.numbers.clear();
    this.texts.length = 0;
    for (const text of texts) this.intern(text);
  }
}

/**
 * The table of SKU-locations. A row number is never reused, so columns, screens and workers may
 * keep it. Columns made by `columns` grow with the table and are saved with it.
 */
export class Table implements Stateful {
  readonly skus = new Interner();
  readonly locations = new Interner();
  rows = 0;
  private capacity = FIRST_CAPACITY;
  private skuOf = new Int32Array(FIRST_CAPACITY);
  private locationOf = new Int32Array(FIRST_CAPACITY);
  /** Per location: row + 1 by SKU number, 0 where there is none. */
  private readonly rowsAt: Int32Array[] = [];
  /** Rows of a SKU, in order of first sight. */
  private readonly rowsOfSku: number[][] = [];
  private readonly sets: Columns[] = [];

  /** @param mayLack a state saved without them is loaded, and they begin as in a new row */
  columns(scope: string, { mayLack = false } = {}): Columns {
    const columns = new Columns(scope, this.capacity, mayLack);
    this.sets.push(columns);
    return columns;
  }

  /** Row of a SKU at a location, made when new. */
  row(sku: number, location: number): number {
    const found = this.findRow(sku, location);
    return found >= 0 ? found : this.addRow(sku, location);
  }

  /** -1: no such row. */
  findRow(sku: number, location: number): number {
    const at = this.rowsAt[location];
    if (at === undefined || sku >= at.length || sku < 0) return -1;
    return (at[sku] as number) - 1;
  }

  rowsOf(sku: number): readonly number[] {
    return this.rowsOfSku[sku] ?? [];
  }

  sku(row: number): string {
    return this.skus.text(this.skuOf[row] as number);
  }
  location(row: number): string {
    return this.locations.text(this.locationOf[row] as number);
  }
  skuNumber(row: number): number {
    return this.skuOf[row] as number;
  }
  locationNumber(row: number): number {
    return this.locationOf[row] as number;
  }

  /** Bytes of state that one row takes in all columns, the names of its SKU and location aside. */
  get bytesPerRow(): number {
    return this.sets.reduce((sum, columns) => sum + columns.bytesPerRow, 0);
  }

  save(out: StateWriter): void {
    out.put('table.skus', this.skus.saved());
    out.put('table.locations', this.locations.saved());
    out.put('table.skuOf', this.skuOf.subarray(0, this.rows));
    out.put('table.locationOf', this.locationOf.subarray(0, this.rows));
    for (const columns of this.sets) columns.save(out, this.rows);
  }

  load(from: StateReader): void {
    if (this.rows > 0) throw new RangeError('state can only be loaded into an empty table');
    this.skus.restore(from.texts('table.skus'));
    this.locations.restore(from.texts('table.locations'));
    const skuOf = from.int32('table.skuOf');
    const locationOf = from.int32('table.locationOf');
    this.makeRoom(skuOf.length);
    for (let i = 0; i < skuOf.length; i++) {
      this.addRow(skuOf[i] as number, locationOf[i] as number);
    }
    for (const columns of this.sets) columns.load(from);
  }

  private addRow(sku: number, location: number): number {
    this.makeRoom(this.rows + 1);
    const row = this.rows++;
    this.skuOf[row] = sku;
    this.locationOf[row] = location;
    this.placeRow(row, sku, location);
    const siblings = this.rowsOfSku[sku];
    if (siblings === undefined) this.rowsOfSku[sku] = [row];
    else siblings.push(row);
    return row;
  }

  private placeRow(row: number, sku: number, location: number): void {
    while (this.rowsAt.length <= location) this.rowsAt.push(new Int32Array(FIRST_CAPACITY));
    let at = this.rowsAt[location] as Int32Array;
    if (sku >= at.length) {
      const grown = new Int32Array(Math.max(at.length * 2, sku + 1));
      grown.set(at);
      this.rowsAt[location] = grown;
      at = grown;
    }
    at[sku] = row + 1;
  }

  private makeRoom(rows: number): void {
    if (rows <= this.capacity) return;
    while (this.capacity < rows) this.capacity *= 2;
    this.skuOf = grownInt32(this.skuOf, this.capacity);
    this.locationOf = grownInt32(this.locationOf, this.capacity);
    for (const columns of this.sets) columns.grow(this.capacity);
  }
}

/** A copy of `values` with room for `capacity` numbers. */
export function grownInt32(values: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(values);
  return grown;
}

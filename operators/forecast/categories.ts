// Categories: each row's as a number, in order of first sight, from what the catalog says.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import { Interner, type Table } from '../stream/table.js';

/** What the catalog says of a row; '' where it says nothing. */
export interface Facts {
  category(row: number): string;
  name(row: number): string;
}

/** Most categories that are told apart; rows of those beyond them are as good as without one. */
export const MOST_CATEGORIES = 1023;

export class Categories implements Stateful {
  private readonly numbers = new Interner();
  /** By row, as looked up; undefined: the catalog is to be asked. */
  private readonly known: (number | undefined)[] = [];

  constructor(
    private readonly table: Table,
    private readonly facts: Facts,
  ) {}

  /** 1 … MOST_CATEGORIES; 0: none. */
  of(row: number): number {
    const known = this.known[row];
    if (known !== undefined) return known;
    while (this.known.length < row) this.known.push(undefined);
    const number = this.numberOf(this.facts.category(row));
    this.known[row] = number;
    return number;
  }

  /** The catalog has news of a SKU. */
  forget(sku: number): void {
    for (const row of this.table.rowsOf(sku)) {
      if (row < this.known.length) this.known[row] = undefined;
    }
  }

  save(out: StateWriter): void {
    out.put('categories.names', this.numbers.saved());
  }

  load(from: StateReader): void {
    if (from.has('categories.names')) this.numbers.restore(from.texts('categories.names'));
  }

  private numberOf(category: string): number {
    if (category === '') return 0;
    const found = this.numbers.find(category);
    if (found >= 0) return found + 1;
    return this.numbers.size < MOST_CATEGORIES ? this.numbers.intern(category) + 1 : 0;
  }
}

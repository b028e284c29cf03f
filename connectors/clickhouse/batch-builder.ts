// Collects encoded rows until they are a batch.
import { type FrozenBatch, freeze } from './batch.js';
import { encodeRows } from './encode.js';
import type { HistoryTable } from './tables.js';

export class BatchBuilder<Row> {
  readonly #columns: readonly string[];
  #pieces: Buffer[] = [];
  #rows = 0;
  #bytes = 0;
  #firstPosition = 0;
  #lastPosition = 0;

  constructor(
    readonly table: HistoryTable<Row>,
    readonly limits: { readonly rows: number; readonly bytes: number; readonly run: string },
  ) {
    this.#columns = table.columns.map((column) => column.name);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows that still fit; never 0 while the batch is not full. */
  get room(): number {
    return this.limits.rows - this.#rows;
  }

  get full(): boolean {
    return this.#rows >= this.limits.rows || this.#bytes >= this.limits.bytes;
  }

  /** Takes all of them or, when one cannot be encoded, throws and takes none. */
  add(rows: readonly Row[]): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return;
    const piece = encodeRows(this.table, rows);
    if (this.#rows === 0) this.#firstPosition = this.table.positionOf(first);
    this.#lastPosition = this.table.positionOf(last);
    this.#pieces.push(piece);
    this.#rows += rows.length;
    this.#bytes += piece.byteLength;
  }

  /** The batch so far, or null when there is none; the next one begins empty. */
  take(): FrozenBatch | null {
    if (this.#rows === 0) return null;
    const batch = freeze({
      table: this.table.name,
      columns: this.#columns,
      rows: this.#rows,
      pieces: this.#pieces,
      firstPosition: this.#firstPosition,
      lastPosition: this.#lastPosition,
      run: this.limits.run,
    });
    this.#pieces = [];
    this.#rows = 0;
    this.#bytes = 0;
    return batch;
  }
}

// Open signals of one kind: at most one per SKU-location, until an order, stock or demand ends it.
import type { Signal } from '../events/result.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

export class OpenSignals implements Stateful {
  private readonly byRow = new Map<number, Signal>();
  /** Ids that the row's open signal has had, the present one last. */
  private readonly names = new Map<number, string[]>();
  private readonly rows = new Map<string, number>();

  /** @param scope name of its state */
  constructor(private readonly scope: string) {}

  get size(): number {
    return this.byRow.size;
  }

  get(row: number): Signal | undefined {
    return this.byRow.get(row);
  }

  /** Row whose open signal has this id, or had it before it was corrected; -1: none. */
  rowOf(id: string): number {
    return this.rows.get(id) ?? -1;
  }

  /** Open signals, those first that were opened first. */
  entries(): IterableIterator<[number, Signal]> {
    return this.byRow.entries();
  }

  /** Opens a signal, or puts a corrected one in the place of the row's open one. */
  put(row: number, signal: Signal): void {
    this.byRow.set(row, signal);
    this.name(row, signal.id);
  }

  delete(row: number): void {
    this.byRow.delete(row);
    for (const id of this.names.get(row) ?? []) this.rows.delete(id);
    this.names.delete(row);
  }

  save(out: StateWriter): void {
    const open = [...this.byRow.values()];
    out.put(`${this.scope}.rows`, new Int32Array([...this.byRow.keys()]));
    out.put(`${this.scope}.open`, { length: open.length, at: (i) => JSON.stringify(open[i]) });
    out.put(`${this.scope}.names`, [...this.rows.keys()]);
    out.put(`${this.scope}.namedRows`, new Int32Array([...this.rows.values()]));
  }

  load(from: StateReader): void {
    const rows = from.int32(`${this.scope}.rows`);
    from.texts(`${this.scope}.open`).forEach((text, i) => {
      this.byRow.set(rows[i] as number, JSON.parse(text) as Signal);
    });
    const namedRows = from.int32(`${this.scope}.namedRows`);
    from.texts(`${this.scope}.names`).forEach((id, i) => {
      this.name(namedRows[i] as number, id);
    });
  }

  private name(row: number, id: string): void {
    this.rows.set(id, row);
    const names = this.names.get(row);
    if (names === undefined) this.names.set(row, [id]);
    else names.push(id);
  }
}

// Open signals: at most one per SKU-location, until an order, stock or demand closes it.
import type { Signal } from '../events/result.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

export class OpenSignals implements Stateful {
  private readonly byRow = new Map<number, Signal>();
  /** Ids that the row's open signal has had, the present one last. */
  private readonly names = new Map<number, string[]>();
  private readonly rows = new Map<string, number>();

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
    out.put('signals.rows', new Int32Array([...this.byRow.keys()]));
    out.put('signals.open', { length: open.length, at: (i) => JSON.stringify(open[i]) });
    out.put('signals.names', [...this.rows.keys()]);
    out.put('signals.namedRows', new Int32Array([...this.rows.values()]));
  }

  load(from: StateReader): void {
    const rows = from.int32('signals.rows');
    from.texts('signals.open').forEach((text, i) => {
      this.byRow.set(rows[i] as number, JSON.parse(text) as Signal);
    });
    const namedRows = from.int32('signals.namedRows');
    from.texts('signals.names').forEach((id, i) => {
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

// Open signals: at most one per SKU-location, until an order, stock or demand closes it.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

export interface OpenSignal {
  readonly id: string;
  readonly quantity: number;
  readonly raisedAtMs: number;
}

export class OpenSignals implements Stateful {
  private readonly byRow = new Map<number, OpenSignal>();
  private readonly rows = new Map<string, number>();

  get size(): number {
    return this.byRow.size;
  }

  get(row: number): OpenSignal | undefined {
    return this.byRow.get(row);
  }

  /** Row whose open signal has this id, or had it before it was corrected; -1: none. */
  rowOf(id: string): number {
    return this.rows.get(id) ?? -1;
  }

  /** Opens a signal, or puts a corrected one in the place of the row's open one. */
  put(row: number, signal: OpenSignal): void {
    this.byRow.set(row, signal);
    this.rows.set(signal.id, row);
  }

  delete(row: number): void {
    this.byRow.delete(row);
    for (const [id, r] of this.rows) if (r === row) this.rows.delete(id);
  }

  save(out: StateWriter): void {
    const open = [...this.byRow.values()];
    out.put('signals.rows', Int32Array.from(this.byRow.keys()));
    out.put(
      'signals.ids',
      open.map((signal) => signal.id),
    );
    out.put(
      'signals.quantity',
      Float64Array.from(open, (signal) => signal.quantity),
    );
    out.put(
      'signals.raisedAtMs',
      Float64Array.from(open, (signal) => signal.raisedAtMs),
    );
    out.put('signals.names', [...this.rows.keys()]);
    out.put('signals.namedRows', Int32Array.from(this.rows.values()));
  }

  load(from: StateReader): void {
    const rows = from.int32('signals.rows');
    const quantity = from.float64('signals.quantity');
    const raisedAtMs = from.float64('signals.raisedAtMs');
    from.texts('signals.ids').forEach((id, i) => {
      this.byRow.set(rows[i] as number, {
        id,
        quantity: quantity[i] as number,
        raisedAtMs: raisedAtMs[i] as number,
      });
    });
    const namedRows = from.int32('signals.namedRows');
    from.texts('signals.names').forEach((id, i) => {
      this.rows.set(id, namedRows[i] as number);
    });
  }
}

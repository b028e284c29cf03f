// Signals that were ordered: followed until their purchase order is received or called off.
import type { Signal } from '../events/result.js';
import type { Outbox } from '../stream/outbox.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

/** What is known of the lines of purchase orders. */
export interface OrderedUnits {
  /** Units of a purchase order for a row: ordered and received; null: not known (any more). */
  unitsOf(
    purchaseOrderId: string,
    row: number,
  ): { readonly ordered: number; readonly received: number } | null;
}

interface Ordered {
  readonly signal: Signal;
  readonly row: number;
  readonly purchaseOrderId: string;
  received: number;
}

/** The later life of a signal: ordered, part received, closed. One of each purchase order and row. */
export class OrderedSignals implements Stateful {
  private readonly byOrder = new Map<string, Ordered>();

  constructor(
    private readonly units: OrderedUnits,
    private readonly outbox: Outbox,
  ) {}

  get size(): number {
    return this.byOrder.size;
  }

  /** A purchase order answers the signal. */
  follow(signal: Signal, row: number, purchaseOrderId: string): void {
    this.byOrder.set(keyOf(purchaseOrderId, row), { signal, row, purchaseOrderId, received: 0 });
  }

  /** Something has happened to a purchase order for a row. */
  look(purchaseOrderId: string, row: number, timeMs: number): void {
    const key = keyOf(purchaseOrderId, row);
    const ordered = this.byOrder.get(key);
    if (ordered === undefined) return;
    const units = this.units.unitsOf(purchaseOrderId, row);
    const { signal } = ordered;
    if (units === null || units.received >= units.ordered) {
      this.byOrder.delete(key);
      this.outbox.progress({ signal, row, timeMs, state: 'closed' });
    } else if (units.received > ordered.received) {
      ordered.received = units.received;
      this.outbox.progress({ signal, row, timeMs, state: 'part-received' });
    }
  }

  save(out: StateWriter): void {
    const all = [...this.byOrder.values()];
    out.put('ordered.signals', { length: all.length, at: (i) => JSON.stringify(all[i]?.signal) });
    out.put(
      'ordered.rows',
      Int32Array.from(all, ({ row }) => row),
    );
    out.put(
      'ordered.purchaseOrders',
      all.map(({ purchaseOrderId }) => purchaseOrderId),
    );
    out.put(
      'ordered.received',
      Float64Array.from(all, ({ received }) => received),
    );
  }

  load(from: StateReader): void {
    const rows = from.int32('ordered.rows');
    const purchaseOrders = from.texts('ordered.purchaseOrders');
    const received = from.float64('ordered.received');
    from.texts('ordered.signals').forEach((text, i) => {
      const [row, purchaseOrderId] = [rows[i] as number, purchaseOrders[i] as string];
      this.follow(JSON.parse(text) as Signal, row, purchaseOrderId);
      (this.byOrder.get(keyOf(purchaseOrderId, row)) as Ordered).received = received[i] as number;
    });
  }
}

function keyOf(purchaseOrderId: string, row: number): string {
  return `${row} ${purchaseOrderId}`;
}

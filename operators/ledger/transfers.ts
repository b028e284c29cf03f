// Transfers: stock on its way between two locations, whichever stage is heard of first.
import type { Batch } from '../stream/batch.js';
import type { Documents } from './documents.js';
import type { LedgerParts } from './orders.js';

/** A line of a transfer: units shipped, units received; what remains is in transit to its row. */
export class Transfers {
  constructor(
    private readonly parts: LedgerParts,
    readonly documents: Documents,
  ) {}

  move(batch: Batch, i: number, nowMs: number): void {
    const { positions, table, touched } = this.parts;
    const id = batch.reference[i] as string;
    const n = batch.lineStart[i] as number;
    const from = batch.lineRow[n] as number;
    const to = batch.lineRow[n + 1] as number;
    const units = batch.lineQuantity[n] as number;
    const isReceived = batch.lineFlag[n] === 1;
    this.documents.open(id, table.locationNumber(to));
    const found = this.documents.find(id, to);
    const line = found >= 0 ? found : this.documents.add(id, to, 0, nowMs);
    const before = this.documents.remaining(line);
    if (isReceived) this.documents.addDone(line, units);
    else this.documents.setWhole(line, this.documents.whole(line) + units);
    positions.addInTransit(to, this.documents.remaining(line) - before);
    const row = isReceived ? to : from;
    positions.book(row, batch.occurredAtMs[i] as number, isReceived ? units : -units);
    positions.tell(row);
    touched.add(from);
    touched.add(to);
    this.documents.settle(id, nowMs);
  }
}

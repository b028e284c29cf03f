// The lines of one order while one event with many lines works through them: by SKU and by row.
import type { Documents } from './documents.js';

/** Lines in the order in which they were placed, of which those before `from` are done. */
interface Queue {
  readonly lines: number[];
  from: number;
}

/**
 * An event of n lines for an order of m would walk n × m lines; this walks n + m: lines that have
 * no units left are passed once. For one event alone: units done may only rise meanwhile.
 */
export class OrderLines {
  private readonly bySku = new Map<number, Queue>();
  private readonly byRow = new Map<number, Queue>();

  constructor(
    private readonly documents: Documents,
    id: string,
    skuOf: (row: number) => number,
  ) {
    for (let line = documents.first(id); line >= 0; line = documents.next(line)) {
      const row = documents.row(line);
      push(this.bySku, skuOf(row), line);
      push(this.byRow, row, line);
    }
  }

  /** First line of a SKU, done or not; -1: none. */
  first(sku: number): number {
    return this.bySku.get(sku)?.lines[0] ?? -1;
  }

  /** Visits the lines of a SKU (`row` -1), or of a row, that have units left, until told to stop. */
  walk(sku: number, row: number, visit: (line: number) => boolean): void {
    const queue = row >= 0 ? this.byRow.get(row) : this.bySku.get(sku);
    if (queue === undefined) return;
    const { lines } = queue;
    for (let at = queue.from; at < lines.length; at++) {
      const line = lines[at] as number;
      const goesOn = this.documents.remaining(line) <= 0 || visit(line);
      // What a rounding has left of a line keeps it in, as it would stay in the order.
      if (at === queue.from && this.documents.remaining(line) <= 0) queue.from++;
      if (!goesOn) return;
    }
  }
}

function push(queues: Map<number, Queue>, key: number, line: number): void {
  const queue = queues.get(key);
  if (queue === undefined) queues.set(key, { lines: [line], from: 0 });
  else queue.lines.push(line);
}

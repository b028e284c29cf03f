// The simulated warehouse's own exact book of what lies on the shelf.

export interface BookRow {
  /** On the shelf by the book; may fall below zero by a recorded correction. */
  readonly onHand: number;
  /** Units of orders placed, not shipped and not cancelled. */
  readonly open: number;
  /** Units ordered from suppliers and not received. */
  readonly onOrder: number;
}

interface Row {
  onHand: number;
  open: number;
  onOrder: number;
}

/** Every quantity of the book changes here and nowhere else. */
export class Shelf {
  private readonly rows = new Map<string, Row>();

  skus(): IterableIterator<string> {
    return this.rows.keys();
  }

  row(sku: string): BookRow {
    return this.of(sku);
  }

  /** What could be handed out now. */
  pickable(sku: string): number {
    return Math.max(0, this.of(sku).onHand);
  }

  addOnHand(sku: string, units: number): void {
    this.of(sku).onHand += units;
  }

  setOnHand(sku: string, units: number): void {
    this.of(sku).onHand = units;
  }

  addOpen(sku: string, units: number): void {
    this.of(sku).open += units;
  }

  addOnOrder(sku: string, units: number): void {
    this.of(sku).onOrder += units;
  }

  /** A copy: it stays as it is when the book goes on. */
  book(): Map<string, BookRow> {
    return new Map([...this.rows].map(([sku, row]) => [sku, { ...row }]));
  }

  private of(sku: string): Row {
    let row = this.rows.get(sku);
    if (row === undefined) {
      row = { onHand: 0, open: 0, onOrder: 0 };
      this.rows.set(sku, row);
    }
    return row;
  }
}

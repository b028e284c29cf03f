// On-hand worked out from scratch each time it is asked: the count that stands, and what came after.

interface Entry {
  readonly kind: 'count' | 'booking';
  readonly timeMs: number;
  readonly quantity: number;
}

/** Everything that was ever said about one shelf, in order of arrival. */
export class Shelf {
  private readonly entries: Entry[] = [];

  book(timeMs: number, quantity: number): void {
    this.entries.push({ kind: 'booking', timeMs, quantity });
  }

  count(timeMs: number, quantity: number): void {
    this.entries.push({ kind: 'count', timeMs, quantity });
  }

  /**
   * The count of the greatest time stands, of two at one time the one that arrived last. To it are
   * added bookings of later times, and those of its very time that arrived after it.
   */
  onHand(): number {
    let standing = -1;
    this.entries.forEach((entry, i) => {
      const best = this.entries[standing];
      if (entry.kind !== 'count') return;
      if (best === undefined || entry.timeMs >= best.timeMs) standing = i;
    });
    const count = this.entries[standing];
    let onHand = count?.quantity ?? 0;
    this.entries.forEach((entry, i) => {
      if (entry.kind !== 'booking') return;
      const isAfter =
        count === undefined ||
        entry.timeMs > count.timeMs ||
        (entry.timeMs === count.timeMs && i > standing);
      if (isAfter) onHand += entry.quantity;
    });
    return onHand;
  }
}

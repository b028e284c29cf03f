// The journal: recent stock bookings with their times, so that a back-dated count comes out exact.
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';

/**
 * A ring of the last `capacity` bookings of all rows, chained per row from newest to oldest.
 * `sumAfter` is exact for any time not before the newest booking of that row that left the ring.
 */
export class Journal implements Stateful {
  private readonly row: Int32Array;
  private readonly timeMs: Float64Array;
  private readonly quantity: Float64Array;
  /** Sequence number of the row's booking before; -1: none. */
  private readonly before: Float64Array;
  /** Sequence number of the next booking; booking n stands at place n % capacity. */
  private next = 0;
  private readonly newest: Column<Float64Array>;
  private readonly lostThroughMs: Column<Float64Array>;

  /** @throws RangeError when `capacity` is not a positive integer. */
  constructor(
    table: Table,
    private readonly capacity: number,
  ) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be a positive integer, got ${capacity}`);
    }
    this.row = new Int32Array(capacity);
    this.timeMs = new Float64Array(capacity);
    this.quantity = new Float64Array(capacity);
    this.before = new Float64Array(capacity);
    const columns = table.columns('journal');
    this.newest = columns.float64('newest', 1, -1);
    this.lostThroughMs = columns.float64('lostThroughMs', 1, Number.NEGATIVE_INFINITY);
  }

  add(row: number, timeMs: number, quantity: number): void {
    const place = this.next % this.capacity;
    if (this.next >= this.capacity) this.lose(place);
    this.row[place] = row;
    this.timeMs[place] = timeMs;
    this.quantity[place] = quantity;
    this.before[place] = this.newest.values[row] as number;
    this.newest.values[row] = this.next++;
  }

  /** Sum of the row's bookings that happened after `timeMs`; NaN when some have left the ring. */
  sumAfter(row: number, timeMs: number): number {
    if ((this.lostThroughMs.values[row] as number) > timeMs) return Number.NaN;
    const oldest = this.next - this.capacity;
    let sum = 0;
    let n = this.newest.values[row] as number;
    while (n >= 0 && n >= oldest) {
      const place = n % this.capacity;
      if ((this.timeMs[place] as number) > timeMs) sum += this.quantity[place] as number;
      n = this.before[place] as number;
    }
    return sum;
  }

  save(out: StateWriter): void {
    const filled = Math.min(this.next, this.capacity);
    out.put('journal.next', Float64Array.of(this.next, this.capacity));
    out.put('journal.row', this.row.subarray(0, filled));
    out.put('journal.timeMs', this.timeMs.subarray(0, filled));
    out.put('journal.quantity', this.quantity.subarray(0, filled));
    out.put('journal.before', this.before.subarray(0, filled));
  }

  /** A ring of another capacity is booked anew, so that the setting may change between starts. */
  load(from: StateReader): void {
    const [next, capacity] = from.float64('journal.next') as unknown as [number, number];
    const row = from.view('journal.row', Int32Array);
    const timeMs = from.view('journal.timeMs', Float64Array);
    const quantity = from.view('journal.quantity', Float64Array);
    if (capacity === this.capacity) {
      this.next = next;
      this.row.set(row);
      this.timeMs.set(timeMs);
      this.quantity.set(quantity);
      this.before.set(from.view('journal.before', Float64Array));
      return;
    }
    this.newest.values.fill(-1);
    for (let n = Math.max(0, next - capacity); n < next; n++) {
      const place = n % capacity;
      this.add(row[place] as number, timeMs[place] as number, quantity[place] as number);
    }
  }

  private lose(place: number): void {
    const row = this.row[place] as number;
    const lost = this.lostThroughMs.values;
    lost[row] = Math.max(lost[row] as number, this.timeMs[place] as number);
  }
}

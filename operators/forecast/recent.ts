// The last 28 known buckets of each row, kept compact: what a global model sees and learns from.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket } from './forecaster.js';
import {
  cartsMark,
  emptyWindows,
  MARKS_WIDTH,
  nextScale,
  priceMark,
  SCALE_MEMORY,
  STRIP_LENGTH,
  type Strip,
  type Windows,
} from './strip.js';

/**
 * A ring of 28 buckets a row: units as Float32, season, price, promotion, carts and stock as a
 * byte each; and the running mean of units, the row's scale. 270 bytes a row. Buckets of unknown
 * units are left out, and only let time pass: after them the row is as it was before.
 */
export class Recent {
  private readonly units: Column<Float32Array>;
  private readonly marks: Column<Uint8Array>;
  /** Where the next bucket goes, and how many there are. */
  private readonly next: Column<Uint8Array>;
  private readonly filled: Column<Uint8Array>;
  private readonly scales: Column<Float32Array>;
  private readonly scalesBefore: Column<Float32Array>;
  private readonly counts: Column<Uint8Array>;
  private readonly countsBefore: Column<Uint8Array>;
  private readonly prices: Column<Float32Array>;
  private readonly seasons: Column<Uint8Array>;

  constructor(table: Table) {
    const columns = table.columns('recent', { mayLack: true });
    this.units = columns.float32('units', STRIP_LENGTH);
    this.marks = columns.uint8('marks', STRIP_LENGTH * MARKS_WIDTH);
    this.next = columns.uint8('next');
    this.filled = columns.uint8('filled');
    this.scales = columns.float32('scale');
    this.scalesBefore = columns.float32('scaleBefore');
    this.counts = columns.uint8('count');
    this.countsBefore = columns.uint8('countBefore');
    this.prices = columns.float32('price');
    this.seasons = columns.uint8('season');
  }

  /** Buckets that are remembered, 0 - 28. */
  length(row: number): number {
    return this.filled.values[row] as number;
  }

  /** The same: buckets of known units so far; 28 stands for more, too. */
  known(row: number): number {
    return this.counts.values[row] as number;
  }

  /** Running mean of known units a bucket. */
  scale(row: number): number {
    return this.scales.values[row] as number;
  }

  /** Season of the last bucket, also of an unknown one. */
  lastSeason(row: number): number {
    return this.seasons.values[row] as number;
  }

  /** Takes the bucket that follows; the oldest goes where there are 28. False: it is unknown. */
  push(row: number, bucket: DemandBucket): boolean {
    this.seasons.values[row] = bucket.season;
    if (!isKnown(bucket.units)) return false;
    const slot = this.next.values[row] as number;
    const at = row * STRIP_LENGTH + slot;
    if (this.length(row) === STRIP_LENGTH) this.letGo(row, at);
    else this.filled.values[row] = this.length(row) + 1;
    const units = Math.fround(bucket.units);
    this.units.values[at] = units;
    count(this.scales, this.counts, row, units);
    this.mark(row, at * MARKS_WIDTH, bucket);
    this.next.values[row] = (slot + 1) % STRIP_LENGTH;
    return true;
  }

  /** The row's buckets, oldest first, with their scales. */
  read(row: number, strip: Strip): void {
    const length = this.length(row);
    strip.length = length;
    this.unroll(row, strip.units, 0, strip.marks);
    strip.findScales(
      this.scalesBefore.values[row] as number,
      this.countsBefore.values[row] as number,
    );
  }

  /** The same without their scales, but for the newest's: it is the row's. */
  readNewest(row: number, strip: Strip): void {
    const length = this.length(row);
    strip.length = length;
    this.unroll(row, strip.units, 0, strip.marks);
    strip.scales[length - 1] = this.scale(row);
  }

  /** Copies of the buckets of some rows. */
  cut(rows: ArrayLike<number>): Windows {
    const windows = emptyWindows(rows.length);
    for (let w = 0; w < rows.length; w++) {
      const row = rows[w] as number;
      this.unroll(row, windows.units, w * STRIP_LENGTH, windows.marks);
      windows.lengths[w] = this.length(row);
      windows.scalesBefore[w] = this.scalesBefore.values[row] as number;
      windows.countsBefore[w] = this.countsBefore.values[row] as number;
    }
    return windows;
  }

  /** The oldest bucket leaves the ring: from now on it is before the oldest. */
  private letGo(row: number, at: number): void {
    count(this.scalesBefore, this.countsBefore, row, this.units.values[at] as number);
  }

  private mark(row: number, at: number, bucket: DemandBucket): void {
    const { values } = this.marks;
    const mean = this.prices.values[row] as number;
    const { price } = bucket;
    if (price > 0 && Number.isFinite(price)) {
      this.prices.values[row] = mean > 0 ? mean + (price - mean) / SCALE_MEMORY : price;
    }
    values[at] = bucket.season;
    values[at + 1] = priceMark(price, mean > 0 ? mean : price);
    values[at + 2] = share(bucket.promotion);
    values[at + 3] = cartsMark(bucket.cartAdds - bucket.cartRemovals, this.scale(row));
    values[at + 4] = share(bucket.inStockShare);
  }

  private unroll(row: number, units: Float32Array, to: number, marks: Uint8Array): void {
    const length = this.length(row);
    const first = length < STRIP_LENGTH ? 0 : (this.next.values[row] as number);
    const base = row * STRIP_LENGTH;
    const head = Math.min(length, STRIP_LENGTH - first);
    copy(this.units.values, base + first, head, units, to);
    copy(this.units.values, base, length - head, units, to + head);
    const [from, bytes] = [base * MARKS_WIDTH, to * MARKS_WIDTH];
    const headBytes = head * MARKS_WIDTH;
    const restBytes = (length - head) * MARKS_WIDTH;
    copy(this.marks.values, from + first * MARKS_WIDTH, headBytes, marks, bytes);
    copy(this.marks.values, from, restBytes, marks, bytes + headBytes);
  }
}

function count(
  scales: Column<Float32Array>,
  counts: Column<Uint8Array>,
  row: number,
  units: number,
): void {
  const before = counts.values[row] as number;
  scales.values[row] = nextScale(scales.values[row] as number, before, units);
  if (before < SCALE_MEMORY) counts.values[row] = before + 1;
}

/** Of so few numbers a loop is faster than views on them. */
function copy<A extends Float32Array | Uint8Array>(
  from: A,
  at: number,
  count: number,
  into: A,
  to: number,
): void {
  for (let n = 0; n < count; n++) into[to + n] = from[at + n] as number;
}

function isKnown(units: number): boolean {
  return units >= 0 && units <= Number.MAX_SAFE_INTEGER;
}

function share(value: number): number {
  return value > 0 ? Math.round(255 * Math.min(1, value)) : 0;
}

// The course: how many buckets each row has learned, and which season comes next.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket } from './forecaster.js';

/** What all forecasters of a bank would count alike, counted once. */
export class Course {
  private readonly counted: Column<Int32Array>;
  private readonly next: Column<Uint8Array>;

  /**
   * @param seasons buckets of a season, 1-256: 7 for days of the week, 168 for hours of it
   * @throws RangeError when `seasons` is out of its range
   */
  constructor(
    table: Table,
    readonly seasons: number,
  ) {
    if (!(Number.isInteger(seasons) && seasons >= 1 && seasons <= 256)) {
      throw new RangeError(`seasons must be a whole number from 1 to 256, got ${seasons}`);
    }
    const columns = table.columns('course');
    this.counted = columns.int32('known');
    this.next = columns.uint8('nextSeason');
  }

  /** Buckets of known demand that the row has learned, the one being learned not among them. */
  known(row: number): number {
    return this.counted.values[row] as number;
  }

  /** Season of the bucket behind the last one that was learned. */
  nextSeason(row: number): number {
    return this.next.values[row] as number;
  }

  /** All forecasters have learned the bucket. */
  advance(row: number, bucket: DemandBucket): void {
    this.next.values[row] = (bucket.season + 1) % this.seasons;
    if (!Number.isNaN(bucket.units)) this.counted.values[row] = this.known(row) + 1;
  }
}

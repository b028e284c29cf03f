// The course: what each row has learned so far, and which season comes next.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket } from './forecaster.js';

/** Most visits that are counted; gains have long settled by then. */
const MOST_VISITS = 255;

/** Known buckets without which a forecaster that needs no whole season stays cold. */
export const WARM = 3;

/**
 * Whether forecasters learn from these units. Less than nothing, no number, and more than can be
 * counted exactly (2^53 - 1) is no demand, but an error of its source: as good as unknown.
 */
export function isKnown(units: number): boolean {
  return units >= 0 && units <= Number.MAX_SAFE_INTEGER;
}

/** What all forecasters of a bank would count alike, counted once. 9 + seasons bytes a row. */
export class Course {
  private readonly counted: Column<Int32Array>;
  private readonly sold: Column<Int32Array>;
  private readonly next: Column<Uint8Array>;
  private readonly visited: Column<Uint8Array>;

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
    this.sold = columns.int32('sales');
    this.next = columns.uint8('nextSeason');
    this.visited = columns.uint8('visits', seasons);
  }

  /** Buckets of known demand that the row has learned, the one being learned not among them. */
  known(row: number): number {
    return this.counted.values[row] as number;
  }

  /** Those among the known buckets in which something was sold. */
  sales(row: number): number {
    return this.sold.values[row] as number;
  }

  /** Known buckets of that season, 0-255: 255 stands for more. */
  visits(row: number, season: number): number {
    return this.visited.values[row * this.seasons + season] as number;
  }

  /** Season of the bucket behind the last one that was learned. */
  nextSeason(row: number): number {
    return this.next.values[row] as number;
  }

  /** All forecasters have learned the bucket. */
  advance(row: number, bucket: DemandBucket): void {
    const { season, units } = bucket;
    this.next.values[row] = (season + 1) % this.seasons;
    if (!isKnown(units)) return;
    this.counted.values[row] = this.known(row) + 1;
    if (units > 0) this.sold.values[row] = this.sales(row) + 1;
    const at = row * this.seasons + season;
    this.visited.values[at] = Math.min(this.visits(row, season) + 1, MOST_VISITS);
  }
}

// Outstanding forecasts: one a row for a horizon, kept until what it was about has come.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Hurdle } from './spread.js';

/**
 * A forecast further ahead than the next bucket can only be judged when that is over. Each row has
 * one outstanding at a time for a horizon of `buckets`: of their total and of the last of them.
 * When it is over the next one is due: a row in `buckets` closings is judged, whatever the moment,
 * so all rows together give news of every bucket. 7 Float32 and a byte a row.
 */
export class Outstanding {
  /** Mean, chance, squared variation: of the total, then of the last bucket; then the total so far. */
  private readonly numbers: Column<Float32Array>;
  /** Buckets that are still to come; 0: none outstanding. */
  private readonly left: Column<Uint8Array>;
  private readonly total: Hurdle = { mean: 0, chance: 0, cv2: 0 };
  private readonly last: Hurdle = { mean: 0, chance: 0, cv2: 0 };

  /** @throws RangeError when `buckets` is not from 2 to 250 */
  constructor(
    table: Table,
    scope: string,
    readonly buckets: number,
  ) {
    if (!(Number.isInteger(buckets) && buckets >= 2 && buckets <= 250)) {
      throw new RangeError(`horizon must be a whole number from 2 to 250, got ${buckets}`);
    }
    const columns = table.columns(`${scope}-${buckets}`);
    this.numbers = columns.float32('numbers', WIDTH);
    this.left = columns.uint8('left');
  }

  /** True: nothing is outstanding and it is the row's turn; they take turns, one part a bucket. */
  isDue(row: number, bucketsKnown: number): boolean {
    return this.left.values[row] === 0 && (bucketsKnown + row) % this.buckets === 0;
  }

  put(row: number, total: Hurdle, last: Hurdle): void {
    const at = row * WIDTH;
    write(this.numbers.values, at, total);
    write(this.numbers.values, at + 3, last);
    this.numbers.values[at + 6] = 0;
    this.left.values[row] = this.buckets;
  }

  /**
   * A bucket has closed; `units` NaN: its demand is not known. Null while nothing is over; else
   * what had been forecast, and the total that came, NaN where one of its buckets is not known.
   */
  take(row: number, units: number): Over | null {
    const left = this.left.values[row] as number;
    if (left === 0) return null;
    this.left.values[row] = left - 1;
    const at = row * WIDTH;
    const { values } = this.numbers;
    const sum = (values[at + 6] as number) + units;
    values[at + 6] = sum;
    if (left > 1) return null;
    read(values, at, this.total);
    read(values, at + 3, this.last);
    return { total: this.total, last: this.last, units: sum };
  }
}

/** A forecast whose last bucket has closed. To read at once. */
export interface Over {
  readonly total: Hurdle;
  readonly last: Hurdle;
  /** Total that came; NaN: not known. */
  readonly units: number;
}

const WIDTH = 7;

function write(values: Float32Array, at: number, { mean, chance, cv2 }: Hurdle): void {
  values[at] = mean;
  values[at + 1] = chance;
  values[at + 2] = cv2;
}

function read(values: Float32Array, at: number, into: Hurdle): void {
  into.mean = values[at] as number;
  into.chance = values[at + 1] as number;
  into.cv2 = values[at + 2] as number;
}

// Outstanding forecasts: one a row for a horizon, kept until what it was about has come.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { Hurdle } from './spread.js';

/** A forecast whose last bucket has closed. To read at once. */
export interface Over {
  readonly total: Hurdle;
  readonly last: Hurdle;
  /** Total that came; NaN: not known. */
  readonly units: number;
}

/** Float32 of a row: means of the total and of the last bucket, and the total so far. */
const NUMBERS = 3;
/** Bytes of a row: chance and squared variation of the total, then of the last bucket. */
const CODES = 4;
/** Logarithms are kept in a byte: from LEAST up in steps; the rounding is as of 4 %. */
const STEP = 0.08;
const LEAST_LOG_ODDS = -10;
const LEAST_LOG_CV2 = -7;

/**
 * A forecast further ahead than the next bucket can only be judged when that is over. Each row has
 * one outstanding at a time for a horizon of `buckets`: of their total and of the last of them.
 * When it is over the next one is due, or later where there are many rows; they take turns, so that
 * all together give news of every bucket, and each row of all its seasons. 3 Float32 and 5 bytes a row.
 */
export class Outstanding {
  private readonly numbers: Column<Float32Array>;
  private readonly codes: Column<Uint8Array>;
  /** Buckets that are still to come; 0: none outstanding. */
  private readonly left: Column<Uint8Array>;
  private readonly total: Hurdle = { mean: 0, chance: 0, cv2: 0 };
  private readonly last: Hurdle = { mean: 0, chance: 0, cv2: 0 };
  private readonly over = { total: this.total, last: this.last, units: 0 };

  readonly buckets: number;
  private readonly seasons: number;
  /** Buckets from one turn of a row to the next, for the `turns` that were last asked for. */
  private period = 0;
  private turns = 0;

  /**
   * @param options.buckets how far ahead
   * @param options.seasons buckets of a season
   * @throws RangeError when `buckets` is not from 2 to 250
   */
  constructor(
    table: Table,
    scope: string,
    { buckets, seasons }: { readonly buckets: number; readonly seasons: number },
  ) {
    if (!(Number.isInteger(buckets) && buckets >= 2 && buckets <= 250)) {
      throw new RangeError(`horizon must be a whole number from 2 to 250, got ${buckets}`);
    }
    this.buckets = buckets;
    this.seasons = seasons;
    const columns = table.columns(`${scope}-${buckets}`);
    this.numbers = columns.float32('numbers', NUMBERS);
    this.codes = columns.uint8('codes', CODES);
    this.left = columns.uint8('left');
  }

  /** True: nothing is outstanding and it is the row's turn, one of `turns` times as rare. */
  isDue(row: number, known: number, turns: number): boolean {
    if (turns !== this.turns) {
      this.turns = turns;
      this.period = stepThroughSeasons(this.buckets * turns, this.seasons);
    }
    return this.left.values[row] === 0 && (known + row) % this.period === 0;
  }

  putTotal(row: number, total: Hurdle): void {
    this.put(row, 0, total);
    this.numbers.values[row * NUMBERS + 2] = 0;
    this.left.values[row] = this.buckets;
  }

  putLast(row: number, last: Hurdle): void {
    this.put(row, 1, last);
  }

  /**
   * A bucket has closed; `units` NaN: its demand is not known. Null while nothing is over; else
   * what had been forecast, and the total that came, NaN where one of its buckets is not known.
   */
  take(row: number, units: number): Over | null {
    const left = this.left.values[row] as number;
    if (left === 0) return null;
    this.left.values[row] = left - 1;
    const at = row * NUMBERS + 2;
    const sum = (this.numbers.values[at] as number) + units;
    this.numbers.values[at] = sum;
    if (left > 1) return null;
    this.get(row, 0, this.total);
    this.get(row, 1, this.last);
    this.over.units = sum;
    return this.over;
  }

  private put(row: number, which: 0 | 1, { mean, chance, cv2 }: Hurdle): void {
    this.numbers.values[row * NUMBERS + which] = mean;
    const at = row * CODES + 2 * which;
    this.codes.values[at] = codeOf(Math.log(chance / (1 - chance)), LEAST_LOG_ODDS);
    this.codes.values[at + 1] = codeOf(Math.log(cv2), LEAST_LOG_CV2);
  }

  private get(row: number, which: 0 | 1, into: Hurdle): void {
    const at = row * CODES + 2 * which;
    const odds = Math.exp(LEAST_LOG_ODDS + STEP * (this.codes.values[at] as number));
    into.mean = this.numbers.values[row * NUMBERS + which] as number;
    into.chance = odds / (1 + odds);
    into.cv2 = Math.exp(LEAST_LOG_CV2 + STEP * (this.codes.values[at + 1] as number));
  }
}

/** Least step, `least` or more, in which a row comes by each season: they have no divisor in common. */
function stepThroughSeasons(least: number, seasons: number): number {
  let step = least;
  while (commonDivisor(step, seasons) !== 1) step++;
  return step;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function codeOf(value: number, least: number): number {
  return Math.min(255, Math.max(0, Math.round((value - least) / STEP)));
}

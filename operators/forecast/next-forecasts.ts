// Next forecasts: the ensemble's forecast of each row's next bucket, made once and looked up after.
import type { Combination } from './combination.js';

const FIRST_ROWS = 1024;

/**
 * A forecast follows from the state alone, whenever it is made; so it is no state itself, and
 * whoever looks changes nothing. It is made when first asked for and holds until its row learns, or
 * what rows share changes. 12 bytes a row.
 */
export class NextForecasts {
  private units = new Float64Array(FIRST_ROWS);
  /** Age at which it was made; 0: none. */
  private madeAt = new Uint32Array(FIRST_ROWS);
  private age = 1;
  private readonly out = new Float64Array(1);

  constructor(private readonly combination: Combination) {}

  /** Units; NaN: cold. */
  of(row: number): number {
    if (row >= this.units.length) this.grow(row);
    if (this.madeAt[row] === this.age) return this.units[row] as number;
    const isWarm = this.combination.predict(row, 1, this.out);
    const units = isWarm ? (this.out[0] as number) : Number.NaN;
    this.units[row] = units;
    this.madeAt[row] = this.age;
    return units;
  }

  /** The row has learned. */
  forget(row: number): void {
    if (row < this.madeAt.length) this.madeAt[row] = 0;
    this.combination.forget();
  }

  /** What rows share has changed. */
  forgetAll(): void {
    this.age = this.age === 2 ** 32 - 1 ? this.startOver() : this.age + 1;
    this.combination.forget();
  }

  private startOver(): number {
    this.madeAt.fill(0);
    return 1;
  }

  private grow(row: number): void {
    const rows = Math.max(row + 1, 2 * this.units.length);
    const units = new Float64Array(rows);
    units.set(this.units);
    const madeAt = new Uint32Array(rows);
    madeAt.set(this.madeAt);
    this.units = units;
    this.madeAt = madeAt;
  }
}

// Pooled fit: coefficients of each category, helped by what all categories have shown.
import type { NormalEquations } from './normal-equations.js';
import type { PooledSums } from './pooled-sums.js';

/** Observations of all categories that stand in for those that a category has not made itself. */
const OVERALL = 1000;

/**
 * Least squares on a category's sums plus those of 1,000 average observations over all categories:
 * a category of which little is known has the coefficients of all, one of many its own. Without a
 * category those over all count. Solved when first asked for after the sums have changed, so once a
 * bucket and category at most: from the same sums always the same.
 */
export class PooledFit {
  private readonly mixed: Float64Array;
  /** By category: coefficients, and the version of the pool that they were solved from. */
  private readonly coefficients: Float64Array[] = [];
  private readonly solvedAt: number[] = [];

  /**
   * @param pool its sums begin with those of `equations`
   * @param ridge weight of "no feature says anything", in observations; > 0
   * @throws RangeError when `ridge` is out of its range
   */
  constructor(
    private readonly equations: NormalEquations,
    private readonly pool: PooledSums,
    private readonly ridge: number,
  ) {
    if (!(ridge > 0)) throw new RangeError(`ridge must be > 0, got ${ridge}`);
    this.mixed = new Float64Array(equations.width);
  }

  /** By feature; all 0 at first. To be read at once: they change in place. */
  of(category: number): Float64Array {
    const place = this.pool.find(category);
    const number = place / this.pool.width;
    if (this.solvedAt[number] !== this.pool.version) this.solve(number, place);
    return this.coefficients[number] as Float64Array;
  }

  private solve(number: number, place: number): void {
    const solved = this.coefficients[number] ?? new Float64Array(this.equations.features);
    this.coefficients[number] = solved;
    this.solvedAt[number] = this.pool.version;
    this.mix(place);
    if (!this.equations.solve(this.mixed, 0, this.ridge, solved)) solved.fill(0);
  }

  private mix(place: number): void {
    const { past } = this.pool;
    const { mixed } = this;
    mixed.set(past.subarray(0, mixed.length));
    if (place === 0) return;
    const share = OVERALL / Math.max(OVERALL, this.equations.weight(past, 0));
    for (let n = 0; n < mixed.length; n++) {
      mixed[n] = share * (mixed[n] as number) + (past[place + n] as number);
    }
  }
}

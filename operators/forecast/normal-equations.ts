// Normal equations: weighted least squares in sums that grow by one observation at a time.

/**
 * Least squares over `features` numbers, in information form. An observation of features x, answer
 * y and weight w is added in d (d + 1) / 2 + d steps at most, none for features that are 0:
 *   A += w x x',  b += w x y,  W += w.
 * Sums can be added to each other and multiplied by a number, so forgetting is `A *= keep`, and
 * observations of many are pooled by adding theirs. The coefficients minimise
 *   sum of w (y - x' beta)^2 + ridge |beta|^2,  (A + ridge I) beta = b, solved by Cholesky.
 * With all kept this is batch least squares; with forgetting, least squares with weights that fall
 * by `keep` at each step: recursive least squares gives the same numbers in the same O(d^2) but
 * cannot be pooled, and loses its symmetry to rounding.
 * Source: Wikipedia, *Recursive least squares filter* (the normal equations that it solves).
 * @example x = [1, 5], y = 106.5: `add(sums, 0, x, 106.5, 1)`, …, `solve(sums, 0, 0, beta)`
 */
export class NormalEquations {
  /** Numbers that the sums take: lower triangle of A by rows, b, W. */
  readonly width: number;
  private readonly triangle: number;
  private readonly factor: Float64Array;

  /** @throws RangeError when `features` is not a whole number from 1 to 64 */
  constructor(readonly features: number) {
    if (!(Number.isInteger(features) && features >= 1 && features <= 64)) {
      throw new RangeError(`features must be a whole number from 1 to 64, got ${features}`);
    }
    this.triangle = (features * (features + 1)) / 2;
    this.width = this.triangle + features + 1;
    this.factor = new Float64Array(this.triangle);
  }

  /** Adds an observation to the sums at `sums[start … start + width - 1]`. */
  add(sums: Float64Array, start: number, x: Float64Array, y: number, weight: number): void {
    const answers = start + this.triangle;
    let at = start;
    for (let i = 0; i < this.features; i++) {
      const share = weight * (x[i] as number);
      if (share !== 0) {
        for (let j = 0; j <= i; j++) {
          sums[at + j] = (sums[at + j] as number) + share * (x[j] as number);
        }
        sums[answers + i] = (sums[answers + i] as number) + share * y;
      }
      at += i + 1;
    }
    const total = start + this.width - 1;
    sums[total] = (sums[total] as number) + weight;
  }

  /** Sum of the weights, W. */
  weight(sums: Float64Array, start: number): number {
    return sums[start + this.width - 1] as number;
  }

  /**
   * Writes the coefficients to `out`. False, and `out` is not written, when the observations do not
   * determine them; with a `ridge` above what rounding loses they always are.
   */
  solve(sums: Float64Array, start: number, ridge: number, out: Float64Array): boolean {
    if (!this.factorise(sums, start, ridge)) return false;
    const { factor, features } = this;
    const answers = start + this.triangle;
    for (let i = 0, at = 0; i < features; at += ++i) {
      let rest = sums[answers + i] as number;
      for (let j = 0; j < i; j++) rest -= (factor[at + j] as number) * (out[j] as number);
      out[i] = rest / (factor[at + i] as number);
    }
    for (let i = features - 1; i >= 0; i--) {
      let rest = out[i] as number;
      for (let j = i + 1; j < features; j++) {
        rest -= (factor[(j * (j + 1)) / 2 + i] as number) * (out[j] as number);
      }
      out[i] = rest / (factor[(i * (i + 1)) / 2 + i] as number);
    }
    return true;
  }

  /** Cholesky: the lower triangle L of L L' = A + ridge I. */
  private factorise(sums: Float64Array, start: number, ridge: number): boolean {
    const { factor, features } = this;
    for (let i = 0, row = 0; i < features; row += ++i) {
      for (let j = 0, other = 0; j <= i; other += ++j) {
        let rest = sums[start + row + j] as number;
        for (let k = 0; k < j; k++) {
          rest -= (factor[row + k] as number) * (factor[other + k] as number);
        }
        if (i !== j) factor[row + j] = rest / (factor[other + j] as number);
        else {
          const own = sums[start + row + i] as number;
          const pivot = rest + ridge;
          if (!(pivot > SINGULAR * own && pivot < Number.POSITIVE_INFINITY)) return false;
          factor[row + i] = Math.sqrt(pivot);
        }
      }
    }
    return true;
  }
}

/** A pivot this small beside its own entry of A is what rounding leaves of nothing. */
const SINGULAR = 1e-13;

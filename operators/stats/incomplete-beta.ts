// The regularized incomplete beta function: both tails of the negative binomial distribution.
import { deviation, logGammaOnePlus, stirlingError } from './gamma-function.js';
import type { Tails } from './incomplete-gamma.js';

const MOST_STEPS = 100_000;
const SMALL = 1e-3;

/** A probability and its complement, each with its own relative precision. */
export interface Chance {
  readonly p: number;
  readonly q: number;
}

/**
 * Tails of the beta distribution of (a, b) at p: below = I_p(a, b), above = I_q(b, a), q = 1 - p.
 * By a continued fraction (Didonato & Morris, *Algorithm 708*, ACM TOMS 18, 1992, their BFRAC) on
 * the side of the mean where it converges fast; about sqrt(max(a, b)) steps.
 * Negative binomial of r and p: P(N <= k) = below at (r, k + 1).
 * @param a > 0
 * @param b > 0
 * @example betaTails(1, 1, {p: 0.25, q: 0.75}).below // 0.25
 */
export function betaTails(a: number, b: number, { p, q }: Chance): Tails {
  if (p <= 0) return { below: 0, above: 1 };
  if (q <= 0) return { below: 1, above: 0 };
  if (b * p < a * q) {
    const below = Math.min(1, fraction(a, b, { p, q }));
    return { below, above: 1 - below };
  }
  const above = Math.min(1, fraction(b, a, { p: q, q: p }));
  return { below: 1 - above, above };
}

/**
 * I_p(a, b) by its continued fraction, evaluated forwards (Lentz). Written with q = 1 - p, so that
 * nothing cancels where p is near 1, the Poisson limit.
 */
function fraction(a: number, b: number, chance: Chance): number {
  const { p, q } = chance;
  const gap = a * q - b * p + 1;
  let c = Number.POSITIVE_INFINITY;
  let d = (a + 1) / (a * gap);
  let value = d;
  for (let n = 1; n < MOST_STEPS; n++) {
    const before = a + 2 * n - 1;
    const pull = (n * (b - n) * p) / before;
    const above = ((a + n - 1) * (a + b + n - 1) * p * pull) / before;
    const below = n + pull + ((a + n) * (gap + n * (1 + q))) / (before + 2);
    d = 1 / (below + above * d);
    c = below + above / c;
    const step = c * d;
    value *= step;
    if (above === 0 || Math.abs(step - 1) < 1e-16) break;
  }
  return ((a * b) / (a + b)) * binomialMass(a, b, chance) * value;
}

/**
 * gamma(a + b + 1) / (gamma(a + 1) gamma(b + 1)) p^a q^b: the binomial probability of a successes
 * and b failures where they are whole. Source: Loader 2000.
 * @param a >= 0
 * @param b >= 0
 */
export function binomialMass(a: number, b: number, { p, q }: Chance): number {
  if (a < SMALL || b < SMALL) {
    const choose = logGammaOnePlus(a + b) - logGammaOnePlus(a) - logGammaOnePlus(b);
    return Math.exp(choose + a * logOf(p, q) + b * logOf(q, p));
  }
  const n = a + b;
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  const far = deviation(a, n * p) + deviation(b, n * q);
  return Math.exp(errors - far) * Math.sqrt(n / (2 * Math.PI * a * b));
}

/** ln p, from the smaller of p and its complement. */
function logOf(p: number, q: number): number {
  return q < 0.5 ? Math.log1p(-q) : Math.log(p);
}

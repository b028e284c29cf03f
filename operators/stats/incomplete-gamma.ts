// The regularized incomplete gamma function: both tails of the gamma and Poisson distributions.
import { logGammaOnePlus, logGap, poissonMass } from './gamma-function.js';
import { normalDistribution } from './normal.js';

/** From this shape on, near the mean, by the expansion for large shapes. */
const LARGE_SHAPE = 20;
const TERMS = 26;
const MOST_STEPS = 10_000;
const PRECISION = 1e-17;
const EULER = 0.5772156649015329;

/** Lower and upper tail; they sum to 1, and the smaller one keeps its relative precision. */
export interface Tails {
  readonly below: number;
  readonly above: number;
}

/**
 * Tails of the gamma distribution of `shape` and scale 1 at x:
 *   below = 1 / gamma(shape) * integral of t^(shape - 1) e^(-t) from 0 to x; above = 1 - below.
 * Poisson: P(N <= k) = above at shape k + 1 and x = mean.
 * A power series below the mean, Legendre's continued fraction above it (Abramowitz & Stegun
 * 6.5.29, 6.5.31), and for large shapes near their mean Temme's uniform expansion (Gil, Segura &
 * Temme, SIAM J. Sci. Comput. 34, 2012; DLMF 8.12).
 * @param shape > 0
 * @param x any; below 0 counts as 0
 * @throws RangeError when an argument is out of its range
 * @example gammaTails(1, 2).above // e^-2
 */
export function gammaTails(shape: number, x: number): Tails {
  if (!(shape > 0 && shape < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`shape must be > 0, got ${shape}`);
  }
  if (Number.isNaN(x)) throw new RangeError(`x must be a number, got ${x}`);
  if (x <= 0) return { below: 0, above: 1 };
  if (x === Number.POSITIVE_INFINITY) return { below: 1, above: 0 };
  const u = (x - shape) / shape;
  if (shape >= LARGE_SHAPE && Math.abs(u) < 0.4) return uniform(shape, u);
  if (shape < 1 && x < 1) return smallShape(shape, x);
  if (x < shape + 1) {
    const below = series(shape, x);
    return { below, above: 1 - below };
  }
  const above = fraction(shape, x);
  return { below: 1 - above, above };
}

/** Sum of x^n / ((shape + 1) ... (shape + n)). */
function series(shape: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < MOST_STEPS && term > PRECISION * sum; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return Math.min(1, poissonMass(shape, x) * sum);
}

/** Legendre's continued fraction, evaluated forwards (Lentz). */
function fraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MOST_STEPS; n++) {
    const a = n * (shape - n);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return shape * poissonMass(shape, x) * value;
}

/** Where the upper tail may be far below 1 - 1e-16 of the lower one: shape near 0. */
function smallShape(shape: number, x: number): Tails {
  const log = shape * Math.log(x) - logGamma1pSmall(shape);
  let term = 1;
  let sum = 0;
  for (let n = 1; n < 60; n++) {
    term *= -x / n;
    const next = (shape * term) / (shape + n);
    sum += next;
    if (Math.abs(next) < PRECISION * Math.abs(sum)) break;
  }
  const power = Math.exp(log);
  return { below: power * (1 + sum), above: -Math.expm1(log) - power * sum };
}

/** ln gamma(1 + x) with relative precision at 0: zeta(2) / 2, zeta(3) / 3, ... */
function logGamma1pSmall(x: number): number {
  if (x > 1e-3) return logGammaOnePlus(x);
  const inner = 0.4006856343865314 - x * (0.27058080842778454 - x * 0.20738555102867398);
  return x * (-EULER + x * (0.8224670334241132 - x * inner));
}

/**
 * Coefficients f of eta / (lambda - 1) in powers of eta, where eta^2 / 2 = lambda - 1 - ln lambda:
 * lambda - 1 = sum a_n eta^n satisfies a' a = eta (1 + a), and f = a' - eta.
 */
const ETA = etaSeries();

function etaSeries(): Float64Array {
  const a = new Float64Array(TERMS + 2);
  a[1] = 1;
  for (let n = 2; n < a.length; n++) {
    let sum = a[n - 1] as number;
    for (let i = 2; i < n; i++) sum -= i * (a[i] as number) * (a[n + 1 - i] as number);
    a[n] = sum / (n + 1);
  }
  const f = Float64Array.from({ length: TERMS + 1 }, (_, n) => (n + 1) * (a[n + 1] as number));
  f[1] = (f[1] as number) - 1;
  return f;
}

/** A normal tail in eta plus e^(-shape eta^2 / 2) / sqrt(2 pi shape) times a series in eta. */
function uniform(shape: number, u: number): Tails {
  const half = logGap(u);
  const eta = Math.sign(u) * Math.sqrt(2 * half);
  let next = 0; // b_(n + 1)
  let after = 0; // b_(n + 2)
  let sum = 0;
  for (let n = TERMS - 1; n >= 0; n--) {
    const b = (ETA[n + 1] as number) + ((n + 2) / shape) * after;
    sum = sum * eta + b;
    after = next;
    next = b;
  }
  const first = after; // b_1
  const scale = shape / (shape + first);
  const density = Math.exp(-shape * half) / Math.sqrt(2 * Math.PI * shape);
  const z = eta * Math.sqrt(shape);
  const rest = density * scale * sum;
  return { below: normalDistribution(z) - rest, above: normalDistribution(-z) + rest };
}

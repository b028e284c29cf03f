// The gamma function's logarithm, and the Poisson mass for any real number of events.

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
const SQRT_2PI = Math.sqrt(2 * Math.PI);
/** From here on Stirling's series is exact to a double. */
const STIRLING_FROM = 16;
/** B(2k) / (2k (2k - 1)), Bernoulli numbers: the series of the error of Stirling's formula. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156] as const;

/**
 * Error of Stirling's formula: ln gamma(x + 1) - ((x + 1/2) ln x - x + ln(2 pi) / 2).
 * Source: Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
 * @param x > 0
 */
export function stirlingError(x: number): number {
  if (x < STIRLING_FROM) return logGammaOnePlus(x) - (x + 0.5) * Math.log(x) + x - HALF_LOG_2PI;
  const square = 1 / (x * x);
  let sum = 0;
  for (let i = STIRLING.length - 1; i >= 0; i--) sum = sum * square + (STIRLING[i] as number);
  return sum / x;
}

/**
 * ln gamma(1 + x), to about 1e-14 of 1 + its size.
 * Stirling's series from 16 on; below, the argument is raised to it first.
 * Source: Abramowitz & Stegun 6.1.15 and 6.1.40.
 * @param x >= 0
 * @example logGammaOnePlus(5) // ln 120
 */
export function logGammaOnePlus(x: number): number {
  let raised = x;
  let product = 1;
  for (; raised < STIRLING_FROM; raised++) product *= raised + 1;
  const stirling = (raised + 0.5) * Math.log(raised) - raised + HALF_LOG_2PI;
  return stirling + stirlingError(raised) - Math.log(product);
}

/** u - ln(1 + u), without loss of digits near 0; u > -1. */
export function logGap(u: number): number {
  if (Math.abs(u) > 0.5) return u - Math.log1p(u);
  const s = u / (2 + u);
  const square = s * s;
  let power = s * square;
  let sum = 0;
  for (let n = 3; n < 60; n += 2) {
    const term = power / n;
    sum += term;
    if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
    power *= square;
  }
  return u * s - 2 * sum;
}

/** x ln(x / mean) + mean - x: how far x events are from `mean`; x > 0, mean > 0. */
export function deviation(x: number, mean: number): number {
  const u = (mean - x) / x;
  return u > -0.9 ? x * logGap(u) : x * Math.log(x / mean) + mean - x;
}

/**
 * mean^x e^(-mean) / gamma(x + 1): the Poisson probability of x events where x is whole. Keeps its
 * relative precision for any mean. Source: Loader 2000.
 * @param x >= 0
 * @param mean >= 0
 * @example poissonMass(0, 2) // e^-2
 */
export function poissonMass(x: number, mean: number): number {
  if (mean === 0) return x === 0 ? 1 : 0;
  if (mean === Number.POSITIVE_INFINITY) return 0;
  if (x < 1e-3) return Math.exp(x * Math.log(mean) - mean - logGammaOnePlus(x));
  return Math.exp(-stirlingError(x) - deviation(x, mean)) / (SQRT_2PI * Math.sqrt(x));
}

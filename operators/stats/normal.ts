// The normal distribution: density, distribution, quantile and loss function.

const SQRT_2PI = Math.sqrt(2 * Math.PI);
/** Beyond it the distribution is 0 or 1 to within a double's precision. */
const FAR = 38;

/** Standard normal density at `x`. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / SQRT_2PI;
}

/**
 * Standard normal distribution P(Z <= x), to about 1e-15.
 * Within 5 of 0 a rational function times e^(-x^2/2) (Hart et al., *Computer Approximations*, 1968,
 * no. 5666); in the tails Laplace's continued fraction.
 */
export function normalDistribution(x: number): number {
  if (x > FAR) return 1;
  if (x < -FAR) return 0;
  const far = Math.abs(x);
  const tail =
    far > 5 ? normalDensity(x) / continuedFraction(far) : Math.exp((-x * x) / 2) * tailRatio(far);
  return x < 0 ? tail : 1 - tail;
}

/** Of the tail to e^(-x^2/2), x in 0 … 5; written out, as it is asked twice a bucket and row. */
function tailRatio(x: number): number {
  const above =
    (((((0.0352624965998911 * x + 0.700383064443688) * x + 6.37396220353165) * x +
      33.912866078383) *
      x +
      112.079291497871) *
      x +
      221.213596169931) *
      x +
    220.206867912376;
  const below =
    ((((((0.0883883476483184 * x + 1.75566716318264) * x + 16.064177579207) * x +
      86.7807322029461) *
      x +
      296.564248779674) *
      x +
      637.333633378831) *
      x +
      793.826512519948) *
      x +
    440.413735824752;
  return above / below;
}

function continuedFraction(x: number): number {
  let value = x;
  for (let i = 60; i >= 1; i--) value = x + i / value;
  return value;
}

/** Coefficients of rational approximations, lowest power first: [numerator, denominator]. */
const CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852854,
  ],
] as const;
const MIDDLE = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const TAIL = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/**
 * Standard normal quantile, relative precision about 1e-16.
 * Source: Wichura, *Algorithm AS 241*, Applied Statistics 37, 1988.
 * @param probability in (0, 1)
 * @throws RangeError outside
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`probability must be in (0, 1), got ${probability}`);
  }
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  const x = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -x : x;
}

function ratio([above, below]: readonly [readonly number[], readonly number[]], x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--)
    value = value * x + (coefficients[i] as number);
  return value;
}

/**
 * Standard normal loss function L(z) = E[max(Z - z, 0)] = density(z) - z (1 - distribution(z)).
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, appendix C.
 */
export function normalLoss(z: number): number {
  return normalDensity(z) - z * normalDistribution(-z);
}

/**
 * Complementary standard normal loss E[max(z - Z, 0)] = z + L(z) = L(-z).
 * @example 3 * normalComplementaryLoss(1.2) // 3.7683: units left of 18.6 in N(15, 3)
 */
export function normalComplementaryLoss(z: number): number {
  return normalLoss(-z);
}

/**
 * Second-order standard normal loss E[max(Z - z, 0)^2] / 2
 *   = ((z^2 + 1) (1 - distribution(z)) - z density(z)) / 2.
 * Source: Zipkin, *Foundations of Inventory Management*, C.2.
 */
export function normalSecondLoss(z: number): number {
  return Math.max(0, ((z * z + 1) * normalDistribution(-z) - z * normalDensity(z)) / 2);
}

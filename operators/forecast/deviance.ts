// Deviance: how far a forecast is from what came, where most buckets may be empty.

/** Forecasts below this share of what came count as that share, so that a loss stays finite. */
const LEAST_SHARE = 0.02;
const LEAST_MEAN = 1e-6;

/**
 * Unit deviance of the Tweedie family with power 1.5, compound Poisson with gamma sizes, without
 * its factor of 4:  (sqrt(y) - sqrt(m))^2 / sqrt(m).
 * On average least where m is the mean of y, whatever the share of zeros; a bulk order weighs less
 * in it than in a squared error, and zeros are not rewarded as by an absolute one.
 * Source: Jørgensen, *The Theory of Dispersion Models*, 1997; Gneiting, *Making and evaluating
 * point forecasts*, JASA 106, 2011 (losses that are consistent for the mean).
 * @param actual units, >= 0
 * @param forecast units, >= 0
 */
export function deviance(actual: number, forecast: number): number {
  return devianceOf(actual, Math.sqrt(actual), forecast);
}

/** The same, for many forecasts of what has the root `rootOfActual`. */
export function devianceOf(actual: number, rootOfActual: number, forecast: number): number {
  const least = Math.max(LEAST_MEAN, LEAST_SHARE * actual);
  const root = Math.sqrt(Math.max(forecast, least));
  const off = rootOfActual - root;
  return (off * off) / root;
}

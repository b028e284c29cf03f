// Recent moments: mean and standard deviation of observations that fade, drawn towards a prior.

/** Numbers of one: weight, mean, squared deviations, weight of all that was ever seen. */
export const MOMENTS_WIDTH = 4;

/** Where they are: four numbers from `at` on. All zero: nothing was seen. */
export interface MomentsPlace {
  readonly values: Float64Array;
  readonly at: number;
}

export interface MeanAndSd {
  readonly mean: number;
  readonly sd: number;
}

/**
 * Takes an observation x of weight w: what was there fades by k^w, k = 1 - 1 / memory, then
 *   W <- W + w;  mean <- mean + w (x - mean) / W;  S <- S + w (x - mean before) (x - mean after).
 * So the last observations of weight `memory` make up 63 % of it.
 * Source: D. H. D. West, *Updating mean and variance estimates: an improved method*, CACM 22
 * (1979), with exponential forgetting.
 * @param how weight > 0; memory >= 1, in weights; Infinity: nothing fades
 * @throws RangeError for an observation that is not a number, or a weight or memory out of range
 * @example learnAt(place, 7, { weight: 1, memory: 50 })
 */
export function learnAt(
  { values, at }: MomentsPlace,
  x: number,
  how: { readonly weight: number; readonly memory: number },
): void {
  if (!Number.isFinite(x)) throw new RangeError(`x must be finite, got ${x}`);
  if (!(how.weight > 0)) throw new RangeError(`weight must be > 0, got ${how.weight}`);
  const kept = keptShare(how.memory, how.weight);
  const weight = (values[at] as number) * kept + how.weight;
  const mean = values[at + 1] as number;
  const next = mean + (how.weight * (x - mean)) / weight;
  const squares = (values[at + 2] as number) * kept + how.weight * (x - mean) * (x - next);
  values[at] = weight;
  values[at + 1] = next;
  values[at + 2] = squares;
  values[at + 3] = (values[at + 3] as number) + how.weight;
}

/** Begins anew. */
export function forgetAt({ values, at }: MomentsPlace): void {
  values.fill(0, at, at + MOMENTS_WIDTH);
}

/** What is believed before anything is seen, as so many observations; they fade too. */
export interface Prior extends MeanAndSd {
  readonly weight: number;
  /** As of the observations; Infinity: it does not fade. */
  readonly memory: number;
}

/**
 * Mean and sd of what was seen and the prior together, as of one sample: with p the weight that is
 * left of the prior and W that of what was seen,
 *   mean = (p m0 + W m) / (p + W);
 *   variance = (p s0^2 + S + p W / (p + W) (m - m0)^2) / (p + W).
 * That is the posterior mean and scale of a normal-inverse-gamma prior.
 * Source: Gelman et al., *Bayesian Data Analysis*, 3rd ed., 3.3.
 * @throws RangeError unless the prior has a weight > 0
 * @example shrunk(place, { mean: 7, sd: 1, weight: 4, memory: 50 }) // {mean: 7, sd: 1}, nothing seen
 */
export function shrunk({ values, at }: MomentsPlace, prior: Prior): MeanAndSd {
  if (!(prior.weight > 0)) throw new RangeError(`prior.weight must be > 0, got ${prior.weight}`);
  const weight = values[at] as number;
  if (weight === 0) return { mean: prior.mean, sd: prior.sd };
  const left = prior.weight * keptShare(prior.memory, values[at + 3] as number);
  const all = left + weight;
  const off = (values[at + 1] as number) - prior.mean;
  const mean = prior.mean + (weight / all) * off;
  const between = ((left * weight) / all) * off ** 2;
  const squares = left * prior.sd ** 2 + (values[at + 2] as number) + between;
  return { mean, sd: Math.sqrt(Math.max(0, squares) / all) };
}

/** Share that is left after observations of `weight`. */
function keptShare(memory: number, weight: number): number {
  if (!(memory >= 1)) throw new RangeError(`memory must be >= 1, got ${memory}`);
  return (1 - 1 / memory) ** weight;
}

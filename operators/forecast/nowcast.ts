// The nowcast: what the running bucket will still bring, updated by every event.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

/** Parts of a bucket for which the profile keeps a share of demand. */
const BINS = 24;
/** Order lines that the even profile at the start weighs as. */
const PRIOR_LINES = 200;
/** Weight of the past in a zone's profile when a bucket closes. */
const MEMORY = 0.97;

/** When in a bucket demand comes, learned from the order lines of all rows of a zone. */
export class Profile implements Stateful {
  private readonly zones: Float64Array[] = [];

  /** An order line came when `elapsed` (0-1) of the bucket had passed. */
  learn(zone: number, elapsed: number): void {
    const bins = this.of(zone);
    const bin = Math.min(BINS - 1, Math.floor(elapsed * BINS));
    bins[bin] = (bins[bin] as number) + 1;
  }

  /** A bucket of the zone has closed. */
  age(zone: number): void {
    const bins = this.of(zone);
    for (let i = 0; i < BINS; i++) bins[i] = (bins[i] as number) * MEMORY;
  }

  /** Share of a bucket's demand that usually has come when `elapsed` of it has passed, 0-1. */
  shareBy(zone: number, elapsed: number): number {
    const bins = this.of(zone);
    const prior = PRIOR_LINES / BINS;
    const at = Math.min(BINS, Math.max(0, elapsed * BINS));
    let before = 0;
    let total = 0;
    for (let i = 0; i < BINS; i++) {
      const weight = (bins[i] as number) + prior;
      total += weight;
      before += weight * Math.min(1, Math.max(0, at - i));
    }
    return before / total;
  }

  save(out: StateWriter): void {
    const all = new Float64Array(this.zones.length * BINS);
    this.zones.forEach((bins, zone) => {
      all.set(bins, zone * BINS);
    });
    out.put('nowcast.profile', all);
  }

  load(from: StateReader): void {
    const all = from.float64('nowcast.profile');
    for (let at = 0; at < all.length; at += BINS) this.zones.push(all.slice(at, at + BINS));
  }

  private of(zone: number): Float64Array {
    while (this.zones.length <= zone) this.zones.push(new Float64Array(BINS));
    return this.zones[zone] as Float64Array;
  }
}

/** Strength of the forecast against what the bucket has shown: a gamma prior with this shape. */
const PRIOR_SHAPE = 2;

/**
 * Expected rest of the running bucket. Demand is Poisson around a rate m F, F the forecast and m
 * gamma distributed with mean 1 and shape k; what has come by now updates m (gamma-Poisson), so
 *   rest = (1 - p) F (k + s / d) / (k + p F / d),
 * p the share of demand that has usually come by now, s the units so far, d the dispersion
 * sd^2 / F, at least 1: bulky demand moves the rate less. Without anything seen it is (1 - p) F.
 * @param forecast units of the whole bucket, >= 0
 * @param sd standard deviation of a bucket's forecast error; NaN: unknown
 * @returns units, >= 0
 */
export function restOfBucket(input: {
  readonly forecast: number;
  readonly sd: number;
  readonly soFar: number;
  readonly share: number;
}): number {
  const { forecast, sd, soFar, share } = input;
  if (!(forecast > 0)) return 0;
  const dispersion = Number.isNaN(sd) ? 1 : Math.max(1, (sd * sd) / forecast);
  const rate = (PRIOR_SHAPE + soFar / dispersion) / (PRIOR_SHAPE + (share * forecast) / dispersion);
  return (1 - share) * forecast * rate;
}

// Mixed demand, made up by a seed: smooth, erratic, intermittent and lumpy rows, a quarter each.
import { type DemandBucket, emptyBucket } from '../../operators/forecast/forecaster.js';
import { randomFrom } from '../../operators/stats/random.js';

const DAY_MS = 86_400_000;
const WEEK = [0.9, 0.8, 0.9, 1, 1.2, 1.4, 0.8];
/** Means of a day go from this to so many times it. */
const LEAST_MEAN = 1;
const MEANS = 20;
/** A day in so many is without demand, in rows with gaps. */
const CHANCES = [1, 1, 0.25, 0.2];
const OUT_OF_STOCK = 0.02;

/** The units of one day of all rows at a time: making them is no part of what is measured. */
export class MixedDemand {
  private readonly random = randomFrom(1);
  private readonly means: Float64Array;
  private readonly units: Float64Array;
  private readonly shares: Float64Array;
  private readonly now: DemandBucket = emptyBucket();
  private day = -1;

  constructor(rows: number) {
    this.means = Float64Array.from({ length: rows }, () => LEAST_MEAN * MEANS ** this.random());
    this.units = new Float64Array(rows);
    this.shares = new Float64Array(rows);
  }

  nextDay(): void {
    this.day++;
    const index = WEEK[this.day % 7] as number;
    for (let row = 0; row < this.units.length; row++) {
      const pattern = row % 4;
      const isSpread = pattern % 2 === 1;
      const size = isSpread ? 0.2 + 2 * this.random() ** 2 * 2 : 1;
      const isAsked = this.random() < (CHANCES[pattern] as number);
      const mean = (this.means[row] as number) * index * size;
      this.units[row] = isAsked ? this.count(mean) : 0;
      this.shares[row] = this.random() < OUT_OF_STOCK ? 0.5 : 1;
    }
  }

  /** The bucket of the day; the object is the same for every call. */
  bucket(row: number): DemandBucket {
    const { now, day } = this;
    const units = this.units[row] as number;
    now.startMs = day * DAY_MS;
    now.season = day % 7;
    now.units = units;
    now.inStockShare = this.shares[row] as number;
    now.price = 9.95;
    now.cartAdds = units;
    now.views = 4 * units;
    return now;
  }

  /** Whole, about Poisson: three numbers in place of a normal one. */
  private count(mean: number): number {
    const { random } = this;
    const normal = 2 * (random() + random() + random() - 1.5);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
}

// Seeded demand of several kinds, for simulations.

/** Random numbers from a seed: Mulberry's integers. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** In [0, 1). */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Gaps between events are exponential until they fill one unit of time. */
  poisson(mean: number): number {
    let count = -1;
    for (let left = mean; left >= 0; count++) left += Math.log(1 - this.uniform());
    return count;
  }

  /** A sum of as many exponentials of mean 1; `shape` a whole number. */
  gamma(shape: number): number {
    let sum = 0;
    for (let i = 0; i < shape; i++) sum -= Math.log(1 - this.uniform());
    return sum;
  }

  /** Variance mean + mean^2 / shape: Poisson with a gamma distributed rate. */
  negativeBinomial(mean: number, shape: number): number {
    return this.poisson((mean * this.gamma(shape)) / shape);
  }

  /** Of this mean; `sd` of its logarithm. */
  lognormal(mean: number, sd: number): number {
    return mean * Math.exp(sd * this.normal() - (sd * sd) / 2);
  }

  /** A whole number from 0 to `below` - 1. */
  whole(below: number): number {
    return Math.floor(this.uniform() * below);
  }
}

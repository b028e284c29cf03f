// Chance from a seed: the n-th throw of a kind is the same in every run of that seed.

/** Throws of one kind do not move those of another, so that a fault left out changes little else. */
export class Dice {
  readonly #seed: number;
  readonly #thrown = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** The next number of this kind, from 0 to below 1. */
  next(kind: string): number {
    const n = this.#thrown.get(kind) ?? 0;
    this.#thrown.set(kind, n + 1);
    return this.at(kind, n);
  }

  /** The n-th number of this kind. */
  at(kind: string, n: number): number {
    let h = Math.imul(this.#seed ^ 0x9e3779b1, 0x85ebca77) ^ n;
    for (let i = 0; i < kind.length; i++) h = Math.imul(h ^ kind.charCodeAt(i), 0x5bd1e995) + n;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`. */
  between(kind: string, min: number, max: number): number {
    return min + Math.floor(this.next(kind) * (max - min + 1));
  }

  is(kind: string, probability: number): boolean {
    return this.next(kind) < probability;
  }
}

// Seeded randomness for the simulated warehouse: each thing draws from its own named stream.
import { randomFrom } from '../../operators/stats/random.js';

/** 32-bit FNV-1a hash of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Random numbers named by seed and key. The stream of one purchase order, say, depends on its id
 * alone: what else happens, and in which order, never changes it.
 */
export class Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;

  constructor(seed: string, key: string) {
    this.next = randomFrom(hashText(`${seed}/${key}`));
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Gamma by mean and standard deviation (Marsaglia and Tsang 2000); `mean` where sd is 0. */
  gamma({ mean, sd }: { readonly mean: number; readonly sd: number }): number {
    if (!(mean > 0) || !(sd > 0)) return mean;
    const shape = (mean / sd) ** 2;
    return (sd ** 2 / mean) * this.gammaOfShape(shape);
  }

  private gammaOfShape(shape: number): number {
    if (shape < 1) return this.gammaOfShape(shape + 1) * (1 - this.next()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

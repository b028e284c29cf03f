// Seeded numbers: the same seed gives the same ones, here and in a replay.

/**
 * Numbers uniform in [0, 1), of 32 bits: a Weyl sequence, state += 0x9e3779b9 mod 2^32, each state
 * mixed by shifts and products. Not for secrets.
 * Source: Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
 * @param seed of which the lowest 32 bits count
 * @example const next = randomFrom(7); next(); next()
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

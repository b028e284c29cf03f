// Rounding: from the units that are needed to the units that can be ordered.

/** What each step of the rounding added, in units. */
export interface Rounded {
  readonly quantity: number;
  readonly byMinimum: number;
  readonly byPack: number;
}

/** Part of a pack that counts as none: sums of decimals are not exact. */
const TOLERANCE = 1e-9;

/**
 * First up to the minimum, then up to whole packs; never down.
 * @param needed units, > 0
 * @param minimum smallest order in units; 0: none
 * @param pack units of a pack; 0: any quantity
 * @example roundUp(1, 8, 6) // quantity 12: 1 to 8 by the minimum, 8 to 12 by the pack
 */
export function roundUp(needed: number, minimum: number, pack: number): Rounded {
  const atLeast = Math.max(needed, minimum);
  const packs = Math.max(1, Math.ceil(atLeast / pack - TOLERANCE));
  const quantity = pack > 0 ? packs * pack : atLeast;
  return { quantity, byMinimum: atLeast - needed, byPack: quantity - atLeast };
}

// Rounding: from the units that are needed to the units that can be ordered, step by step.

/** What to do where whole packs go beyond the order-up-to level. */
export type AboveOrderUpTo = 'up' | 'down' | 'nearest';

export interface OrderRules {
  /** Smallest order in units; 0: none. */
  readonly minimum: number;
  /** Units of a pack; 0: any quantity. */
  readonly pack: number;
  /** Only whole units can be ordered. */
  readonly isWhole: boolean;
  /** Units up to the order-up-to level; Infinity: there is none. */
  readonly cap: number;
  /** Units that the order must exceed, so that the position comes to lie above its trigger. */
  readonly trigger: number;
  readonly above: AboveOrderUpTo;
}

/** The quantity, and what each step added to the units that were needed; `byCap` takes away. */
export interface Rounded {
  readonly quantity: number;
  readonly byUnit: number;
  readonly byMinimum: number;
  readonly byPack: number;
  readonly byCap: number;
}

/** Part of a unit or a pack that counts as none: sums of decimals are not exact. */
const TOLERANCE = 1e-9;

/**
 * The rounding contract, always in this order:
 * 1. up to whole units, where only whole ones can be ordered;
 * 2. up to the minimum;
 * 3. up to whole packs;
 * 4. where that goes beyond the order-up-to level, by `above`: `up` leaves it; `down` takes the
 *    most whole packs that stay within; `nearest` the one of both that is nearer, and of two as
 *    near the larger. Less is taken only if it still exceeds the trigger and keeps the minimum.
 * @param needed units, > 0
 * @example
 * // 1 to 8 by the minimum, 8 to 12 by packs of 6:
 * roundOrder(1, { minimum: 8, pack: 6, isWhole: true, cap: 10, trigger: 0, above: 'up' })
 */
export function roundOrder(needed: number, rules: OrderRules): Rounded {
  const units = rules.isWhole ? Math.max(1, Math.ceil(needed - TOLERANCE)) : needed;
  const atLeast = Math.max(units, rules.minimum);
  const inPacks = packed(atLeast, rules.pack);
  const quantity = capped(inPacks, rules);
  return {
    quantity,
    byUnit: units - needed,
    byMinimum: atLeast - units,
    byPack: inPacks - atLeast,
    byCap: quantity - inPacks,
  };
}

function packed(units: number, pack: number): number {
  return pack > 0 ? Math.max(1, Math.ceil(units / pack - TOLERANCE)) * pack : units;
}

function capped(quantity: number, { pack, cap, trigger, minimum, above }: OrderRules): number {
  if (above === 'up' || !(pack > 0) || quantity <= cap) return quantity;
  const within = Math.floor(cap / pack + TOLERANCE) * pack;
  if (within <= 0 || within <= trigger || within < minimum) return quantity;
  return above === 'down' || cap - within < quantity - cap ? within : quantity;
}

// Allocation under limits: the needs that compete, what limits them, and how much each takes of it.

/** Part of a quantity that counts as none. */
const TOLERANCE = 1e-9;

/** An order that is wanted, in whole or in part. Quantities in units, worth in money. */
export interface AllocationNeed {
  readonly sku: string;
  readonly location: string;
  /** Null: nobody knows; then no supplier's limits hold for it. */
  readonly supplier: string | null;
  /** Money of one unit, >= 0. */
  readonly unitCost: number;
  /** Cubic metres of one unit, >= 0. */
  readonly volume: number;
  /** Units of a pack; 0: any quantity. */
  readonly pack: number;
  /** Smallest quantity above 0 that can be ordered. */
  readonly smallest: number;
  /** Rising, whole packs: the least (0, or what must be ordered) to what is asked for. */
  readonly quantities: readonly number[];
  /** What each quantity is worth; straight in between. */
  readonly worth: readonly number[];
}

/** What all needs together may take. */
export type Limit =
  /** Money, of all needs. */
  | { readonly kind: 'budget'; readonly amount: number }
  /** Cubic metres that are free at a location. */
  | { readonly kind: 'storage'; readonly location: string; readonly amount: number }
  /** Units that a supplier can still deliver in its period. */
  | { readonly kind: 'capacity'; readonly supplier: string; readonly amount: number }
  /** Money that an order at the supplier comes to at least, if anything is ordered there. */
  | { readonly kind: 'minimum'; readonly supplier: string; readonly amount: number };

export interface AllocationProblem {
  readonly needs: readonly AllocationNeed[];
  /** At most one of each kind and place. */
  readonly limits: readonly Limit[];
}

/** How much of a limit one unit of a need takes. */
export function usage(limit: Limit, need: AllocationNeed): number {
  switch (limit.kind) {
    case 'budget':
      return need.unitCost;
    case 'storage':
      return need.location === limit.location ? need.volume : 0;
    case 'capacity':
      return need.supplier === limit.supplier ? 1 : 0;
    case 'minimum':
      return need.supplier === limit.supplier ? need.unitCost : 0;
    default:
      return limit satisfies never;
  }
}

/** Prices of the limits, in their order: what one more of each is worth, >= 0. */
export type Prices = readonly number[];

/** What one unit of a need takes of the limits, at prices; what it adds to a minimum is taken off. */
export function pricePerUnit(
  { limits }: AllocationProblem,
  need: AllocationNeed,
  prices: Prices,
): number {
  return limits.reduce((sum, limit, i) => {
    const price = (prices[i] as number) * usage(limit, need);
    return limit.kind === 'minimum' ? sum - price : sum + price;
  }, 0);
}

/** Units that must be ordered. */
export function leastOf(need: AllocationNeed): number {
  return need.quantities[0] as number;
}

/** Units that are asked for. */
export function askedOf(need: AllocationNeed): number {
  return need.quantities.at(-1) as number;
}

/** Worth of a quantity from the least to the one asked for, straight between those given. */
export function worthOf({ quantities, worth }: AllocationNeed, quantity: number): number {
  let i = 1;
  while (i < quantities.length - 1 && (quantities[i] as number) < quantity) i++;
  const [low, high] = [quantities[i - 1] as number, quantities[i] ?? (quantities[0] as number)];
  const [from, to] = [worth[i - 1] as number, worth[i] ?? (worth[0] as number)];
  return high > low ? from + ((quantity - low) / (high - low)) * (to - from) : from;
}

/** Largest quantity that can be ordered and is not above `quantity`. */
export function orderableBelow(need: AllocationNeed, quantity: number): number {
  const [least, asked] = [leastOf(need), askedOf(need)];
  if (quantity >= asked * (1 - TOLERANCE)) return asked;
  const { pack } = need;
  const whole = pack > 0 ? Math.floor(quantity / pack + TOLERANCE) * pack : quantity;
  return whole < Math.max(need.smallest, least) ? least : whole;
}

/** Smallest quantity that can be ordered and is not below `quantity`. */
export function orderableAbove(need: AllocationNeed, quantity: number): number {
  const [least, asked] = [leastOf(need), askedOf(need)];
  if (quantity <= least + TOLERANCE * asked) return least;
  const { pack } = need;
  const whole = pack > 0 ? Math.ceil(quantity / pack - TOLERANCE) * pack : quantity;
  return Math.min(asked, Math.max(need.smallest, whole));
}

/** @throws RangeError when a need or a limit is out of its range */
export function checkProblem({ needs, limits }: AllocationProblem): void {
  for (const limit of limits) {
    const { kind, amount } = limit;
    if (!(amount >= 0 && amount < Infinity)) {
      throw new RangeError(`amount of a ${kind} must be finite and >= 0, got ${amount}`);
    }
  }
  for (const need of needs) {
    const where = `${need.sku} at ${need.location}`;
    for (const name of ['unitCost', 'volume', 'pack', 'smallest'] as const) {
      if (need[name] >= 0 && need[name] < Infinity) continue;
      throw new RangeError(`${name} of ${where} must be finite and >= 0, got ${need[name]}`);
    }
    const { quantities, worth } = need;
    const isRising = quantities.every((q, i) => q >= 0 && (i === 0 || q > quantities[i - 1]!));
    if (quantities.length === 0 || !isRising) {
      throw new RangeError(`quantities of ${where} must rise, got ${quantities.join(', ')}`);
    }
    if (worth.length !== quantities.length || !worth.every(Number.isFinite)) {
      throw new RangeError(`worth of ${where} must be ${quantities.length} finite numbers`);
    }
  }
}

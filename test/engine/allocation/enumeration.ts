// All allocations of small problems, one by one: the independent check of the solver's answers.
import {
  type AllocationNeed,
  type AllocationProblem,
  type Limit,
  orderableAbove,
  usage,
  worthOf,
} from '../../../operators/replenish/allocate.js';

/** Every quantity of a need in packs that can be ordered. */
export function everyQuantity(need: AllocationNeed): number[] {
  const asked = need.quantities.at(-1) as number;
  const all: number[] = [];
  for (let q = need.quantities[0] as number; q < asked; ) {
    all.push(q);
    q = orderableAbove(need, q + need.pack);
  }
  return [...all, asked];
}

/** Each combination of quantities. */
export function* combinations(lists: readonly (readonly number[])[]): Generator<number[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const one of first) for (const others of combinations(rest)) yield [one, ...others];
}

export function keeps(limit: Limit, needs: readonly AllocationNeed[], units: number[]): boolean {
  const used = needs.reduce((sum, need, n) => sum + usage(limit, need) * (units[n] as number), 0);
  const slack = 1e-9 * Math.max(1, limit.amount);
  if (limit.kind !== 'minimum') return used <= limit.amount + slack;
  const ordered = needs.some((need, n) => need.supplier === limit.supplier && units[n]! > 0);
  return !ordered || used >= limit.amount - slack;
}

/** Most that whole packs within the limits are worth; null: there are none. */
export function bestOfAll({ needs, limits }: AllocationProblem): number | null {
  let best: number | null = null;
  for (const units of combinations(needs.map(everyQuantity))) {
    if (!limits.every((limit) => keeps(limit, needs, units))) continue;
    const worth = needs.reduce((sum, need, n) => sum + worthOf(need, units[n] as number), 0);
    if (best === null || worth > best) best = worth;
  }
  return best;
}

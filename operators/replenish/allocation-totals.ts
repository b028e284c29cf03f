// Sums over an allocation: what it is worth, what it takes of each limit, whether it keeps to them.
import { type AllocationProblem, usage, worthOf } from './allocate.js';

/** Share of a limit by which a sum of decimals may be above it. */
const ROUNDING = 1e-6;

/** What quantities of all needs are worth together. */
export function worthOfAll({ needs }: AllocationProblem, quantities: readonly number[]): number {
  return needs.reduce((sum, need, n) => sum + worthOf(need, quantities[n] as number), 0);
}

/** What they take of each limit. */
export function usedBy(
  { needs, limits }: AllocationProblem,
  quantities: readonly number[],
): number[] {
  return limits.map((limit) =>
    needs.reduce((sum, need, n) => sum + usage(limit, need) * (quantities[n] as number), 0),
  );
}

/** Whether they keep to the limits; sums of decimals may exceed one by a millionth of it. */
export function isWithin(problem: AllocationProblem, quantities: readonly number[]): boolean {
  const used = usedBy(problem, quantities);
  return problem.limits.every((limit, i) => {
    const [sum, slack] = [used[i] as number, ROUNDING * Math.max(1, limit.amount)];
    if (limit.kind !== 'minimum') return sum <= limit.amount + slack;
    return sum >= limit.amount - slack || orderedUnits(problem, limit.supplier, quantities) === 0;
  });
}

/** Units of all needs of a supplier. */
export function orderedUnits(
  { needs }: AllocationProblem,
  supplier: string,
  quantities: readonly number[],
): number {
  return needs.reduce((s, need, n) => s + (need.supplier === supplier ? quantities[n]! : 0), 0);
}

// One allocation from begin to end: relaxation, prices, whole packs; or which limits conflict.
import type { AllocationProblem, Prices } from '../../operators/replenish/allocate.js';
import { orderedUnits, usedBy, worthOfAll } from '../../operators/replenish/allocation-totals.js';
import { type Constraint, conflictOf } from './conflict.js';
import { relax } from './relax.js';
import type { Solver } from './solver.js';
import { wholePacks } from './whole-packs.js';

export type Allocation = Allocated | Impossible;

export interface Allocated {
  readonly kind: 'allocated';
  /** Units of each need, in the problem's order. */
  readonly quantities: readonly number[];
  /** Expected margin that they save. */
  readonly worth: number;
  /** No allocation can save more. */
  readonly bound: number;
  /** (bound - worth) / bound. */
  readonly gap: number;
  /** Of the limits, in their order: what they take, and what one more of each is worth. */
  readonly used: readonly number[];
  readonly prices: Prices;
  /** Suppliers with a minimum order value at which nothing is ordered. */
  readonly notOrdered: readonly NotOrdered[];
  readonly seconds: number;
}

export interface NotOrdered {
  readonly supplier: string;
  /** Limits that cannot hold together if it were; empty: it would be worth less. */
  readonly conflict: readonly Constraint[];
}

export interface Impossible {
  readonly kind: 'impossible';
  readonly conflict: readonly Constraint[];
  /** Only whole packs make it impossible. */
  readonly isByPacks: boolean;
  readonly seconds: number;
}

/** Share of the time for one question of the deletion filter. */
const CONFLICT_SHARE = 0.05;

/** @throws Error when the time is too short for any answer, or the solver fails */
export function allocate(
  problem: AllocationProblem,
  solver: Solver,
  { timeMs }: { readonly timeMs: number },
): Allocation {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const leftMs = (): number => Math.max(0, timeMs - (performance.now() - began));
  const impossible = (isWhole: boolean): Impossible => ({
    kind: 'impossible',
    conflict:
      conflictOf(problem, solver, { isWhole, forced: [], timeMs: CONFLICT_SHARE * timeMs }) ?? [],
    isByPacks: isWhole,
    seconds: seconds(),
  });
  const relaxed = relax(problem, solver, timeMs);
  if (relaxed === null) return impossible(false);
  const packed = wholePacks(problem, solver, { ...relaxed, leftMs });
  if (packed === null) return impossible(true);
  const { quantities } = packed;
  const worth = worthOfAll(problem, quantities);
  // Bounds carry the solver's rounding; what is found is never above them.
  const bound = Math.max(worth, Math.min(relaxed.bound, packed.bound));
  return {
    kind: 'allocated',
    ...{ quantities, worth, bound },
    gap: bound > 0 ? (bound - worth) / bound : 0,
    used: usedBy(problem, quantities),
    prices: relaxed.prices,
    notOrdered: notOrdered(problem, solver, quantities, CONFLICT_SHARE * timeMs),
    seconds: seconds(),
  };
}

function notOrdered(
  problem: AllocationProblem,
  solver: Solver,
  quantities: readonly number[],
  timeMs: number,
): NotOrdered[] {
  const none = problem.limits.flatMap((limit) =>
    limit.kind === 'minimum' && orderedUnits(problem, limit.supplier, quantities) === 0
      ? [limit.supplier]
      : [],
  );
  return none
    .filter((supplier) => problem.needs.some((need) => need.supplier === supplier))
    .map((supplier) => {
      const options = { isWhole: false, forced: [supplier], timeMs };
      return { supplier, conflict: conflictOf(problem, solver, options) ?? [] };
    });
}

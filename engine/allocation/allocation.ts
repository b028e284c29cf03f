// One allocation from begin to end: relaxation, prices, whole packs; or which limits conflict.
import {
  type AllocationProblem,
  leastOf,
  type Ordered,
  orderableBelow,
  Relaxation,
  usage,
  worthOf,
} from '../../operators/replenish/allocate.js';
import {
  ChoiceProgram,
  choicesOf,
  type Prices,
} from '../../operators/replenish/allocation-choices.js';
import { type Constraint, conflictOf } from './conflict.js';
import type { Solved, Solver } from './solver.js';

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

/** Choices of quantities beside the best of each need that are weighed in whole packs. */
const MOST_CHOICES = 200;
/** Shares of the time for: the relaxation, one try of whole packs, one question of the filter. */
const RELAXATION_SHARE = 0.5;
const CONFLICT_SHARE = 0.05;
const RELAXATION_GAP = 1e-7;
const PACKS_GAP = 1e-5;
const PACKS_SHARE = 0.2;
/** Share of a limit by which a sum of decimals may be above it. */
const ROUNDING = 1e-6;

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
  const quantities = wholePacks(problem, solver, { ...relaxed, leftMs });
  if (quantities === null) return impossible(true);
  const worth = total(problem, quantities);
  // The bound carries the solver's rounding; an allocation never exceeds its own worth.
  const bound = Math.max(relaxed.bound, worth);
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

type Found = Extract<Solved, { readonly columns: unknown }>;

interface Relaxed {
  readonly bound: number;
  readonly prices: Prices;
  readonly ordered: Ordered;
  readonly quantities: readonly number[];
}

interface PackOptions extends Relaxed {
  readonly leftMs: () => number;
}

/** Null: the limits cannot hold together. */
function relax(problem: AllocationProblem, solver: Solver, timeMs: number): Relaxed | null {
  const relaxation = new Relaxation(problem);
  const limits = { timeMs: RELAXATION_SHARE * timeMs, gap: RELAXATION_GAP };
  const open = solver.solve(relaxation.program(null), limits);
  if (open.status === 'infeasible') return null;
  const { columns, bound } = found(open, timeMs);
  const ordered = relaxation.ordered(columns);
  const settled = settle(problem, solver, ordered, timeMs);
  return settled === null ? null : { ...settled, bound };
}

/** The relaxation when it is settled who is ordered from: a linear programme, which has prices. */
function settle(
  problem: AllocationProblem,
  solver: Solver,
  ordered: Ordered,
  timeMs: number,
): Relaxed | null {
  const relaxation = new Relaxation(problem);
  const solved = solver.solve(relaxation.program(ordered), { timeMs, gap: RELAXATION_GAP });
  if (solved.status === 'infeasible') return null;
  const { columns, duals, bound } = found(solved, timeMs);
  return {
    ...{ bound, ordered },
    prices: problem.limits.map((_, i) => Math.abs(duals[i] as number)),
    quantities: relaxation.quantities(columns),
  };
}

/** Units of each need that can be ordered; null: there are none within the limits. */
function wholePacks(problem: AllocationProblem, solver: Solver, start: PackOptions) {
  for (let at: PackOptions | null = start; at !== null; at = withoutOne(problem, solver, at)) {
    const found = packsNear(problem, solver, at);
    if (found !== null) return found;
  }
  // Every choice there is, and every supplier open: what keeps to the limits is among them.
  const every = { ...start, relaxed: start.quantities, most: Infinity, loses: Infinity };
  const program = new ChoiceProgram(problem, choicesOf(problem, every).choices);
  const found = packs(program, solver, null, start.leftMs());
  return found !== null && isWithin(problem, found) ? found : null;
}

/** Whole packs around a relaxation, with whom it orders from. */
function packsNear(
  problem: AllocationProblem,
  solver: Solver,
  { prices, ordered, bound, quantities, leftMs }: PackOptions,
): readonly number[] | null {
  const down = problem.needs.map((need, n) => orderableBelow(need, quantities[n] as number));
  const known = isWithin(problem, down) ? down : null;
  const isExact = ordered.size === 0 && known !== null;
  const loses = isExact ? bound - total(problem, known) : Number.POSITIVE_INFINITY;
  const options = { prices, relaxed: quantities, most: MOST_CHOICES, loses };
  const { choices, isAll } = choicesOf(problem, options);
  const program = new ChoiceProgram(problem, choices);
  const packed = packs(program, solver, isAll ? null : ordered, PACKS_SHARE * leftMs());
  return packed !== null && isWithin(problem, packed) ? better(problem, known, packed) : known;
}

/** The relaxation without the supplier that costs least to do without; null: none is left out. */
function withoutOne(
  problem: AllocationProblem,
  solver: Solver,
  { ordered, leftMs }: PackOptions,
): PackOptions | null {
  let best: Relaxed | null = null;
  for (const [supplier, isOrdered] of ordered) {
    const must = problem.needs.some((need) => need.supplier === supplier && leastOf(need) > 0);
    if (!isOrdered || must) continue;
    const without = settle(problem, solver, new Map(ordered).set(supplier, false), leftMs());
    if (without !== null && without.bound > (best?.bound ?? Number.NEGATIVE_INFINITY)) {
      best = without;
    }
  }
  return best === null ? null : { ...best, leftMs };
}

/** Null: there are none. */
function packs(
  program: ChoiceProgram,
  solver: Solver,
  ordered: Ordered | null,
  timeMs: number,
): readonly number[] | null {
  const solved = solver.solve(program.program(ordered), { timeMs, gap: PACKS_GAP });
  return 'columns' in solved ? program.quantities(solved.columns) : null;
}

function better(
  problem: AllocationProblem,
  known: readonly number[] | null,
  packed: readonly number[],
): readonly number[] {
  return known !== null && total(problem, known) > total(problem, packed) ? known : packed;
}

function found(solved: Solved, timeMs: number): Found {
  if ('columns' in solved) return solved;
  throw new Error(
    `no allocation was found in ${timeMs / 1000} s: allow it more time (allocation.timeLimit)`,
  );
}

function total({ needs }: AllocationProblem, quantities: readonly number[]): number {
  return needs.reduce((sum, need, n) => sum + worthOf(need, quantities[n] as number), 0);
}

function usedBy({ needs, limits }: AllocationProblem, quantities: readonly number[]): number[] {
  return limits.map((limit) =>
    needs.reduce((sum, need, n) => sum + usage(limit, need) * (quantities[n] as number), 0),
  );
}

function isWithin(problem: AllocationProblem, quantities: readonly number[]): boolean {
  const used = usedBy(problem, quantities);
  return problem.limits.every((limit, i) => {
    const [sum, slack] = [used[i] as number, ROUNDING * Math.max(1, limit.amount)];
    if (limit.kind !== 'minimum') return sum <= limit.amount + slack;
    return sum >= limit.amount - slack || orderedUnits(problem, limit.supplier, quantities) === 0;
  });
}

function orderedUnits(
  { needs }: AllocationProblem,
  supplier: string,
  quantities: readonly number[],
): number {
  return needs.reduce((s, need, n) => s + (need.supplier === supplier ? quantities[n]! : 0), 0);
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

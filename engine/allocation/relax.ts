// The relaxation solved: a bound, the prices of the limits, and who is ordered from.
import type { AllocationProblem, Prices } from '../../operators/replenish/allocate.js';
import { type Ordered, Relaxation } from '../../operators/replenish/allocation-relaxation.js';
import type { Solved, Solver } from './solver.js';

/** Share of the time that finding out who is ordered from may take. */
const OPEN_SHARE = 0.5;
const GAP = 1e-7;

type Found = Extract<Solved, { readonly columns: unknown }>;

export interface Relaxed {
  readonly bound: number;
  readonly prices: Prices;
  readonly ordered: Ordered;
  readonly quantities: readonly number[];
}

/** Null: the limits cannot hold together. */
export function relax(problem: AllocationProblem, solver: Solver, timeMs: number): Relaxed | null {
  const relaxation = new Relaxation(problem);
  const limits = { timeMs: OPEN_SHARE * timeMs, gap: GAP };
  const open = solver.solve(relaxation.program(null), limits);
  if (open.status === 'infeasible') return null;
  const { columns, bound } = found(open, timeMs);
  const ordered = relaxation.ordered(columns);
  const settled = settle(problem, solver, ordered, timeMs);
  return settled === null ? null : { ...settled, bound };
}

/** The relaxation when it is settled who is ordered from: a linear programme, which has prices. */
export function settle(
  problem: AllocationProblem,
  solver: Solver,
  ordered: Ordered,
  timeMs: number,
): Relaxed | null {
  const relaxation = new Relaxation(problem);
  const solved = solver.solve(relaxation.program(ordered), { timeMs, gap: GAP });
  if (solved.status === 'infeasible') return null;
  const { columns, duals, bound } = found(solved, timeMs);
  return {
    ...{ bound, ordered },
    prices: problem.limits.map((_, i) => Math.abs(duals[i] as number)),
    quantities: relaxation.quantities(columns),
  };
}

function found(solved: Solved, timeMs: number): Found {
  if ('columns' in solved) return solved;
  throw new Error(
    `no allocation was found in ${timeMs / 1000} s: allow it more time (allocation.timeLimit)`,
  );
}

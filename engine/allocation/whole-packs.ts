// Whole packs near a relaxation: exact among the choices that can be best, or the best found in time.
import {
  type AllocationProblem,
  leastOf,
  orderableBelow,
} from '../../operators/replenish/allocate.js';
import { ChoiceProgram, choicesOf } from '../../operators/replenish/allocation-choices.js';
import type { Ordered } from '../../operators/replenish/allocation-relaxation.js';
import { isWithin, worthOfAll } from '../../operators/replenish/allocation-totals.js';
import { type Relaxed, settle } from './relax.js';
import type { Solver } from './solver.js';

/** Choices beside the best of each need that are weighed against each other. */
const MOST_CHOICES = 200;
/** Share of the time left for one try. */
const TRY_SHARE = 0.2;
const GAP = 1e-5;

export interface PackOptions extends Relaxed {
  readonly leftMs: () => number;
}

export interface WholePacks {
  /** Units of each need. */
  readonly quantities: readonly number[];
  /** No whole packs are worth more; Infinity: nothing more is known than of the relaxation. */
  readonly bound: number;
}

/** Units of each need that can be ordered; null: there are none within the limits. */
export function wholePacks(
  problem: AllocationProblem,
  solver: Solver,
  start: PackOptions,
): WholePacks | null {
  for (let at: PackOptions | null = start; at !== null; at = withoutOne(problem, solver, at)) {
    const found = packsNear(problem, solver, at);
    if (found !== null) return found;
  }
  // Every choice there is, and every supplier open: what keeps to the limits is among them.
  const every = { ...start, relaxed: start.quantities, most: Infinity, loses: Infinity };
  const program = new ChoiceProgram(problem, choicesOf(problem, every).choices);
  const found = packs(program, solver, null, start.leftMs());
  return found !== null && isWithin(problem, found.quantities)
    ? { ...found, bound: Infinity }
    : null;
}

/** Whole packs around a relaxation, with whom it orders from. */
function packsNear(
  problem: AllocationProblem,
  solver: Solver,
  { prices, ordered, bound, quantities, leftMs }: PackOptions,
): WholePacks | null {
  const down = problem.needs.map((need, n) => orderableBelow(need, quantities[n] as number));
  const known = isWithin(problem, down) ? { quantities: down, bound: Infinity } : null;
  // With minimum order values another set of suppliers may be better, at prices of its own.
  const isPriced = ordered.size === 0 && known !== null;
  const loses = isPriced ? bound - worthOfAll(problem, down) : Infinity;
  const options = { prices, relaxed: quantities, most: MOST_CHOICES, loses };
  const { choices, isAll } = choicesOf(problem, options);
  const program = new ChoiceProgram(problem, choices);
  const packed = packs(program, solver, isAll ? null : ordered, TRY_SHARE * leftMs());
  if (packed === null || !isWithin(problem, packed.quantities)) return known;
  const best = known === null ? packed : better(problem, known, packed);
  return { quantities: best.quantities, bound: isAll ? packed.bound : Infinity };
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
): WholePacks | null {
  const solved = solver.solve(program.program(ordered), { timeMs, gap: GAP });
  if (!('columns' in solved)) return null;
  return { quantities: program.quantities(solved.columns), bound: solved.bound };
}

function better(problem: AllocationProblem, one: WholePacks, other: WholePacks): WholePacks {
  const gain = worthOfAll(problem, other.quantities) - worthOfAll(problem, one.quantities);
  return gain >= 0 ? other : one;
}

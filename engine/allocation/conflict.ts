// Limits that cannot hold together: an irreducible set of them, by a deletion filter.
import {
  type AllocationNeed,
  type AllocationProblem,
  askedOf,
  type Limit,
  leastOf,
  usage,
} from '../../operators/replenish/allocate.js';
import {
  COLUMN,
  type LinearProgram,
  ProgramBuilder,
} from '../../operators/replenish/linear-program.js';
import type { Solver } from './solver.js';

/** What must be ordered of a supplier's needs at a location. */
export interface Must {
  readonly kind: 'must';
  readonly supplier: string | null;
  readonly location: string;
  readonly units: number;
}

export type Constraint = Limit | Must;

export interface ConflictOptions {
  /** Whole packs alone; false: any quantity in between. */
  readonly isWhole: boolean;
  /** Suppliers that are ordered from, whatever it is worth. */
  readonly forced: readonly string[];
  readonly timeMs: number;
}

/**
 * Constraints that cannot hold together, of which any one less could: each is taken away in turn,
 * and stays away where the rest is impossible still. Null: all of them can hold.
 * Source: Chinneck & Dravnieks, *Locating minimal infeasible constraint sets in linear programs*,
 * ORSA Journal on Computing 3, 1991.
 */
export function conflictOf(
  problem: AllocationProblem,
  solver: Solver,
  options: ConflictOptions,
): Constraint[] | null {
  const isPossible = (constraints: readonly Constraint[]): boolean =>
    solver.solve(feasibility(problem, constraints, options), { timeMs: options.timeMs, gap: 1 })
      .status !== 'infeasible';
  let kept: Constraint[] = [...problem.limits, ...mustsOf(problem)];
  if (isPossible(kept)) return null;
  for (const constraint of [...kept]) {
    const rest = kept.filter((one) => one !== constraint);
    if (!isPossible(rest)) kept = rest;
  }
  return kept;
}

function mustsOf({ needs }: AllocationProblem): Must[] {
  const groups = new Map<string, Must>();
  for (const need of needs) {
    if (!(leastOf(need) > 0)) continue;
    const { supplier, location } = need;
    const key = JSON.stringify([supplier, location]);
    const units = (groups.get(key)?.units ?? 0) + leastOf(need);
    groups.set(key, { kind: 'must', supplier, location, units });
  }
  return [...groups.values()];
}

/** One column of units (or packs) for each need; the objective is nothing. */
function feasibility(
  { needs }: AllocationProblem,
  constraints: readonly Constraint[],
  { isWhole, forced }: ConflictOptions,
): LinearProgram {
  const build = new ProgramBuilder();
  const isMust = (need: AllocationNeed): boolean =>
    leastOf(need) > 0 &&
    constraints.some(
      (c) => c.kind === 'must' && c.supplier === need.supplier && c.location === need.location,
    );
  const isOrdered = (supplier: string): boolean =>
    forced.includes(supplier) || needs.some((n) => n.supplier === supplier && isMust(n));
  const limits = constraints.filter((c): c is Limit => c.kind !== 'must');
  const rows = limits.map((limit) => {
    if (limit.kind !== 'minimum') return build.row(-Infinity, limit.amount);
    return build.row(isOrdered(limit.supplier) ? limit.amount : -Infinity, Infinity);
  });
  for (const need of needs) {
    const entries = limits.map((limit, i) => [rows[i] as number, usage(limit, need)] as const);
    addNeed(build, need, { entries, must: isMust(need) ? leastOf(need) : 0, isWhole });
  }
  return build.build(0);
}

interface NeedColumn {
  readonly entries: readonly (readonly [row: number, value: number])[];
  readonly must: number;
  readonly isWhole: boolean;
}

function addNeed(build: ProgramBuilder, need: AllocationNeed, column: NeedColumn): void {
  const { entries, must, isWhole } = column;
  const upper = askedOf(need);
  if (!isWhole) {
    build.column({ cost: 0, lower: must, upper }, entries);
    return;
  }
  const lower = must > 0 ? must : need.smallest;
  const canBeNone = must === 0 && lower > 0;
  const { pack } = need;
  // What is asked for need not be whole packs; then it is one step of its own.
  if (!(pack > 0) || Math.abs(Math.round(upper / pack) * pack - upper) > 1e-6 * upper) {
    const kind = canBeNone ? COLUMN.semiContinuous : COLUMN.continuous;
    build.column({ cost: 0, lower, upper, kind }, entries);
    return;
  }
  const kind = canBeNone ? COLUMN.semiInteger : COLUMN.integer;
  const packs = entries.map(([row, value]) => [row, value * pack] as const);
  const [least, most] = [Math.round(lower / pack), Math.round(upper / pack)];
  build.column({ cost: 0, lower: least, upper: most, kind }, packs);
}

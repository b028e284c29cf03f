// The relaxation of an allocation: a linear programme over pieces of concave worth.
import {
  type AllocationNeed,
  type AllocationProblem,
  askedOf,
  checkProblem,
  type Limit,
  leastOf,
  usage,
} from './allocate.js';
import { concaveEnvelope } from './concave-envelope.js';
import { COLUMN, type LinearProgram, ProgramBuilder } from './linear-program.js';

/** Suppliers with a minimum order value: ordered from (true), or nothing of them is. */
export type Ordered = ReadonlyMap<string, boolean>;

/**
 * The relaxation: any quantity between those that can be ordered. Each need has a column for each
 * piece of the concave envelope of its worth, so that fixed costs and smallest orders are in it as
 * tightly as a linear programme can have them. A supplier with a minimum order value has a column
 * that says whether anything is ordered there, whole where it is not given:
 *   maximise  sum of slope x
 *   budget, storage, capacity   sum of usage x <= amount
 *   minimum of a supplier       sum of cost x >= amount y,  sum of x <= (all that is asked) y
 * Its optimum is at least that of whole packs; in a vertex of it no more needs than limits are
 * between two quantities of their own.
 * Source: Geoffrion, *Lagrangean relaxation for integer programming*, 1974 (a convexified block is
 * as tight as its Lagrangian dual).
 */
export class Relaxation {
  private readonly envelopes: readonly (readonly number[])[];
  private readonly suppliers: readonly string[];
  private readonly base: readonly number[];

  /** @throws RangeError when a need or limit is out of its range */
  constructor(private readonly problem: AllocationProblem) {
    checkProblem(problem);
    const { needs, limits } = problem;
    this.envelopes = needs.map(({ quantities, worth }) => concaveEnvelope(quantities, worth));
    this.suppliers = limits.flatMap((l) => (l.kind === 'minimum' ? [l.supplier] : []));
    this.base = limits.map((limit) =>
      needs.reduce((sum, need) => sum + usage(limit, need) * leastOf(need), 0),
    );
  }

  /** @param ordered which suppliers are ordered from; null: to be found out */
  program(ordered: Ordered | null): LinearProgram {
    const { needs, limits } = this.problem;
    const build = new ProgramBuilder();
    limits.forEach((limit, i) => {
      const base = this.base[i] as number;
      if (limit.kind === 'minimum') build.row(-base, Infinity);
      else build.row(-Infinity, limit.amount - base);
    });
    const links = new Map(this.suppliers.map((s) => [s, build.row(-Infinity, 0)]));
    let offset = 0;
    needs.forEach((need, n) => {
      offset += need.worth[0] as number;
      const used = limits.map((limit, i) => [i, usage(limit, need)] as const);
      const link = links.get(need.supplier ?? '');
      const entries = link === undefined ? used : [...used, [link, 1] as const];
      for (const { width, slope } of this.pieces(n)) {
        build.column({ cost: slope, upper: width }, entries);
      }
    });
    this.supplierColumns(build, links, ordered);
    return build.build(offset);
  }

  /** Units of each need in a solution's columns. */
  quantities(columns: Float64Array): number[] {
    let j = 0;
    return this.problem.needs.map((need, n) => {
      const pieces = this.pieces(n).length;
      let sum = leastOf(need);
      for (let k = 0; k < pieces; k++) sum += columns[j++] as number;
      return sum;
    });
  }

  ordered(columns: Float64Array): Ordered {
    const from = columns.length - this.suppliers.length;
    return new Map(this.suppliers.map((s, i) => [s, (columns[from + i] as number) > 0.5]));
  }

  private supplierColumns(
    build: ProgramBuilder,
    links: ReadonlyMap<string, number>,
    ordered: Ordered | null,
  ): void {
    const { limits } = this.problem;
    for (const supplier of this.suppliers) {
      const row = limits.findIndex((l) => l.kind === 'minimum' && l.supplier === supplier);
      const { lower, upper } = isOrdered(this.problem, supplier, ordered);
      const all = this.ofSupplier(supplier).reduce((s, n) => s + askedOf(n) - leastOf(n), 0);
      const amount = (limits[row] as Limit).amount;
      const kind = ordered === null ? COLUMN.integer : COLUMN.continuous;
      build.column({ cost: 0, lower, upper, kind }, [
        [row, -amount],
        [links.get(supplier) as number, -all],
      ]);
    }
  }

  private pieces(n: number): { width: number; slope: number }[] {
    const { quantities, worth } = this.problem.needs[n] as AllocationNeed;
    const bends = this.envelopes[n] as readonly number[];
    return bends.slice(1).map((to, i) => {
      const from = bends[i] as number;
      const width = (quantities[to] as number) - (quantities[from] as number);
      return { width, slope: ((worth[to] as number) - (worth[from] as number)) / width };
    });
  }

  private ofSupplier(supplier: string): AllocationNeed[] {
    return this.problem.needs.filter((need) => need.supplier === supplier);
  }
}

/** Bounds of the column that says whether a supplier is ordered from. */
export function isOrdered(
  { needs }: AllocationProblem,
  supplier: string,
  ordered: Ordered | null,
): { lower: number; upper: number } {
  const given = ordered?.get(supplier);
  if (given !== undefined) return given ? { lower: 1, upper: 1 } : { lower: 0, upper: 0 };
  const must = needs.some((need) => need.supplier === supplier && leastOf(need) > 0);
  return { lower: must ? 1 : 0, upper: 1 };
}

// Allocation under limits: the needs that compete, what limits them, and the linear programme of both.
import { concaveEnvelope } from './concave-envelope.js';
import { COLUMN, type LinearProgram, ProgramBuilder } from './linear-program.js';

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

function checkProblem({ needs, limits }: AllocationProblem): void {
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

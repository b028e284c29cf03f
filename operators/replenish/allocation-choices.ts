// Whole packs: which of some quantities of each need, as an integer programme.
import {
  type AllocationNeed,
  type AllocationProblem,
  askedOf,
  leastOf,
  orderableAbove,
  orderableBelow,
  type Prices,
  pricePerUnit,
  usage,
  worthOf,
} from './allocate.js';
import { isOrdered, type Ordered } from './allocation-relaxation.js';
import { COLUMN, type LinearProgram, ProgramBuilder } from './linear-program.js';

/** Packs of one need that are all looked at; of more some. */
const MOST_PACKS = 400;

export interface ChoiceOptions {
  readonly prices: Prices;
  /** Units of each need in the relaxation. */
  readonly relaxed: readonly number[];
  /** Choices beside the best of each need, at most. */
  readonly most: number;
  /** Money that a known allocation falls short of the relaxation; Infinity: none is known. */
  readonly loses: number;
}

export interface Choices {
  /** Units to choose among, for each need; the first ones are best at the prices. */
  readonly choices: readonly (readonly number[])[];
  /** Every choice that can be better than the known allocation is there. */
  readonly isAll: boolean;
}

/**
 * Units of each need to choose among. What a choice loses against the best one of its need, at the
 * prices of an optimal relaxation, is at least what any allocation with it falls short of the
 * relaxation. So with every choice that loses no more than a known allocation does, a best
 * allocation is among them.
 * Source: Wolsey, *Integer Programming*, 7.5 (reduced cost fixing).
 */
export function choicesOf(problem: AllocationProblem, options: ChoiceOptions): Choices {
  const { prices, relaxed, most, loses } = options;
  const others: { n: number; quantity: number; loss: number }[] = [];
  const isEvery = problem.needs.every(hasFewPacks);
  const choices = problem.needs.map((need, n) => {
    const price = pricePerUnit(problem, need, prices);
    const quantities = orderable(need, relaxed[n] as number);
    const net = quantities.map((quantity) => worthOf(need, quantity) - price * quantity);
    const best = net.reduce((at, value, i) => (value > (net[at] as number) ? i : at), 0);
    quantities.forEach((quantity, i) => {
      const loss = (net[best] as number) - (net[i] as number);
      if (i !== best && loss <= loses) others.push({ n, quantity, loss });
    });
    return [quantities[best] as number];
  });
  others.sort((a, b) => a.loss - b.loss);
  for (const { n, quantity } of others.slice(0, most)) choices[n]?.push(quantity);
  return { choices, isAll: isEvery && others.length <= most };
}

/** Quantities of a need: every one that can be ordered, or of very many those around `relaxed`. */
function orderable(need: AllocationNeed, relaxed: number): number[] {
  const { pack, quantities } = need;
  const [least, asked] = [leastOf(need), askedOf(need)];
  if (hasFewPacks(need)) {
    const every: number[] = [];
    for (let q = least; q < asked; q = orderableAbove(need, q + pack)) every.push(q);
    return [...every, asked];
  }
  const below = orderableBelow(need, relaxed);
  const around = [below, orderableAbove(need, relaxed)];
  if (pack > 0) {
    around.push(orderableBelow(need, Math.max(least, below - pack)));
    around.push(orderableAbove(need, Math.min(asked, below + 2 * pack)));
  }
  return [...new Set([...quantities, ...around])].sort((a, b) => a - b);
}

function hasFewPacks(need: AllocationNeed): boolean {
  return need.pack > 0 && (askedOf(need) - leastOf(need)) / need.pack <= MOST_PACKS;
}

/**
 * One of the choices of each need, worth the most within the limits:
 *   maximise  sum of worth z
 *   each need        sum of its z = 1
 *   the limits       as in the relaxation, of sum of quantity z
 */
export class ChoiceProgram {
  /** Units of needs that have no choice; 0 for the others. */
  private readonly fixed: readonly number[];

  constructor(
    private readonly problem: AllocationProblem,
    private readonly choices: readonly (readonly number[])[],
  ) {
    this.fixed = choices.map((some) => (some.length > 1 ? 0 : (some[0] as number)));
  }

  /** @param ordered which suppliers are ordered from; null: to be found out */
  program(ordered: Ordered | null): LinearProgram {
    const { needs } = this.problem;
    const build = new ProgramBuilder();
    this.limitRows(build);
    const links = this.supplierColumns(build, ordered);
    let offset = 0;
    needs.forEach((need, n) => {
      if (this.isFree(n)) this.choiceColumns(build, n, links.get(need.supplier ?? ''));
      else offset += worthOf(need, this.fixed[n] as number);
    });
    return build.build(offset);
  }

  /** Units of each need in a solution's columns. */
  quantities(columns: Float64Array): number[] {
    let j = this.problem.limits.filter(({ kind }) => kind === 'minimum').length;
    return this.choices.map((quantities, n) => {
      if (!this.isFree(n)) return this.fixed[n] as number;
      const from = j;
      j += quantities.length;
      const at = quantities.findIndex((_, i) => (columns[from + i] as number) > 0.5);
      return quantities[Math.max(0, at)] as number;
    });
  }

  /** Row i is limit i, less what needs without a choice take. */
  private limitRows(build: ProgramBuilder): void {
    const { needs, limits } = this.problem;
    for (const limit of limits) {
      const used = needs.reduce((s, need, n) => s + usage(limit, need) * this.fixed[n]!, 0);
      if (limit.kind === 'minimum') build.row(-used, Number.POSITIVE_INFINITY);
      else build.row(Number.NEGATIVE_INFINITY, limit.amount - used);
    }
  }

  /** Rows that keep a supplier's units at 0 where nothing is ordered from it, by supplier. */
  private supplierColumns(build: ProgramBuilder, ordered: Ordered | null): Map<string, number> {
    const { needs, limits } = this.problem;
    const links = new Map<string, number>();
    limits.forEach(({ kind, amount, ...limit }, i) => {
      if (!('supplier' in limit) || kind !== 'minimum') return;
      const { supplier } = limit;
      const sum = (units: (need: AllocationNeed, n: number) => number): number =>
        needs.reduce((s, need, n) => s + (need.supplier === supplier ? units(need, n) : 0), 0);
      const taken = sum((_, n) => this.fixed[n] as number);
      const link = build.row(Number.NEGATIVE_INFINITY, -taken);
      const bounds = isOrdered(this.problem, supplier, ordered);
      build.column({ cost: 0, kind: COLUMN.integer, ...bounds }, [
        [i, -amount],
        [link, -sum(askedOf)],
      ]);
      links.set(supplier, link);
    });
    return links;
  }

  private choiceColumns(build: ProgramBuilder, n: number, link: number | undefined): void {
    const { needs, limits } = this.problem;
    const need = needs[n] as AllocationNeed;
    const one = build.row(1, 1);
    const used = limits.map((limit) => usage(limit, need));
    for (const quantity of this.choices[n] as readonly number[]) {
      build.column({ cost: worthOf(need, quantity), upper: 1, kind: COLUMN.integer }, [
        ...used.map((each, i) => [i, each * quantity] as const),
        [one, 1],
        ...(link === undefined ? [] : [[link, quantity] as const]),
      ]);
    }
  }

  private isFree(n: number): boolean {
    return (this.choices[n]?.length ?? 0) > 1;
  }
}

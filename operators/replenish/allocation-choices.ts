// Whole packs: which of some quantities of each need, as an integer programme.
import {
  type AllocationNeed,
  type AllocationProblem,
  askedOf,
  isOrdered,
  leastOf,
  type Ordered,
  orderableAbove,
  orderableBelow,
  usage,
  worthOf,
} from './allocate.js';
import { COLUMN, type LinearProgram, ProgramBuilder } from './linear-program.js';

/** Quantities of one need that are all looked at; of more some. */
const MOST_WHOLE = 64;

/** Prices of the limits, in their order: what one more of each is worth, >= 0. */
export type Prices = readonly number[];

/**
 * Units of each need to choose among, the first one best at the given prices. What a choice loses
 * against that first one, at the prices of an optimal relaxation, is at least what any allocation
 * with it falls short of the relaxation. So with every choice that loses no more than a known
 * allocation does, a best allocation is among them.
 * Source: Wolsey, *Integer Programming*, 7.5 (reduced cost fixing).
 */
export function choicesOf(
  problem: AllocationProblem,
  { prices, relaxed, most, loses }: ChoiceOptions,
): { readonly choices: readonly (readonly number[])[]; readonly isAll: boolean } {
  const all: { n: number; quantity: number; loss: number }[] = [];
  const choices = problem.needs.map((need, n) => {
    const price = problem.limits.reduce((sum, limit, i) => {
      const sign = limit.kind === 'minimum' ? -1 : 1;
      return sum + sign * (prices[i] as number) * usage(limit, need);
    }, 0);
    const near = orderable(need, relaxed[n] as number);
    const net = near.map((quantity) => worthOf(need, quantity) - price * quantity);
    const most = Math.max(...net);
    const best = net.indexOf(most);
    near.forEach((quantity, i) => {
      if (i !== best) all.push({ n, quantity, loss: most - (net[i] as number) });
    });
    return [near[best] as number];
  });
  const sought = all.filter(({ loss }) => loss <= loses).sort((a, b) => a.loss - b.loss);
  for (const { n, quantity } of sought.slice(0, most)) choices[n]?.push(quantity);
  return { choices, isAll: sought.length <= most };
}

export interface ChoiceOptions {
  readonly prices: Prices;
  /** Units of each need in the relaxation. */
  readonly relaxed: readonly number[];
  /** Choices beside the best of each need, at most. */
  readonly most: number;
  /** Money that a known allocation falls short of the relaxation; Infinity: none is known. */
  readonly loses: number;
}

/** Quantities of a need: every one that can be ordered, or of very many those around `relaxed`. */
function orderable(need: AllocationNeed, relaxed: number): number[] {
  const { pack, quantities } = need;
  const [least, asked] = [leastOf(need), askedOf(need)];
  const below = orderableBelow(need, relaxed);
  const around = [below, orderableAbove(need, relaxed)];
  if (pack > 0) {
    around.push(orderableBelow(need, Math.max(least, below - pack)));
    around.push(orderableAbove(need, Math.min(asked, below + 2 * pack)));
  }
  const every: number[] = [];
  if (pack > 0 && (asked - least) / pack <= MOST_WHOLE) {
    for (let q = least; q < asked; q = orderableAbove(need, q + pack)) every.push(q);
  }
  return [...new Set([...quantities, ...around, ...every])].sort((a, b) => a - b);
}

/**
 * One of the choices of each need, worth the most within the limits:
 *   each need        sum of its z = 1
 *   the limits       as in the relaxation, of sum of quantity z
 */
export class ChoiceProgram {
  constructor(
    private readonly problem: AllocationProblem,
    private readonly choices: readonly (readonly number[])[],
  ) {}

  /** @param ordered which suppliers are ordered from; null: to be found out */
  program(ordered: Ordered | null): LinearProgram {
    const { needs, limits } = this.problem;
    const build = new ProgramBuilder();
    const fixed = needs.map((_, n) => (this.isFree(n) ? 0 : (this.choices[n]?.[0] as number)));
    const used = limits.map((limit) =>
      needs.reduce((sum, need, n) => sum + usage(limit, need) * (fixed[n] as number), 0),
    );
    limits.forEach((limit, i) => {
      if (limit.kind === 'minimum') build.row(-(used[i] as number), Infinity);
      else build.row(-Infinity, limit.amount - (used[i] as number));
    });
    const links = new Map<string, number>();
    limits.forEach((limit, i) => {
      if (limit.kind !== 'minimum') return;
      const { supplier } = limit;
      const ofIt = needs.map((need, n) => (need.supplier === supplier ? n : -1));
      const units = (n: number) => (n < 0 ? 0 : (fixed[n] as number));
      const link = build.row(-Infinity, -ofIt.reduce((sum, n) => sum + units(n), 0));
      const all = ofIt.reduce((sum, n) => sum + (n < 0 ? 0 : askedOf(needs[n]!)), 0);
      links.set(supplier, link);
      build.column(
        { cost: 0, kind: COLUMN.integer, ...isOrdered(this.problem, supplier, ordered) },
        [
          [i, -limit.amount],
          [link, -all],
        ],
      );
    });
    let offset = 0;
    needs.forEach((need, n) => {
      if (!this.isFree(n)) {
        offset += worthOf(need, fixed[n] as number);
        return;
      }
      const one = build.row(1, 1);
      const link = links.get(need.supplier ?? '');
      for (const quantity of this.choices[n] as readonly number[]) {
        const entries = limits.map((limit, i) => [i, usage(limit, need) * quantity] as const);
        build.column({ cost: worthOf(need, quantity), upper: 1, kind: COLUMN.integer }, [
          ...entries,
          [one, 1],
          ...(link === undefined ? [] : [[link, quantity] as const]),
        ]);
      }
    });
    return build.build(offset);
  }

  /** Units of each need in a solution's columns. */
  quantities(columns: Float64Array): number[] {
    let j = this.problem.limits.filter(({ kind }) => kind === 'minimum').length;
    return this.choices.map((quantities, n) => {
      if (!this.isFree(n)) return quantities[0] as number;
      const from = j;
      j += quantities.length;
      const at = quantities.findIndex((_, i) => (columns[from + i] as number) > 0.5);
      return quantities[Math.max(0, at)] as number;
    });
  }

  private isFree(n: number): boolean {
    return (this.choices[n]?.length ?? 0) > 1;
  }
}

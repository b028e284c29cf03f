// What an allocation tells: each need's share, the limits that bind and what they are worth.
import {
  type AllocationNeed,
  type AllocationProblem,
  askedOf,
  type Limit,
  usage,
  worthOf,
} from '../../operators/replenish/allocate.js';
import type { Core } from '../core.js';
import type { Allocated, Allocation } from './allocation.js';
import type { Constraint } from './conflict.js';
import { limitsOf } from './limits.js';
import { type LeftOut, type OpenNeeds, openNeeds } from './open-needs.js';
import { conflictText, limitName, money, priceText } from './words.js';

/** All that is asked of the solver, and what is known beside it. Plain data. */
export interface Question {
  readonly open: OpenNeeds;
  readonly problem: AllocationProblem;
}

/** Of a core between two batches: a consistent moment of all needs. */
export function questionOf(core: Core): Question {
  const open = openNeeds(core);
  return { open, problem: { needs: open.needs, limits: limitsOf(core, open.needs) } };
}

export interface AllocationReport {
  readonly status: 'allocated' | 'impossible';
  /** The outcome in one sentence. */
  readonly says: string;
  readonly asOf: string | null;
  /** Expected margin saved; no allocation can save more than the bound; null: impossible. */
  readonly marginSaved: number | null;
  readonly bound: number | null;
  /** Share of the bound that it may be short of the best. */
  readonly gap: number | null;
  readonly seconds: number;
  /** Those first that lose most; empty: impossible. */
  readonly needs: readonly NeedReport[];
  readonly limits: readonly LimitReport[];
  readonly notOrdered: readonly { readonly supplier: string; readonly says: string }[];
  readonly leftOut: readonly LeftOut[];
  /** Limits of which any one less could hold with the others; empty: they all hold. */
  readonly conflict: readonly Constraint[];
}

export interface NeedReport {
  readonly sku: string;
  readonly location: string;
  readonly supplier: string | null;
  /** Id of the open signal; null: planned for the next review. */
  readonly signal: string | null;
  readonly asked: number;
  readonly quantity: number;
  readonly short: number;
  readonly cost: number;
  readonly marginSaved: number;
  /** Expected margin that the missing units would save. */
  readonly marginLost: number;
  /** Why it is short; null: it is not. */
  readonly because: string | null;
}

export type LimitReport = Limit & {
  readonly used: number;
  /** Worth of one more (of a minimum order value: one less); 0: it does not bind. */
  readonly shadowPrice: number;
  readonly isBinding: boolean;
  readonly says: string;
};

/** Prices below this are none. */
const NO_PRICE = 1e-7;

export function reportOf({ open, problem }: Question, allocation: Allocation): AllocationReport {
  const { asOf, leftOut } = open;
  const { seconds } = allocation;
  if (allocation.kind === 'impossible') {
    const { conflict } = allocation;
    return {
      ...{ status: 'impossible', says: impossibleText(allocation), asOf, seconds },
      ...{ marginSaved: null, bound: null, gap: null },
      ...{ needs: [], limits: [], notOrdered: [], leftOut, conflict },
    };
  }
  const needs = problem.needs.map((_, n) => needReport({ open, problem }, allocation, n));
  return {
    ...{ status: 'allocated', says: allocatedText(needs), asOf },
    ...{ marginSaved: allocation.worth, bound: allocation.bound, gap: allocation.gap, seconds },
    needs: needs.sort((a, b) => b.marginLost - a.marginLost || b.short - a.short),
    limits: problem.limits.map((limit, i) => limitReport(limit, allocation, i)),
    notOrdered: allocation.notOrdered.map(({ supplier, conflict }) => ({
      supplier,
      says: notOrderedText(supplier, conflict),
    })),
    ...{ leftOut, conflict: [] },
  };
}

function needReport({ open, problem }: Question, allocation: Allocated, n: number): NeedReport {
  const need = problem.needs[n] as AllocationNeed;
  const quantity = allocation.quantities[n] as number;
  const [asked, marginSaved] = [askedOf(need), worthOf(need, quantity)];
  const { sku, location, supplier } = need;
  const short = asked - quantity;
  return {
    ...{ sku, location, supplier, signal: open.asked[n]?.signal ?? null, asked, quantity, short },
    cost: quantity * need.unitCost,
    marginSaved,
    marginLost: Math.max(0, worthOf(need, asked) - marginSaved),
    because: short > 0 ? becauseOf(problem, allocation, need, quantity) : null,
  };
}

function becauseOf(
  { limits }: AllocationProblem,
  { prices, notOrdered }: Allocated,
  need: AllocationNeed,
  quantity: number,
): string {
  if (notOrdered.some(({ supplier }) => supplier === need.supplier)) {
    return `nothing is ordered from ${need.supplier}`;
  }
  if (worthOf(need, askedOf(need)) <= worthOf(need, quantity)) return 'more would save nothing';
  const binding = limits.filter(
    (limit, i) =>
      limit.kind !== 'minimum' && (prices[i] as number) > NO_PRICE && usage(limit, need) > 0,
  );
  return binding.length > 0 ? binding.map(limitName).join(', ') : 'whole packs';
}

function limitReport(limit: Limit, { used, prices }: Allocated, i: number): LimitReport {
  const price = prices[i] as number;
  const isBinding = price > NO_PRICE;
  const says = isBinding ? priceText(limit, price) : `${limitName(limit)} does not bind`;
  return { ...limit, used: used[i] as number, shadowPrice: isBinding ? price : 0, isBinding, says };
}

function allocatedText(needs: readonly NeedReport[]): string {
  if (needs.length === 0) return 'nothing is needed that could be weighed';
  const cut = needs.filter(({ short }) => short > 0).length;
  const cost = needs.reduce((sum, need) => sum + need.cost, 0);
  const all = `${needs.length} ${needs.length === 1 ? 'need' : 'needs'}`;
  if (cut === 0) return `${all}, each gets all it asks for, for ${money(cost)} in all`;
  return `${all}, of which ${cut} get less than they ask for, for ${money(cost)} in all`;
}

function impossibleText({
  conflict,
  isByPacks,
}: Extract<Allocation, { readonly kind: 'impossible' }>): string {
  const packs = isByPacks ? ' in whole packs' : '';
  if (conflict.length === 0) return `no quantities were found that keep to all limits${packs}`;
  const one = conflict.length === 1 ? 'cannot be kept' : 'cannot be kept together';
  return `${conflictText(conflict)} ${one}${packs}`;
}

function notOrderedText(supplier: string, conflict: readonly Constraint[]): string {
  if (conflict.length === 0) {
    return `nothing is ordered from ${supplier}: to reach its minimum order value would save less`;
  }
  const one = conflict.length === 1 ? 'cannot be reached with all that is needed' : 'exclude it';
  return `nothing is ordered from ${supplier}: ${conflictText(conflict)} ${one}`;
}

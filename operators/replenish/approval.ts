// Approval: which signals are sent at once, and which wait for a person.
import type { Terms } from './terms.js';

export interface ApprovalRules {
  /** False: every signal waits. */
  readonly auto: boolean;
  /** Most money (units x unit cost) that is sent without a person; null: any. */
  readonly upToValue: number | null;
  /** Suppliers whose signals are sent without a person; null: all. */
  readonly suppliers: ReadonlySet<string> | null;
  /** Classes by value (A, B, C) whose signals are sent without a person; null: all. */
  readonly classes: ReadonlySet<string> | null;
}

/** Why a signal waits for approval. */
export type Waiting = 'manual' | 'value' | 'supplier' | 'class' | 'doubtful-demand';

/** Null: it may be sent. A SKU of unknown cost, supplier or class waits where that is asked about. */
export function waitsFor(rules: ApprovalRules, terms: Terms, quantity: number): Waiting | null {
  if (!rules.auto) return 'manual';
  const { supplier, unitCost, demandClass } = terms;
  if (rules.suppliers !== null && (supplier === undefined || !rules.suppliers.has(supplier))) {
    return 'supplier';
  }
  if (rules.classes !== null && !rules.classes.has(demandClass.charAt(0))) return 'class';
  if (rules.upToValue !== null && !(quantity * unitCost <= rules.upToValue)) return 'value';
  return null;
}

/** Names separated by commas, as a setting holds them; null: no rule. */
export function namesIn(list: string | null): ReadonlySet<string> | null {
  if (list === null) return null;
  return new Set(list.split(',').map((name) => name.trim()));
}

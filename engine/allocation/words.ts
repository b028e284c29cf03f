// Limits and their prices in words.
import type { Limit } from '../../operators/replenish/allocate.js';
import type { Constraint } from './conflict.js';

/** "storage at berlin". */
export function limitName(limit: Limit): string {
  switch (limit.kind) {
    case 'budget':
      return 'budget';
    case 'storage':
      return `storage at ${limit.location}`;
    case 'capacity':
      return `capacity of ${limit.supplier}`;
    case 'minimum':
      return `minimum order value of ${limit.supplier}`;
    default:
      return limit satisfies never;
  }
}

/** What one more of a limit is worth; of a minimum order value, one less. */
export function priceText(limit: Limit, price: number): string {
  const worth = `is worth ${money(price)}`;
  switch (limit.kind) {
    case 'budget':
      return `1.00 more of budget ${worth}`;
    case 'storage':
      return `one more cubic metre at ${limit.location} ${worth}`;
    case 'capacity':
      return `one more unit from ${limit.supplier} ${worth}`;
    case 'minimum':
      return `1.00 less of minimum order value of ${limit.supplier} ${worth}`;
    default:
      return limit satisfies never;
  }
}

/** "the budget of 3000.00 and the minimum order value of acme, 5000.00". */
export function conflictText(conflict: readonly Constraint[]): string {
  const each = conflict.map(constraintText);
  const last = each.at(-1) ?? '';
  return each.length < 2 ? last : `${each.slice(0, -1).join(', ')} and ${last}`;
}

function constraintText(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'must': {
      const { supplier, location, units } = constraint;
      const from = supplier === null ? '' : ` from ${supplier}`;
      return `the ${amountText(units)} units that must be ordered${from} for ${location}`;
    }
    case 'storage':
      return `the ${amountText(constraint.amount)} m³ left at ${constraint.location}`;
    case 'capacity':
      return `the ${amountText(constraint.amount)} units left of ${limitName(constraint)}`;
    default:
      return `the ${limitName(constraint)}, ${money(constraint.amount)}`;
  }
}

/** Hundredths, or two digits of what is less than a tenth. */
export function money(value: number): string {
  const isSmall = Math.abs(value) < 0.1 && Math.abs(value) >= 1e-6;
  return isSmall ? String(Number(value.toPrecision(2))) : value.toFixed(2);
}

/** Six digits that count. */
export function amountText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

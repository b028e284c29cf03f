// Joint replenishment: several items of one supplier share the cost of an order.

/** Multiples are tried up to this one: a year of weekly orders. */
const MOST_MULTIPLE = 52;

/** One item of the family. */
export interface FamilyItem {
  /** a, cost of one more line on an order, >= 0. */
  readonly lineCost: number;
  /** D, units a year, > 0. */
  readonly demandPerYear: number;
  /** h, cost of holding one unit for a year, > 0. */
  readonly holdingCost: number;
}

/** Orders every `cycleYears`; item i is on every multiples[i]-th of them. */
export interface JointPlan {
  /** T, years. */
  readonly cycleYears: number;
  readonly multiples: readonly number[];
  /** D k T of each item, units. */
  readonly quantities: readonly number[];
  readonly costPerYear: number;
}

/**
 * Cost a year of ordering every T with multiples k:
 *   (A + sum of a_i / k_i) / T + sum of h_i D_i k_i T / 2,
 * at the best T = sqrt(2 (A + sum of a_i / k_i) / sum of h_i D_i k_i).
 * Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*,
 * chapter 10.
 * @param orderingCost A, of an order whatever is on it, > 0
 * @throws RangeError when an argument is out of its range
 */
export function jointPlan(
  orderingCost: number,
  items: readonly FamilyItem[],
  multiples: readonly number[],
): JointPlan {
  check(orderingCost, items);
  let fixed = orderingCost;
  let held = 0;
  items.forEach(({ lineCost, demandPerYear, holdingCost }, i) => {
    const multiple = multiples[i] as number;
    if (!(multiple >= 1)) throw new RangeError(`multiples must be >= 1, got ${multiple}`);
    fixed += lineCost / multiple;
    held += holdingCost * demandPerYear * multiple;
  });
  const cycleYears = Math.sqrt((2 * fixed) / held);
  const quantities = items.map((item, i) => item.demandPerYear * multiples[i]! * cycleYears);
  return { cycleYears, multiples, quantities, costPerYear: Math.sqrt(2 * fixed * held) };
}

/**
 * Silver's method: the item with the least a / (h D) is on every order; item i on every k-th,
 *   k_i = sqrt(a_i / (h_i D_i) * h_1 D_1 / (A + a_1)), rounded, at least 1.
 * Close to the best where that item is a good part of the family's stock; far from it where its
 * line is free and it hardly sells. `bestJointPlan` has no such case.
 * Source: Silver, *A Simple Method of Determining Order Quantities in Joint Replenishments under
 * Deterministic Demand*, Management Science 22, 1976; Silver, Pyke & Thomas, chapter 10.
 * @throws RangeError when an argument is out of its range
 */
export function silverJointPlan(orderingCost: number, items: readonly FamilyItem[]): JointPlan {
  check(orderingCost, items);
  const first = items.reduce((a, b) => (ratioOf(b) < ratioOf(a) ? b : a));
  const scale = (first.holdingCost * first.demandPerYear) / (orderingCost + first.lineCost);
  const multiples = items.map((item) =>
    item === first ? 1 : within(Math.round(Math.sqrt(ratioOf(item) * scale))),
  );
  return jointPlan(orderingCost, items, multiples);
}

/**
 * The best plan with multiples up to 52. For a cycle T item i is cheapest at the smallest k with
 * k (k + 1) >= 2 a_i / (h_i D_i T^2), so as T falls the best multiples change at known points, one
 * item at a time. All of them are passed, from the longest T down to where A / T alone costs more
 * than the best so far.
 * Source: Goyal, *Determination of Optimum Packaging Frequency of Items Jointly Replenished*,
 * Management Science 21, 1974; Wildeman, Frenk & Dekker, EJOR 99, 1997.
 * @param orderingCost A, of an order whatever is on it, > 0
 * @throws RangeError when an argument is out of its range
 */
export function bestJointPlan(orderingCost: number, items: readonly FamilyItem[]): JointPlan {
  let best = silverJointPlan(orderingCost, items);
  const multiples = items.map(() => 1);
  let fixed = orderingCost + items.reduce((sum, { lineCost }) => sum + lineCost, 0);
  let held = items.reduce((sum, item) => sum + item.holdingCost * item.demandPerYear, 0);
  for (const { cycleYears, item } of changes(items)) {
    if (Math.sqrt(2 * fixed * held) < best.costPerYear * (1 - 1e-12)) {
      best = jointPlan(orderingCost, items, [...multiples]);
    }
    if (orderingCost / cycleYears > best.costPerYear) return best;
    const { lineCost, holdingCost, demandPerYear } = items[item] as FamilyItem;
    const multiple = multiples[item]!++;
    fixed -= lineCost / (multiple * (multiple + 1));
    held += holdingCost * demandPerYear;
  }
  const last = jointPlan(orderingCost, items, multiples);
  return last.costPerYear < best.costPerYear ? last : best;
}

/** Cycles at which an item's best multiple goes up by one, the longest first. */
function changes(items: readonly FamilyItem[]): { cycleYears: number; item: number }[] {
  const all = items.flatMap((family, item) =>
    Array.from({ length: MOST_MULTIPLE - 1 }, (_, i) => ({
      cycleYears: Math.sqrt((2 * ratioOf(family)) / ((i + 1) * (i + 2))),
      item,
    })).filter(({ cycleYears }) => cycleYears > 0),
  );
  return all.sort((a, b) => b.cycleYears - a.cycleYears);
}

function ratioOf({ lineCost, holdingCost, demandPerYear }: FamilyItem): number {
  return lineCost / (holdingCost * demandPerYear);
}

function within(multiple: number): number {
  return Math.min(MOST_MULTIPLE, Math.max(1, multiple));
}

function check(orderingCost: number, items: readonly FamilyItem[]): void {
  if (!(orderingCost > 0)) throw new RangeError(`orderingCost must be > 0, got ${orderingCost}`);
  if (items.length === 0) throw new RangeError('items must not be empty, got 0');
  for (const { lineCost, holdingCost, demandPerYear } of items) {
    if (!(lineCost >= 0)) throw new RangeError(`lineCost must be >= 0, got ${lineCost}`);
    if (!(holdingCost > 0)) throw new RangeError(`holdingCost must be > 0, got ${holdingCost}`);
    if (!(demandPerYear > 0)) {
      throw new RangeError(`demandPerYear must be > 0, got ${demandPerYear}`);
    }
  }
}

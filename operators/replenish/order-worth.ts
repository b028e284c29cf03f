// What an order, or only a part of it, is worth: the margin that it is expected to save.

/** Quantities at which the worth of an order is computed; it runs straight in between. */
const MOST_POINTS = 32;
/** Part of a pack that counts as none: sums of decimals are not exact. */
const TOLERANCE = 1e-9;

/** What the worth of an order for one SKU and location goes by. */
export interface OrderWorth {
  /** Units asked for over the lead time and not there with `units` >= 0: E[max(D - units, 0)]. */
  readonly loss: (units: number) => number;
  /** Inventory position before the order, units. */
  readonly position: number;
  /** Price less cost of one unit. */
  readonly margin: number;
  /** Cost of placing an order, >= 0. */
  readonly orderingCost: number;
  /** Units that the policy asks for, > 0. */
  readonly planned: number;
}

/**
 * Worth of ordering q of the planned Q units, against ordering none:
 *   V(q) = margin (loss(position) - loss(position + q)) - K (1 - q / Q)^2 for q > 0; V(0) = 0.
 * First the margin of the shortage avoided over the lead time, concave in q. Then what a smaller
 * order than planned costs: the next one comes sooner. Per cycle of the economic order quantity Q,
 * ordering q costs K + h q^2 / (2 d) against the least average cost g = sqrt(2 K h d) over q / d
 * of time, and K + h q^2 / (2 d) - g q / d = K (1 - q / Q)^2: ordering and holding cost together.
 * Source: Snyder & Shen, *Fundamentals of Supply Chain Theory*, 3.2 (EOQ) and 4.3 (loss function);
 * Ross, *Introduction to Probability Models*, 7.4 (renewal reward).
 * @param quantity units, 0 to planned
 * @example margin 2, certain demand of 10, nothing there, no ordering cost: V(4) = 8
 */
export function orderValue(worth: OrderWorth, quantity: number): number {
  if (quantity <= 0) return 0;
  const { position, margin, orderingCost, planned } = worth;
  const avoided = short(worth, position) - short(worth, position + quantity);
  return margin * avoided - orderingCost * (1 - quantity / planned) ** 2;
}

/** Below zero every unit is promised already. */
function short({ loss }: OrderWorth, units: number): number {
  return units < 0 ? loss(0) - units : loss(units);
}

/** Which parts of an order can be ordered. */
export interface OrderParts {
  readonly planned: number;
  /** Smallest order, units; 0: none. */
  readonly minimum: number;
  /** Units of a pack; 0: any quantity. */
  readonly pack: number;
  /** Units that must be ordered; 0: none. */
  readonly must: number;
}

/** Smallest quantity that can be ordered, units. */
export function smallestOrder({ planned, minimum, pack }: OrderParts): number {
  if (!(pack > 0)) return Math.min(planned, minimum);
  return Math.min(planned, Math.max(1, Math.ceil(minimum / pack - TOLERANCE)) * pack);
}

/**
 * Quantities from the least to the planned one, at most 32, each of which can be ordered: whole
 * packs, at least the minimum; the least is 0, or what must be ordered.
 * @throws RangeError unless planned > 0
 * @example planned 24, minimum 7, pack 4: 0, 8, 12, 16, 20, 24
 */
export function orderPoints(parts: OrderParts): number[] {
  const { planned, pack, must } = parts;
  if (!(planned > 0)) throw new RangeError(`planned must be > 0, got ${planned}`);
  const smallest = smallestOrder(parts);
  const first = must > smallest ? packedUp(must, parts) : smallest;
  const points = must > 0 ? [first] : [0];
  const steps = pack > 0 ? Math.ceil((planned - first) / pack - TOLERANCE) : MOST_POINTS;
  const width = (planned - first) / steps;
  const kept = Math.min(steps, MOST_POINTS - 2);
  for (let i = 0; i <= kept; i++) {
    const step = kept > 0 ? Math.round((i * steps) / kept) : 0;
    const at = pack > 0 ? first + step * pack : first + step * width;
    const point = Math.min(planned, i === kept ? planned : at);
    if (point > (points.at(-1) as number) + TOLERANCE * planned) points.push(point);
  }
  return points;
}

function packedUp(units: number, { planned, pack }: OrderParts): number {
  return Math.min(planned, pack > 0 ? Math.ceil(units / pack - TOLERANCE) * pack : units);
}

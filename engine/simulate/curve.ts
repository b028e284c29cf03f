// Curves of fill rate over stock: what a policy would reach with the stock of another.

export interface Point {
  readonly stock: number;
  readonly fillRate: number;
}

/**
 * Fill rate at a stock, straight between the points next to it; null: the curve ends before it.
 * @param points of one policy at several settings, in any order
 */
export function fillRateAt(points: readonly Point[], stock: number): number | null {
  const sorted = [...points].sort((a, b) => a.stock - b.stock);
  for (let i = 0; i < sorted.length; i++) {
    const point = sorted[i] as Point;
    if (point.stock < stock) continue;
    const before = sorted[i - 1];
    if (before === undefined) return point.stock === stock ? point.fillRate : null;
    const at = (stock - before.stock) / (point.stock - before.stock);
    return before.fillRate + at * (point.fillRate - before.fillRate);
  }
  return null;
}

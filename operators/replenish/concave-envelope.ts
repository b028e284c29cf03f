// The concave envelope of some points: the lowest concave function above all of them.

/**
 * Indices of the points that the envelope bends at, first and last included.
 * Source: Andrew, *Another efficient algorithm for convex hulls in two dimensions*, IPL 9, 1979.
 * @param x rising
 * @param y as many
 * @example concaveEnvelope([0, 1, 2, 3], [0, -1, 4, 5]) // [0, 2, 3]
 */
export function concaveEnvelope(x: readonly number[], y: readonly number[]): number[] {
  const kept: number[] = [];
  for (let i = 0; i < x.length; i++) {
    while (kept.length >= 2 && !isAbove(kept.at(-2) as number, kept.at(-1) as number, i)) {
      kept.pop();
    }
    kept.push(i);
  }
  return kept;

  /** Point b lies above the line from a to c. */
  function isAbove(a: number, b: number, c: number): boolean {
    const [ax, bx, cx] = [x[a] as number, x[b] as number, x[c] as number];
    const [ay, by, cy] = [y[a] as number, y[b] as number, y[c] as number];
    return (by - ay) * (cx - ax) > (cy - ay) * (bx - ax);
  }
}

// Value histogram: where the rows of a location that make up 80 % and 95 % of its value end.

/** Classes of value a doubling: each is 9 % wide. */
const PER_DOUBLING = 8;
/** log2 of the least value that is told from a smaller one, and of the greatest. */
const LOWEST = -20;
const HIGHEST = 44;
const BINS = (HIGHEST - LOWEST) * PER_DOUBLING;

/**
 * Sums of value by classes of its logarithm. So a border is found in one pass over 512 sums, where
 * rows need not be sorted; it is a class's lower end, at most 9 % below the value of the row at
 * which sorting would have put it.
 */
export class ValueHistogram {
  private readonly sums = new Float64Array(BINS);

  /**
   * Counts a row.
   * @param value money, >= 0; 0 is in no class
   * @throws RangeError when it is not
   */
  add(value: number): void {
    if (!(value >= 0)) throw new RangeError(`value must be >= 0, got ${value}`);
    if (value === 0) return;
    const bin = binOf(value);
    this.sums[bin] = (this.sums[bin] as number) + value;
  }

  /**
   * The value from which on, all rows together, make up `share` of the total: the lower end of the
   * class in which the share is reached, so the row that crosses the border is above it. Infinity:
   * nothing has a value.
   * @param share in (0, 1)
   */
  border(share: number): number {
    const total = this.sums.reduce((sum, value) => sum + value, 0);
    if (total === 0) return Number.POSITIVE_INFINITY;
    let above = 0;
    for (let bin = BINS - 1; bin > 0; bin--) {
      above += this.sums[bin] as number;
      if (above >= share * total) return lowerEnd(bin);
    }
    return 0;
  }
}

function binOf(value: number): number {
  const bin = Math.floor((Math.log2(value) - LOWEST) * PER_DOUBLING);
  return Math.min(BINS - 1, Math.max(0, bin));
}

function lowerEnd(bin: number): number {
  return 2 ** (LOWEST + bin / PER_DOUBLING);
}

// Demand patterns: smooth, erratic, intermittent or lumpy, by how often and how evenly it comes.

export const DEMAND_PATTERNS = ['smooth', 'erratic', 'intermittent', 'lumpy'] as const;
export type DemandPattern = (typeof DEMAND_PATTERNS)[number];

/** Buckets from one demand to the next, on average, from which demand counts as rare. */
const RARE_ADI = 1.32;
/** Squared coefficient of variation of demand sizes from which they count as uneven. */
const UNEVEN_CV2 = 0.49;

/**
 * Pattern of a demand.
 *
 * |                | CV2 < 0.49   | CV2 >= 0.49 |
 * | ADI < 1.32     | smooth       | erratic     |
 * | ADI >= 1.32    | intermittent | lumpy       |
 *
 * Source: Syntetos, Boylan & Croston, *On the categorization of demand patterns*, Journal of the
 * Operational Research Society 56, 2005.
 * @param adi average demand interval, buckets / buckets with demand, >= 1; Infinity: no demand
 * @param cv2 squared coefficient of variation of the sizes that are not zero, >= 0
 */
export function demandPattern({ adi, cv2 }: { adi: number; cv2: number }): DemandPattern {
  if (adi < RARE_ADI) return cv2 < UNEVEN_CV2 ? 'smooth' : 'erratic';
  return cv2 < UNEVEN_CV2 ? 'intermittent' : 'lumpy';
}

/**
 * ADI and CV2 of a series, bucket by bucket, in O(1) (sizes by Welford's update).
 * @example 0 0 3 0 0 0 2 …: see known answer F5, ADI 20 / 6, CV2 .18519
 */
export class DemandShape {
  private buckets = 0;
  private sales = 0;
  private mean = 0;
  /** Sum of squared deviations of sizes from their mean. */
  private squares = 0;

  /** @param units of a bucket, >= 0; NaN (not known) changes nothing */
  learn(units: number): void {
    if (Number.isNaN(units)) return;
    this.buckets++;
    if (units === 0) return;
    this.sales++;
    const before = units - this.mean;
    this.mean += before / this.sales;
    this.squares += before * (units - this.mean);
  }

  /** Average demand interval; Infinity where nothing was ever sold. */
  get adi(): number {
    return this.sales > 0 ? this.buckets / this.sales : Number.POSITIVE_INFINITY;
  }

  /** Squared coefficient of variation (population) of sizes; 0 for one sale or none. */
  get cv2(): number {
    return this.sales > 0 ? this.squares / this.sales / this.mean ** 2 : 0;
  }

  get pattern(): DemandPattern {
    return demandPattern(this);
  }
}

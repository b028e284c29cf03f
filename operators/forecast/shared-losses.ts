// Shared losses: what each expert loses on average over all rows, with forgetting.

/** What losses keep from bucket to bucket: half is gone after 14. */
export const KEPT = 0.95;

/** Losses of a bucket are gathered over its rows; their mean counts when it has closed. */
export class SharedLosses {
  readonly sums: Float64Array;
  private readonly gathered: Float64Array;
  private rows = 0;
  /** Rows of a bucket, as it has been of late. */
  usualRows = 0;

  constructor(experts: number) {
    this.sums = new Float64Array(experts);
    this.gathered = new Float64Array(experts);
  }

  /** @param losses of each expert for one row */
  add(losses: Float64Array): void {
    for (let i = 0; i < losses.length; i++) {
      this.gathered[i] = (this.gathered[i] as number) + (losses[i] as number);
    }
    this.rows++;
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    if (this.rows === 0) return;
    this.usualRows = KEPT * this.usualRows + (1 - KEPT) * this.rows;
    for (let i = 0; i < this.sums.length; i++) {
      this.sums[i] = KEPT * (this.sums[i] as number) + (this.gathered[i] as number) / this.rows;
      this.gathered[i] = 0;
    }
    this.rows = 0;
  }
}

// The contract of an online demand forecaster.

/** A closed demand bucket of one row. */
export interface DemandBucket {
  /** Start of the local hour or day, ms since 1970 (UTC). */
  startMs: number;
  /** Day of the week, or hour of the week: 0 … seasons - 1. */
  season: number;
  /** Demand in units, >= 0, cancelled demand taken out; NaN: not known, for lack of stock. */
  units: number;
  /** Share of the bucket in which there was stock to sell, 0-1. */
  inStockShare: number;
  /** Mean price of one unit, > 0; NaN: not known. */
  price: number;
  /** Share of the bucket on promotion, 0-1; 0 where nobody says. */
  promotion: number;
  /** Units put into carts, taken out, and left in carts that were abandoned. */
  cartAdds: number;
  cartRemovals: number;
  cartsAbandoned: number;
  /** Times that it was looked at. */
  views: number;
}

/** A bucket in which nothing happened, of which nothing is known but its demand: none. */
export function emptyBucket(): DemandBucket {
  return {
    startMs: 0,
    season: 0,
    units: 0,
    inStockShare: 1,
    price: Number.NaN,
    promotion: 0,
    cartAdds: 0,
    cartRemovals: 0,
    cartsAbandoned: 0,
    views: 0,
  };
}

/**
 * Learns as each bucket closes, in O(1), and predicts the buckets behind it.
 * State is columns of the table given to the constructor, so it is in every snapshot. What all
 * forecasters of a row would count alike, buckets known and the season to come, is in the
 * `Course` that they share; it advances when all of them have learned the bucket.
 */
export interface OnlineForecaster {
  readonly name: string;
  /** Takes the bucket that follows the last one; one of unknown units only lets time pass. */
  learn(row: number, bucket: DemandBucket): void;
  /**
   * Writes the expected units of the next `horizon` buckets to `out[0 … horizon - 1]`: finite and
   * not negative. False while cold: then `out` is not written.
   */
  predict(row: number, horizon: number, out: Float64Array): boolean;
}

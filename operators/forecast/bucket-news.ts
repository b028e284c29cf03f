// Bucket news: what in a closed bucket was unusual for its SKU and may tell of the next one.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import type { DemandBucket } from './forecaster.js';

/** Names of the news, in order; those of carts come last. */
export const NEWS = ['surprise', 'price', 'promotion', 'stockOut'] as const;
export const CART_NEWS = ['cartAdds', 'cartRemovals', 'cartsAbandoned', 'views'] as const;

/** News are kept in a byte: steps of 1/42 from -3 to 3. */
const ZERO = 128;
const STEPS = 42;
const STEP = 1 / STEPS;
const MOST = 127 / STEPS;
/** Units that a SKU's average is helped with, so that one cart for a slow SKU is not a storm. */
const FEW = 0.5;
/** Gain of the averages at least. */
const GAIN = 0.05;
/** A price twice its average counts as this much: prices vary by per cents. */
const PRICE_SCALE = 3;
/** Prices this close to their average are none to speak of: less than half a step. */
const USUAL_PRICE = 0.003;

/**
 * Features of a closed bucket, each 0 when nothing is unusual or nobody says, in [-3, 3]:
 *   surprise    units / level - season index
 *   price       3 ln(price / own average price)
 *   promotion   share of the bucket on promotion
 *   stockOut    share of the bucket without stock
 *   carts       (v + .5) / (own average s + .5) - 1 of adds, removals, abandoned units and views,
 *               s the season index of the bucket
 * A byte a feature, and a Float32 for each average. A bucket of unknown units makes them fade.
 */
export class BucketNews {
  readonly count: number;
  private readonly codes: Column<Uint8Array>;
  private readonly meanPrice: Column<Float32Array>;
  private readonly meanCarts: Column<Float32Array> | null;
  /** Carts of the bucket that is learned. */
  private readonly now = new Float64Array(CART_NEWS.length);

  constructor(table: Table, scope: string, withCarts: boolean) {
    this.count = NEWS.length + (withCarts ? CART_NEWS.length : 0);
    const columns = table.columns(scope);
    this.codes = columns.uint8('codes', this.count, ZERO);
    this.meanPrice = columns.float32('meanPrice');
    this.meanCarts = withCarts ? columns.float32('meanCarts', CART_NEWS.length) : null;
  }

  /** Writes the features of the row's last bucket to `out[at …]`. */
  read(row: number, out: Float64Array, at: number): void {
    const { count } = this;
    const { values } = this.codes;
    const from = row * count;
    for (let n = 0; n < count; n++) out[at + n] = ((values[from + n] as number) - ZERO) * STEP;
  }

  /** A bucket of unknown units: what was news is old now. */
  fade(row: number, share: number): void {
    const { codes, count } = this;
    for (let at = row * count; at < (row + 1) * count; at++) {
      codes.values[at] = ZERO + Math.trunc(share * ((codes.values[at] as number) - ZERO));
    }
  }

  /**
   * @param told what is known of the row before this bucket: buckets and the season's index
   * @param surprise units / level - season index
   */
  learn(
    row: number,
    bucket: DemandBucket,
    told: { readonly known: number; readonly index: number },
    surprise: number,
  ): void {
    const { values } = this.codes;
    const at = row * this.count;
    values[at] = codeOf(surprise);
    values[at + 1] = this.priceCode(row, bucket.price);
    values[at + 2] = codeOf(bucket.promotion);
    values[at + 3] = codeOf(1 - bucket.inStockShare);
    if (this.meanCarts === null) return;
    const { now } = this;
    now[0] = bucket.cartAdds;
    now[1] = bucket.cartRemovals;
    now[2] = bucket.cartsAbandoned;
    now[3] = bucket.views;
    this.learnCarts(row, told.known, told.index);
  }

  private priceCode(row: number, price: number): number {
    if (!(price > 0 && price < 1e30)) return ZERO;
    const means = this.meanPrice.values;
    const mean = means[row] as number;
    means[row] = mean > 0 ? mean + GAIN * (price - mean) : price;
    const isUsual = Math.abs(price - mean) <= USUAL_PRICE * mean;
    return mean > 0 && !isUsual ? codeOf(PRICE_SCALE * Math.log(price / mean)) : ZERO;
  }

  private learnCarts(row: number, known: number, index: number): void {
    const { values } = this.codes;
    const means = (this.meanCarts as Column<Float32Array>).values;
    const codes = row * this.count + NEWS.length;
    const gain = Math.max(GAIN, 1 / (known + 1));
    for (let n = 0; n < CART_NEWS.length; n++) {
      const at = row * CART_NEWS.length + n;
      const mean = means[at] as number;
      const count = this.now[n] as number;
      const seen = count >= 0 && count < 1e30 ? count : 0;
      const usual = mean * index;
      means[at] = mean + gain * (seen - usual);
      const isNews = known > 0 && seen !== usual;
      values[codes + n] = isNews ? codeOf((seen + FEW) / (Math.max(0, usual) + FEW) - 1) : ZERO;
    }
  }
}

function codeOf(news: number): number {
  if (news === 0) return ZERO;
  const within = Math.min(MOST, Math.max(-MOST, news));
  return Number.isNaN(within) ? ZERO : ZERO + Math.round(within * STEPS);
}

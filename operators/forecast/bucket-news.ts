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

  constructor(table: Table, scope: string, withCarts: boolean) {
    this.count = NEWS.length + (withCarts ? CART_NEWS.length : 0);
    const columns = table.columns(scope);
    this.codes = columns.uint8('codes', this.count, ZERO);
    this.meanPrice = columns.float32('meanPrice');
    this.meanCarts = withCarts ? columns.float32('meanCarts', CART_NEWS.length) : null;
  }

  /** Feature `n` of the row's last bucket. */
  get(row: number, n: number): number {
    return ((this.codes.values[row * this.count + n] as number) - ZERO) * STEP;
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
    this.put(row, 0, surprise);
    this.put(row, 1, this.priceNews(row, bucket.price));
    this.put(row, 2, bucket.promotion);
    this.put(row, 3, 1 - bucket.inStockShare);
    if (this.meanCarts === null) return;
    this.cartNews(row, 0, bucket.cartAdds, told);
    this.cartNews(row, 1, bucket.cartRemovals, told);
    this.cartNews(row, 2, bucket.cartsAbandoned, told);
    this.cartNews(row, 3, bucket.views, told);
  }

  private priceNews(row: number, price: number): number {
    if (!(price > 0 && price < 1e30)) return 0;
    const mean = this.meanPrice.values[row] as number;
    this.meanPrice.values[row] = mean > 0 ? mean + GAIN * (price - mean) : price;
    return mean > 0 ? PRICE_SCALE * Math.log(price / mean) : 0;
  }

  private cartNews(
    row: number,
    n: number,
    count: number,
    told: { readonly known: number; readonly index: number },
  ): void {
    const means = (this.meanCarts as Column<Float32Array>).values;
    const at = row * CART_NEWS.length + n;
    const mean = means[at] as number;
    const seen = count >= 0 && count < 1e30 ? count : 0;
    const usual = mean * told.index;
    means[at] = mean + Math.max(GAIN, 1 / (told.known + 1)) * (seen - usual);
    const news = told.known === 0 ? 0 : (seen + FEW) / (Math.max(0, usual) + FEW) - 1;
    this.put(row, NEWS.length + n, news);
  }

  private put(row: number, n: number, value: number): void {
    const within = Math.min(MOST, Math.max(-MOST, value));
    const code = Number.isNaN(within) ? ZERO : ZERO + Math.round(within * STEPS);
    this.codes.values[row * this.count + n] = code;
  }
}

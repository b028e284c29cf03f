// A shop whose carts tell of the next day's demand by a stated relation, or of nothing at all.
import { Random } from '../../../engine/demo/random.js';
import type { DemandBucket } from '../../../operators/forecast/forecaster.js';

export interface CartDemandOptions {
  readonly seed: string;
  readonly skus: number;
  readonly days: number;
  /** False: the carts that are shown are others, drawn alike, that no demand comes from. */
  readonly carts: 'lead' | 'noise';
}

export interface CartShop {
  /** Category of each SKU, 1-3. */
  readonly categories: readonly number[];
  /** By SKU, then by day. */
  readonly buckets: readonly (readonly DemandBucket[])[];
}

const DAY_MS = 86_400_000;
/** Share of demand that comes from the carts of the day before. */
const FROM_CARTS = 0.6;
/** Standard deviation of a day's interest in a SKU; its mean is 1. */
const INTEREST_SD = 0.8;
const REMOVED = 0.25;
const ABANDONED = 0.2;
const VIEWS_AN_ADD = 6;
const WEEK = [0.8, 0.9, 0.9, 1, 1.1, 1.4, 0.9];

/**
 * SKU of level L (units a day, .3 … 30), day t of the week's index s(t):
 *   interest  g(t)    gamma, mean 1, standard deviation .8, independent of the day before
 *   adds      a(t)    Poisson of mean L g(t)
 *   removals  r(t)    a quarter of the adds, each by chance
 *   demand    d(t+1)  Poisson of mean L s(t+1) (.4 + .6 (a(t) - r(t)) / (.75 L))
 * and a fifth of the adds abandoned, six views an add. Demand is the same whether the carts that
 * are shown are those that led to it or others.
 */
export function cartShop(options: CartDemandOptions): CartShop {
  const categories = Array.from({ length: options.skus }, (_, sku) => 1 + (sku % 3));
  const buckets = categories.map((_, sku) => cartSku(options, sku));
  return { categories, buckets };
}

function cartSku(options: CartDemandOptions, sku: number): DemandBucket[] {
  const level = 0.3 * 100 ** new Random(options.seed, `level ${sku}`).next();
  const led = new Carts(new Random(options.seed, `carts ${sku}`), level);
  const noise = new Carts(new Random(options.seed, `noise ${sku}`), level);
  const random = new Random(options.seed, `demand ${sku}`);
  let kept = level * (1 - REMOVED);
  return Array.from({ length: options.days }, (_, day) => {
    const pull = kept / ((1 - REMOVED) * level);
    const season = day % 7;
    const mean = level * (WEEK[season] as number) * (1 - FROM_CARTS + FROM_CARTS * pull);
    const truth = led.day();
    const other = noise.day();
    kept = truth.cartAdds - truth.cartRemovals;
    return {
      startMs: day * DAY_MS,
      season,
      units: poisson(random, mean),
      inStockShare: 1,
      price: Number.NaN,
      promotion: 0,
      ...(options.carts === 'lead' ? truth : other),
    };
  });
}

type CartCounts = Pick<DemandBucket, 'cartAdds' | 'cartRemovals' | 'cartsAbandoned' | 'views'>;

class Carts {
  constructor(
    private readonly random: Random,
    private readonly level: number,
  ) {}

  day(): CartCounts {
    const interest = this.random.gamma({ mean: 1, sd: INTEREST_SD });
    const cartAdds = poisson(this.random, this.level * interest);
    return {
      cartAdds,
      cartRemovals: this.some(cartAdds, REMOVED),
      cartsAbandoned: this.some(cartAdds, ABANDONED),
      views: poisson(this.random, this.level * interest * VIEWS_AN_ADD),
    };
  }

  private some(count: number, share: number): number {
    let some = 0;
    for (let n = 0; n < count; n++) if (this.random.chance(share)) some++;
    return some;
  }
}

/** Arrivals in a unit of time, by the gaps between them. */
function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  let count = 0;
  for (let time = random.exponential(1 / mean); time < 1; time += random.exponential(1 / mean)) {
    count++;
  }
  return count;
}

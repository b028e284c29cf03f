// Claims about the regression that the SKUs of a category share.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Course } from '../../../operators/forecast/course.js';
import type { DemandBucket } from '../../../operators/forecast/forecaster.js';
import { Regression, type RegressionOptions } from '../../../operators/forecast/regression.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { bucketOf } from './bucket-of.js';
import { type CartShop, cartShop } from './cart-demand.js';

const DEFAULTS = { withCarts: true, forgetting: 0.995, ridge: 100, categoryOf: () => 1 };

for (const withCarts of [false, true]) {
  forecasterContract(`regression ${withCarts ? 'with' : 'without'} carts`, {
    make: (table, course) =>
      new Regression(table, course, { ...DEFAULTS, withCarts, categoryOf: (row) => row % 3 }),
    warmAfter: { atLeast: 3, seasons: 0 },
    weekly: { weeks: 26, error: 0.15 },
    constant: { share: 1, error: SINGLE },
    overshoot: 2,
    fades: true,
    pooled: true,
  });
}

/** Some SKUs and the regression that they share. */
class Shop {
  readonly table = new Table();
  readonly course = new Course(this.table, 7);
  readonly regression: Regression;

  constructor(skus: number, options: Partial<RegressionOptions> = {}) {
    this.regression = new Regression(this.table, this.course, { ...DEFAULTS, ...options });
    for (let n = 0; n < skus; n++) this.table.row(this.table.skus.intern(`sku-${n}`), 0);
  }

  learn(row: number, bucket: DemandBucket): void {
    this.regression.learn(row, bucket);
    this.course.advance(row, bucket);
  }

  predict(row: number, horizon = 1): readonly number[] {
    const out = new Float64Array(horizon);
    return this.regression.predict(row, horizon, out) ? [...out] : [];
  }

  save(): Uint8Array {
    const writer = new StateWriter();
    this.table.save(writer);
    this.regression.save(writer);
    return encodeState(writer);
  }

  load(saved: Uint8Array): void {
    const reader = decodeState(saved);
    this.table.load(reader);
    this.regression.load(reader);
  }
}

/** Sum of |error| / sum of demand, one day ahead, behind the first four weeks. */
function wape(source: CartShop, withCarts: boolean): number {
  const { buckets, categories } = source;
  const shop = new Shop(buckets.length, {
    withCarts,
    categoryOf: (row) => categories[row] as number,
  });
  let error = 0;
  let demand = 0;
  for (let day = 0; day < (buckets[0] as readonly DemandBucket[]).length; day++) {
    buckets.forEach((series, row) => {
      const bucket = series[day] as DemandBucket;
      if (day >= 28) {
        error += Math.abs((shop.predict(row)[0] as number) - bucket.units);
        demand += bucket.units;
      }
      shop.learn(row, bucket);
    });
  }
  return error / demand;
}

describe('Regression and carts', () => {
  const seeds = ['one', 'two', 'three'];

  // By the generator's relation carts explain .6 of demand; the rest is Poisson noise.
  it.each(seeds)('errs by 30 %% less where carts lead demand (%s)', (seed) => {
    const shop = cartShop({ seed, skus: 60, days: 120, carts: 'lead' });
    expect(wape(shop, true) / wape(shop, false)).toBeLessThan(0.7);
  });

  it.each(seeds)('errs by 1 %% more at most where carts say nothing (%s)', (seed) => {
    const shop = cartShop({ seed, skus: 60, days: 120, carts: 'noise' });
    expect(wape(shop, true) / wape(shop, false)).toBeLessThan(1.01);
  });

  it('lets carts count for the next day, and hardly for the day after the tenth', () => {
    const { buckets } = cartShop({ seed: 'far', skus: 60, days: 120, carts: 'lead' });
    const [calm, busy] = [0, 10].map((times) => {
      const shop = new Shop(buckets.length);
      for (let day = 0; day < 120; day++) {
        buckets.forEach((series, row) => {
          const bucket = series[day] as DemandBucket;
          const isLast = day === 119;
          const cartAdds = isLast ? bucket.cartAdds * times : bucket.cartAdds;
          shop.learn(row, { ...bucket, cartAdds });
        });
      }
      return buckets.map((_, row) => shop.predict(row, 12));
    }) as [number[][], number[][]];
    const rise = (step: number) =>
      busy.reduce((sum, steps, row) => {
        return sum + (steps[step] as number) / ((calm[row] as number[])[step] as number);
      }, 0) / busy.length;
    expect(rise(0)).toBeGreaterThan(1.5);
    expect(rise(11)).toBeLessThan(1.05);
  });
});

describe('Regression of a category', () => {
  const WEEK = [0.6, 0.7, 0.8, 1, 1.3, 1.8, 0.8];
  /** Promotion today, half as much again tomorrow. */
  const day = (n: number, level: number): DemandBucket => {
    const pull = n % 5 === 1 ? 1.5 : 1;
    const units = Math.round(level * (WEEK[n % 7] as number) * pull);
    return { ...bucketOf(n, units), promotion: n % 5 === 0 ? 1 : 0 };
  };
  const error = (shop: Shop, row: number, from: number, level: number) => {
    let sum = 0;
    for (let n = from; n < from + 14; n++) {
      const bucket = day(n, level);
      sum += Math.abs((shop.predict(row)[0] as number) - bucket.units);
      shop.learn(row, bucket);
    }
    return sum / 14 / level;
  };

  it('forecasts a SKU of three weeks by what others have shown, twice as well as alone', () => {
    const among = new Shop(41);
    for (let n = 0; n < 140; n++) {
      for (let row = 0; row < 40; row++) among.learn(row, day(n, 5 + row));
      if (n >= 119) among.learn(40, day(n, 20));
    }
    const alone = new Shop(1);
    for (let n = 119; n < 140; n++) alone.learn(0, day(n, 20));
    const errors = [error(among, 40, 140, 20), error(alone, 0, 140, 20)] as const;
    expect(errors[0]).toBeLessThan(errors[1] / 2);
    expect(errors[0]).toBeLessThan(0.1);
  });

  it('lends what all have shown to a category that has shown nothing, and to none', () => {
    const shop = new Shop(42, { categoryOf: (row) => (row < 40 ? 1 : row === 40 ? 7 : 0) });
    for (let n = 0; n < 140; n++) {
      for (let row = 0; row < 40; row++) shop.learn(row, day(n, 5 + row));
      if (n >= 119) for (const row of [40, 41]) shop.learn(row, day(n, 20));
    }
    for (const row of [40, 41]) expect(error(shop, row, 140, 20)).toBeLessThan(0.12);
  });

  it('learns the hours of the week, also where neighbouring hours are alike', () => {
    const hour = (n: number) =>
      20 * (1.2 + Math.sin((2 * Math.PI * n) / 24) + 0.2 * Math.sin((2 * Math.PI * n) / 168));
    const table = new Table();
    const course = new Course(table, 168);
    const regression = new Regression(table, course, { ...DEFAULTS, forgetting: 0.9998 });
    const row = table.row(table.skus.intern('A'), 0);
    const out = new Float64Array(24);
    for (let n = 0; n < 12 * 168; n++) {
      const bucket = bucketOf(n, hour(n), 168);
      regression.learn(row, bucket);
      course.advance(row, bucket);
    }
    expect(regression.predict(row, 24, out)).toBe(true);
    const errors = [...out].map((units, h) => Math.abs(units - hour(12 * 168 + h)));
    expect(errors.reduce((sum, error) => sum + error, 0) / 24 / 24).toBeLessThan(0.1);
  });

  it('explains its forecast: level, season and features add up to it', () => {
    const shop = new Shop(40);
    for (let n = 0; n < 100; n++) {
      for (let row = 0; row < 40; row++) shop.learn(row, day(n, 5 + row));
    }
    for (let row = 0; row < 40; row++) {
      const parts = shop.regression.explain(row);
      const sum = parts.reduce((total, { units }) => total + units, 0);
      expect(sum).toBeCloseTo(shop.predict(row)[0] as number, 9);
      expect(new Set(parts.map(({ feature }) => feature)).size).toBe(14);
    }
  });

  it('goes on as if nothing had been when it is saved and restored, categories and all', () => {
    const options = { categoryOf: (row: number) => row };
    const straight = new Shop(5, options);
    const restored = new Shop(0, options);
    for (let n = 0; n < 60; n++) {
      for (let row = 0; row < 5; row++) straight.learn(row, day(n, 3 + row));
    }
    restored.load(straight.save());
    for (let n = 60; n < 80; n++) {
      for (let row = 0; row < 5; row++) {
        for (const shop of [straight, restored]) shop.learn(row, day(n, 3 + row));
        expect(restored.predict(row, 9)).toEqual(straight.predict(row, 9));
      }
    }
    expect(restored.save()).toEqual(straight.save());
  });
});

describe('Regression and what cannot be', () => {
  const anyNumber = fc.oneof(
    fc.double(),
    fc.nat(20),
    fc.constantFrom(0, -1, 1e12, 1e300, Number.NaN, Number.POSITIVE_INFINITY),
  );
  const anyBucket = fc.record({
    units: fc.oneof(fc.nat(20), anyNumber),
    inStockShare: anyNumber,
    price: anyNumber,
    promotion: anyNumber,
    cartAdds: anyNumber,
    cartRemovals: anyNumber,
    cartsAbandoned: anyNumber,
    views: anyNumber,
  });

  it('stays finite for a SKU and its neighbour, whatever the SKU is told', () => {
    fc.assert(
      fc.property(fc.array(anyBucket, { maxLength: 60 }), (buckets) => {
        const shop = new Shop(2);
        buckets.forEach((told, n) => {
          shop.learn(0, { ...bucketOf(n, 0), ...told });
          shop.learn(1, bucketOf(n, n % 4));
          for (const row of [0, 1]) {
            const wrong = shop.predict(row, 9).filter((v) => !(v >= 0 && Number.isFinite(v)));
            expect(wrong).toEqual([]);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [{ ridge: 0 }, 'ridge'],
    [{ ridge: Number.NaN }, 'ridge'],
    [{ forgetting: 0 }, 'forgetting'],
    [{ forgetting: 1.01 }, 'forgetting'],
  ])('refuses %j', (options, word) => {
    expect(() => new Shop(0, options)).toThrow(word);
  });
});

// Claims about the learner: strange series, outliers, stock-outs, order, restarts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACKED } from '../../../operators/forecast/tracked.js';
import { Dice } from './dice.js';
import { type Day, Learning } from './learning.js';

const TARGETS = [
  { from: 1, to: 1 },
  { from: 7, to: 7 },
  { from: 1, to: 7 },
  { from: 1, to: 28 },
];
const TEN_YEARS = 3653;
const { NaN: unknown, POSITIVE_INFINITY: infinite } = Number;

/** Cold, or finite and not negative, with quantiles that rise. */
function expectSound(learning: Learning, row: number): void {
  const path = learning.predict(row, 28);
  for (const units of path) {
    expect(Number.isFinite(units)).toBe(true);
    expect(units).toBeGreaterThanOrEqual(0);
  }
  if (path.length === 0) return;
  for (const target of TARGETS) {
    const distribution = learning.distribution(row, target);
    let before = 0;
    for (const p of TRACKED) {
      const quantile = distribution.quantile(p);
      expect(Number.isFinite(quantile)).toBe(true);
      expect(quantile).toBeGreaterThanOrEqual(before);
      before = quantile;
    }
  }
}

function alone(series: readonly Day[]): Learning {
  const learning = new Learning(1);
  for (const day of series) learning.trade([day]);
  return learning;
}

const repeat = (day: Day, days: number): Day[] => new Array<Day>(days).fill(day);
const oneSale = (units: number) => [...repeat(0, 40), units, ...repeat(0, 60)];

describe('a learner', () => {
  it.each([
    { what: 'nothing that is known', series: repeat(unknown, 60) },
    { what: 'no end of demand', series: repeat(infinite, 60) },
    { what: 'no end of demand once', series: [...repeat(5, 30), infinite, ...repeat(5, 60)] },
    { what: 'less than nothing', series: repeat(-5, 60) },
    { what: 'less than nothing once', series: [...repeat(5, 30), -1e300, ...repeat(5, 60)] },
    { what: 'no demand', series: repeat(0, 400) },
    { what: 'one sale', series: oneSale(3) },
    { what: 'one huge sale', series: oneSale(1e12) },
    { what: 'always the same', series: repeat(7, 400) },
    { what: 'huge demand', series: repeat(1e12, 200) },
    { what: 'more than can be counted', series: repeat(1e300, 60) },
    { what: 'tiny demand', series: repeat(1e-9, 200) },
    { what: 'never any stock', series: repeat({ units: 0, inStockShare: 0 }, 100) },
    { what: 'a price of nothing', series: repeat({ units: 3, price: 0 }, 60) },
    { what: 'a price without end', series: repeat({ units: 3, price: infinite }, 60) },
    { what: 'carts without end', series: repeat({ units: 3, cartAdds: 1e15, views: 1e15 }, 60) },
  ])('bears $what', ({ series }) => {
    const learning = new Learning(1);
    series.forEach((day, n) => {
      learning.trade([day]);
      if (n % 9 === 0) expectSound(learning, 0);
    });
    expectSound(learning, 0);
  });

  it('bears ten years without a word, and ten years without demand', () => {
    for (const silence of [unknown, 0]) {
      const learning = alone([...repeat(8, 60), ...repeat(silence, TEN_YEARS)]);
      expectSound(learning, 0);
      for (const day of repeat(8, 30)) learning.trade([day]);
      expectSound(learning, 0);
      const [next] = learning.predict(0, 1);
      expect(next).toBeGreaterThan(6);
      expect(next).toBeLessThan(10);
    }
  });

  const units = fc.oneof(
    { weight: 4, arbitrary: fc.nat(30) },
    { weight: 3, arbitrary: fc.constant(0) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(unknown, infinite, -infinite, -1, 1e12, 1e15, 1e300, 1e-9, 0.5),
    },
  );
  const day: fc.Arbitrary<Day> = fc.oneof(
    { weight: 4, arbitrary: units },
    {
      weight: 1,
      arbitrary: fc.record({
        units,
        inStockShare: fc.constantFrom(0, 0.1, 0.3, 0.7, 1),
        price: fc.constantFrom(unknown, 0, 1e-9, 3, 1e12),
        promotion: fc.constantFrom(0, 0.5, 1),
        cartAdds: fc.constantFrom(0, 5, 1e12),
        cartRemovals: fc.constantFrom(0, 2, 1e12),
        views: fc.constantFrom(0, 9, 1e12),
      }),
    },
  );
  const course = fc.array(fc.tuple(day, day, day), { minLength: 1, maxLength: 60 });

  it('has finite forecasts and rising finite quantiles, or none, whatever comes', () => {
    fc.assert(
      fc.property(course, (days) => {
        const learning = new Learning(3);
        for (const one of days) learning.trade(one);
        for (let row = 0; row < 3; row++) expectSound(learning, row);
      }),
      { numRuns: 150 },
    );
  });

  it('recovers from whatever can be sold: in 90 days of 10 it expects 10 again', () => {
    const sold = fc.oneof(fc.nat(30), fc.constantFrom(unknown, infinite, -1, 0.5, 300, 1e300));
    const some = fc.record({ units: sold, inStockShare: fc.constantFrom(0, 0.3, 1, 1) });
    const past = fc.array(fc.tuple(some, some, some), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(past, (days) => {
        const learning = new Learning(3);
        for (const one of days) learning.trade(one);
        for (let n = 0; n < 90; n++) learning.trade([10, 10, 10]);
        for (let row = 0; row < 3; row++) {
          const [next] = learning.predict(row, 1);
          expect(Math.abs((next as number) - 10)).toBeLessThan(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('goes on the same behind a snapshot, whenever that is taken', () => {
    fc.assert(
      fc.property(course, fc.nat(60), (days, at) => {
        const straight = new Learning(3);
        const restarted = new Learning(3);
        days.forEach((one, n) => {
          if (n === at) restarted.restart();
          for (const learning of [straight, restarted]) learning.trade(one);
        });
        for (let row = 0; row < 3; row++) {
          const paths = [straight, restarted].map((learning) => learning.predict(row, 28));
          expect(paths[1]).toEqual(paths[0]);
          expect(restarted.learner.champion(row)).toBe(straight.learner.champion(row));
          if (paths[0]?.length === 0) continue;
          for (const target of TARGETS) {
            expect(restarted.distribution(row, target)).toEqual(straight.distribution(row, target));
          }
        }
        for (const level of [0, 1, 2, 3]) {
          const { overall } = restarted.learner;
          expect(overall.coverage(level)).toBe(straight.learner.overall.coverage(level));
        }
      }),
      { numRuns: 60 },
    );
  });

  // Sums over rows are rounded in another order: of single precision a few digits remain.
  it('expects the same in whatever order the rows of a bucket come', () => {
    const calm = fc.array(fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 50,
    });
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    fc.assert(
      fc.property(calm, order, (days, shuffled) => {
        const [one, two] = [new Learning(4), new Learning(4)];
        for (const each of days) {
          one.trade(each);
          two.trade(each, shuffled);
        }
        for (let row = 0; row < 4; row++) {
          const path = two.predict(row, 28);
          one.predict(row, 28).forEach((expected, h) => {
            expect(Math.abs(expected - (path[h] as number))).toBeLessThan(1e-3 * (1 + expected));
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('forecasts what is always the same to 1 % after two weeks', () => {
    const learning = alone(repeat(10, 14));
    for (let n = 0; n < 60; n++) {
      for (const units of learning.predict(0, 28)) {
        expect(Math.abs(units - 10)).toBeLessThan(0.1);
      }
      learning.trade([10]);
    }
  });

  it('weighs experts so that they add up, and names the one with most as champion', () => {
    const dice = new Dice(3);
    const learning = new Learning(5);
    expect(learning.learner.champion(0)).toBe('');
    for (let n = 0; n < 60; n++) learning.trade(Array.from({ length: 5 }, () => dice.poisson(6)));
    const opinions = learning.learner.combination.opinions(2);
    const sum = opinions.reduce((total, { weight }) => total + weight, 0);
    expect(sum).toBeCloseTo(1, 9);
    const most = [...opinions].sort((a, b) => b.weight - a.weight)[0];
    expect(learning.learner.champion(2)).toBe(most?.expert);
    const combined = opinions.reduce(
      (total, { weight, forecast }) => total + (weight > 0 ? weight * forecast : 0),
      0,
    );
    expect(learning.predict(2, 1)[0]).toBeCloseTo(combined, 9);
    expect(opinions.find(({ expert }) => expert === 'neural')?.weight).toBe(0);
  });

  it('teaches experts a bulk order as the 99.5 % quantile of the row', () => {
    const usual = () => {
      const dice = new Dice(9);
      const learning = new Learning(3);
      for (let n = 0; n < 60; n++) learning.trade([0, 1, 2].map(() => dice.poisson(10)));
      return learning;
    };
    const [bulk, quantile] = [usual(), usual()];
    const most = bulk.distribution(0, { from: 1, to: 1 }).quantile(0.995);
    expect(most).toBeGreaterThan(15);
    expect(most).toBeLessThan(30);
    bulk.trade([10_000, 10, 10]);
    quantile.trade([most, 10, 10]);
    const forecasts = (learning: Learning) =>
      learning.learner.combination
        .opinions(0)
        .map(({ expert, forecast }) => ({ expert, forecast }));
    expect(forecasts(bulk)).toEqual(forecasts(quantile));
    expect(bulk.predict(0, 1)[0]).toBeLessThan(most);
  });

  it('believes in more demand that stays, within three weeks', () => {
    const dice = new Dice(4);
    const learning = new Learning(3);
    for (let n = 0; n < 60; n++) learning.trade([0, 1, 2].map(() => dice.poisson(10)));
    for (let n = 0; n < 21; n++) learning.trade([dice.poisson(60), dice.poisson(10), 10]);
    expect(learning.predict(0, 1)[0]).toBeGreaterThan(45);
    expect(learning.predict(1, 1)[0]).toBeLessThan(15);
  });

  it('judges no forecast by a bucket without stock, and learns no zero from it', () => {
    const learning = alone(repeat(10, 60));
    const { overall, accuracy } = learning.learner;
    const before = [overall.wape(), overall.coverage(1), accuracy.errorSd(0)];
    for (const day of repeat({ units: 0, inStockShare: 0 }, 30)) learning.trade([day]);
    expect([overall.wape(), overall.coverage(1), accuracy.errorSd(0)]).toEqual(before);
    expect(learning.predict(0, 1)[0]).toBeCloseTo(10, 0);
  });

  it('takes sales of a half with stock for twice as much demand, unless told not to', () => {
    const [on, off] = [true, false].map((withCensoring) => {
      const learning = new Learning(1, { withCensoring });
      for (let n = 0; n < 30; n++) learning.trade([10]);
      for (let n = 0; n < 60; n++) learning.trade([{ units: 5, inStockShare: 0.5 }]);
      return learning.predict(0, 1)[0] as number;
    });
    expect(Math.abs((on as number) - 10)).toBeLessThan(0.2);
    expect(Math.abs((off as number) - 5)).toBeLessThan(0.2);
  });
});

// Claims about Croston, SBA and TSB.
import { describe, expect, it } from 'vitest';
import { DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import type { Course } from '../../../operators/forecast/course.js';
import type { OnlineForecaster } from '../../../operators/forecast/forecaster.js';
import { Croston, Sba, Tsb } from '../../../operators/forecast/intermittent.js';
import type { Table } from '../../../operators/stream/table.js';
import { DOUBLE, forecasterContract } from '../../contracts/forecaster.contract.js';
import { OneRow } from './bucket-of.js';

const ALPHA = 0.1;
const COMMON = {
  warmAfter: { atLeast: 3, seasons: 0 },
  weekly: null,
  constant: { share: 1, error: DOUBLE },
  overshoot: 1,
  fades: false,
};

/** SBA with the Croston that it reads, as the bank has them. */
function sbaOf(table: Table, course: Course): OnlineForecaster & { readonly croston: Croston } {
  const croston = new Croston(table, course, ALPHA);
  const sba = new Sba(croston);
  return {
    name: sba.name,
    croston,
    learn: (row, bucket) => {
      sba.learn();
      croston.learn(row, bucket);
    },
    predict: (row, horizon, out) => sba.predict(row, horizon, out),
  };
}

forecasterContract('Croston', {
  ...COMMON,
  make: (table, course) => new Croston(table, course, ALPHA),
});
// Its correction is for demand that comes by chance: of a constant it takes alpha / 2 off.
forecasterContract('SBA', {
  ...COMMON,
  make: sbaOf,
  constant: { share: 1 - ALPHA / 2, error: DOUBLE },
});
forecasterContract('TSB', {
  ...COMMON,
  make: (table, course) => new Tsb(table, course, DEFAULT_GAINS.tsb),
  fades: true,
});

/** Test series of R's package forecast. */
const Y20 = [0, 0, 3, 0, 0, 0, 2, 0, 5, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 3];

/** Croston and SBA right behind a first sale of `size` in the `interval`-th bucket. */
function startedCroston(size: number, interval: number) {
  const one = new OneRow(sbaOf).experienced();
  const { croston } = one.forecaster;
  croston.start(one.row, { size, interval });
  return { one, croston, rate: () => croston.rate(one.row) };
}

function startedTsb(gain: number) {
  const make = (table: Table, course: Course) =>
    new Tsb(table, course, { alpha: gain, beta: gain });
  const one = new OneRow(make).experienced();
  // The published start: chance from the first bucket, which sold nothing; the first size.
  one.forecaster.start(one.row, { size: 3, chance: 0 });
  return one.learn(Y20.slice(1));
}

describe('Croston', () => {
  it('has .8461538 after [1,0,0,0,2,0,0] by .1 (F1)', () => {
    const { one, rate } = startedCroston(1, 1);
    one.learn([0, 0, 0, 2, 0, 0]);
    expect(rate()).toBeCloseTo(0.8461538, 7);
  });

  it('fits .75, .7435897 and predicts .8382749 on [0,0,0,3,0,0,2,0,5] by .1 (F2)', () => {
    const { one, rate } = startedCroston(3, 4);
    expect(rate()).toBe(0.75);
    one.learn([0, 0, 2]);
    expect(rate()).toBeCloseTo(0.7435897, 7);
    one.learn([0, 5]);
    expect(rate()).toBeCloseTo(0.8382749, 7);
  });

  it('has size 3.00819, interval 3.17271 and .9481452764 on y20; SBA .9007380126 (F3)', () => {
    const { one, croston, rate } = startedCroston(3, 3);
    one.learn(Y20.slice(3));
    expect(croston.state(one.row).size).toBeCloseTo(3.00819, 5);
    expect(croston.state(one.row).interval).toBeCloseTo(3.17271, 5);
    expect(rate()).toBeCloseTo(0.9481452764, 9);
    expect(one.predict(2)[1]).toBeCloseTo(0.9007380126, 9);
  });

  it('is unchanged by ten more buckets of nothing (F4)', () => {
    const { one, rate } = startedCroston(3, 3);
    one.learn(Y20.slice(3));
    const before = rate();
    one.learn(new Array(10).fill(0));
    expect(rate()).toBe(before);
  });

  it('at the start predicts all that was sold over all the time there was', () => {
    const croston = () => new OneRow((table, course) => new Croston(table, course, 0.1));
    expect(
      croston()
        .learn([60, ...new Array(29).fill(0)])
        .predict(1)[0],
    ).toBeCloseTo(2, 12);
    const nine = [4, 0, 0, 2, 0, 0, 0, 0, 3, 0];
    expect(croston().learn(nine).predict(1)[0]).toBeCloseTo(0.9, 12);
  });

  it('predicts nothing before the first sale', () => {
    const one = new OneRow(sbaOf).learn([0, 0, 0, 0]);
    expect(one.predict(2)).toEqual([0, 0]);
    expect(one.forecaster.croston.state(one.row)).toEqual({ size: 0, interval: 0 });
  });
});

describe('TSB', () => {
  it('has .8706412412 on y20 by .1, and 1.1158079068 by .2 (F4)', () => {
    expect(startedTsb(0.1).predict(2)[1]).toBeCloseTo(0.8706412412, 9);
    expect(startedTsb(0.2).predict(1)[0]).toBeCloseTo(1.1158079068, 9);
  });

  it('fades to .3035738298 by ten more buckets of nothing (F4)', () => {
    expect(startedTsb(0.1).learn(new Array(10).fill(0)).predict(1)[0]).toBeCloseTo(0.3035738298, 9);
  });

  it('averages chance and size at first', () => {
    const make = (table: Table, course: Course) =>
      new Tsb(table, course, { alpha: 0.1, beta: 0.1 });
    // Two of five buckets sold, 9 on average.
    expect(new OneRow(make).learn([0, 6, 0, 12, 0]).predict(1)[0]).toBeCloseTo(3.6, 12);
  });
});

describe('gains', () => {
  it('beyond 0 and 1 are refused', () => {
    const one = (alpha: number) => new OneRow((table, course) => new Croston(table, course, alpha));
    expect(() => one(1.5)).toThrow(new RangeError('alpha must be in [0, 1], got 1.5'));
    const tsb = { alpha: 0.1, beta: Number.NaN };
    expect(() => new OneRow((table, course) => new Tsb(table, course, tsb))).toThrow(
      new RangeError('beta must be in [0, 1], got NaN'),
    );
  });
});

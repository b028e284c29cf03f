// Claims about the measures of point forecasts, against known answers and batch formulas.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveScale, PointErrors, ScaledErrors } from '../../../operators/forecast/measures.js';

type Pair = readonly [forecast: number, actual: number];

function errorsOf(pairs: readonly Pair[]): PointErrors {
  const errors = new PointErrors();
  for (const [forecast, actual] of pairs) errors.add(forecast, actual);
  return errors;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

const pair = fc.tuple(fc.nat(100), fc.nat(100)) as fc.Arbitrary<Pair>;
const pairs = fc.array(pair, { minLength: 2, maxLength: 40 });

describe('PointErrors', () => {
  const temperature = [5, 10, 15, 20, 25, 30, 35, 40, 35, 30, 25, 20];
  const sales = [100, 120, 130, 150, 170, 180, 190, 200, 195, 185, 175, 160];
  const onLine = (at0: number, slope: number) =>
    errorsOf(temperature.map((x, i) => [at0 + slope * x, sales[i] as number]));

  // The worked regression of the known answers: least squares, and the wrong line that circulates.
  it('has R2 .96251, mean |error| 4.7875 and no bias for the least squares line', () => {
    const errors = onLine(91.7953, 2.94295);
    expect(errors.r2).toBeCloseTo(0.96251, 5);
    expect((errors.wape * sum(sales)) / 12).toBeCloseTo(4.7875, 3);
    expect(errors.bias).toBeCloseTo(0, 5);
  });

  it('has R2 .1202 for the wrong line', () => {
    expect(onLine(160.32, 0.87).r2).toBeCloseTo(0.1202, 4);
  });

  it('has a bias above 0 where too much was expected', () => {
    expect(errorsOf([[3, 2]]).bias).toBe(0.5);
    expect(errorsOf([[1, 2]]).bias).toBe(-0.5);
  });

  it('is what the batch formulas give', () => {
    fc.assert(
      fc.property(pairs, (seen) => {
        const actual = seen.map(([, y]) => y);
        const mean = sum(actual) / actual.length;
        const spread = sum(actual.map((y) => (y - mean) ** 2));
        fc.pre(spread > 0);
        const errors = errorsOf(seen);
        const absolute = sum(seen.map(([f, y]) => Math.abs(f - y)));
        const squared = sum(seen.map(([f, y]) => (f - y) ** 2));
        expect(errors.wape).toBeCloseTo(absolute / sum(actual), 10);
        expect(errors.bias).toBeCloseTo(sum(seen.map(([f, y]) => f - y)) / sum(actual), 10);
        expect(errors.r2).toBeCloseTo(1 - squared / spread, 8);
        expect(errors.meanActual).toBeCloseTo(mean, 10);
        expect(errors.meanForecast).toBeCloseTo(sum(seen.map(([f]) => f)) / seen.length, 10);
      }),
    );
  });

  it('merged is as if all had come to one', () => {
    fc.assert(
      fc.property(pairs, fc.array(pair), (a, b) => {
        const merged = new PointErrors();
        merged.merge(errorsOf(a));
        merged.merge(errorsOf(b));
        const whole = errorsOf([...a, ...b]);
        expect(merged.count).toBe(whole.count);
        for (const name of ['wape', 'bias', 'r2', 'meanActual', 'meanForecast'] as const) {
          expect(merged[name]).toBeCloseTo(whole[name], 8);
        }
      }),
    );
  });

  it('knows nothing where there is nothing, or no demand', () => {
    expect(new PointErrors().wape).toBeNaN();
    expect(errorsOf([[1, 0]])).toMatchObject({ wape: Number.NaN, r2: Number.NaN, meanForecast: 1 });
  });
});

describe('NaiveScale', () => {
  it('is the mean change from bucket to bucket', () => {
    const scale = new NaiveScale(2);
    for (const units of [1, 0, 2, 3, 1, 4]) scale.learn(1, units);
    expect(scale.absolute(1)).toBe(9 / 5);
    expect(scale.squared(1)).toBe(19 / 5);
    expect(scale.absolute(0)).toBeNaN();
  });

  it('compares no buckets with one between them that is not known', () => {
    const scale = new NaiveScale(1);
    for (const units of [1, 3, Number.NaN, 50, 51]) scale.learn(0, units);
    expect(scale.absolute(0)).toBe(1.5);
  });

  it('is 0 where nothing ever changed', () => {
    const scale = new NaiveScale(1);
    for (const units of [0, 0, 0]) scale.learn(0, units);
    expect(scale.absolute(0)).toBe(0);
  });
});

describe('ScaledErrors', () => {
  // F10.
  it('has RMSSE .3627381251 for train 1 0 2 3 1 4, test 2 3, forecast 2 2 (F10)', () => {
    const scale = new NaiveScale(1);
    for (const units of [1, 0, 2, 3, 1, 4]) scale.learn(0, units);
    const errors = new ScaledErrors(1);
    errors.add(0, 2 - 2, scale.absolute(0), scale.squared(0));
    errors.add(0, 2 - 3, scale.absolute(0), scale.squared(0));
    expect(errors.rmsse(0)).toBeCloseTo(0.3627381251, 10);
    expect(errors.mase(0)).toBeCloseTo(0.5 / (9 / 5), 12);
  });

  it('has MASE and RMSSE 1 for the naive forecast over the buckets of the scale', () => {
    const series = [4, 1, 7, 7, 2, 9];
    const scale = new NaiveScale(1);
    for (const units of series) scale.learn(0, units);
    const errors = new ScaledErrors(1);
    for (let i = 1; i < series.length; i++) {
      const error = (series[i - 1] as number) - (series[i] as number);
      errors.add(0, error, scale.absolute(0), scale.squared(0));
    }
    expect(errors.mase(0)).toBeCloseTo(1, 12);
    expect(errors.rmsse(0)).toBeCloseTo(1, 12);
  });

  it('keeps rows apart, and knows nothing of one without forecasts', () => {
    const errors = new ScaledErrors(2);
    errors.add(1, 3, 2, 4);
    expect([errors.count(0), errors.count(1)]).toEqual([0, 1]);
    expect(errors.mase(0)).toBeNaN();
    expect(errors.mase(1)).toBe(1.5);
  });
});

// Claims about damped Holt-Winters with multiplicative seasons.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import { HoltWintersMultiplicative } from '../../../operators/forecast/holt-winters-multiplicative.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { AIR_PASSENGERS } from './air-passengers.js';
import { OneRow } from './bucket-of.js';

/** Fast ones; the bank's follow more slowly. */
const GAINS = { alpha: 0.2, beta: 0.05, gamma: 0.15, phi: 0.95 };

for (const gains of [GAINS, DEFAULT_GAINS.multiplicative]) {
  forecasterContract(`multiplicative Holt-Winters by ${gains.alpha}`, {
    make: (table, course) => new HoltWintersMultiplicative(table, course, gains),
    warmAfter: { atLeast: 3, seasons: 0 },
    // Seasons are kept in single precision.
    weekly: { weeks: 2, error: SINGLE },
    constant: { share: 1, error: SINGLE },
    // All of the demand of a week in one day, and a level that rises faster than it falls.
    overshoot: 7,
    fades: true,
  });
}

const multiplicative = (gains = GAINS, seasons = 7) =>
  new OneRow((table, course) => new HoltWintersMultiplicative(table, course, gains), seasons);
const ALIKE = new Array(7).fill(1);

/** Mean absolute error of forecasts of 1 … 12 months, made where all twelve could be judged. */
function meanErrors(): readonly number[] {
  // The textbook's beta* .1 is beta / alpha.
  const one = multiplicative({ alpha: 0.3, beta: 0.03, gamma: 0.6, phi: 1 }, 12).experienced();
  const first = AIR_PASSENGERS.slice(0, 12);
  const level = first.reduce((sum, units) => sum + units, 0) / 12;
  const trend = ((first[11] as number) - (first[0] as number)) / 11;
  one.forecaster.start(one.row, { level, trend, seasons: first.map((units) => units / level) });
  const origins = AIR_PASSENGERS.length - 23;
  const sums = new Array<number>(12).fill(0);
  for (let origin = 12; origin < 12 + origins; origin++) {
    one.predict(12).forEach((units, h) => {
      sums[h] = (sums[h] as number) + Math.abs(units - (AIR_PASSENGERS[origin + h] as number));
    });
    one.learn([AIR_PASSENGERS[origin] as number]);
  }
  return sums.map((sum) => sum / origins);
}

describe('HoltWintersMultiplicative', () => {
  // Seasons are kept in single precision: 600 passengers to 1e-5 or so.
  it('has the mean absolute errors on AirPassengers at 1 to 12 months (F8)', () => {
    const published = [
      8.223079, 9.699878, 11.243281, 11.789408, 12.232437, 13.230403, 13.842864, 14.738013,
      15.218527, 16.361173, 16.899837, 17.996091,
    ];
    meanErrors().forEach((error, h) => {
      expect(Math.abs(error - (published[h] as number))).toBeLessThan(1e-5);
    });
  });

  it('multiplies level and damped trend by the season', () => {
    const one = multiplicative({ ...GAINS, phi: 0.5 }).experienced();
    one.forecaster.start(one.row, { level: 10, trend: 4, seasons: [1, 2, 0, 0.5, 1, 1, 1.5] });
    expect(one.predict(4)).toEqual([12, 26, 0, 6.875]);
  });

  // By hand: expected 10 x .25, e = 2; the level learns 2 / max(.25, .5), the season 2 / 10.
  it('learns the level of a slow day by twice its error at most', () => {
    const one = multiplicative({ alpha: 0.5, beta: 0, gamma: 0.5, phi: 1 }).experienced();
    one.forecaster.start(one.row, { level: 10, trend: 0, seasons: [0.25, ...ALIKE.slice(1)] });
    one.learn([4.5]);
    const state = one.forecaster.state(one.row);
    expect(state.level).toBe(12);
    expect(state.seasons[0]).toBeCloseTo(0.35, 7);
  });

  it('learns a season by an error of one level at most', () => {
    const one = multiplicative({ alpha: 0, beta: 0, gamma: 0.5, phi: 1 }).experienced();
    one.forecaster.start(one.row, { level: 1e-9, trend: 0, seasons: ALIKE });
    one.learn([1e12]);
    expect(one.forecaster.state(one.row).seasons[0]).toBe(1.5);
  });

  it('leaves the seasons as they are while there is no level', () => {
    const one = multiplicative().experienced();
    const seasons = [0.5, 1.5, 0.5, 1.5, 0.5, 1.5, 1];
    one.forecaster.start(one.row, { level: 0, trend: 0, seasons });
    one.learn([0, 0, 0, 7]);
    expect(one.forecaster.state(one.row).seasons).toEqual(seasons);
    expect(one.forecaster.state(one.row).level).toBeGreaterThan(0);
  });

  it('keeps factors between 0 and the number of seasons, and a level not below zero', () => {
    const units = fc.oneof(fc.constantFrom(0, 1e-9, 1, 1e12), fc.nat(20));
    fc.assert(
      fc.property(fc.array(units, { minLength: 14, maxLength: 80 }), (series) => {
        const one = multiplicative({ alpha: 0.9, beta: 0.5, gamma: 0.9, phi: 1 }).learn(series);
        const { level, seasons } = one.forecaster.state(one.row);
        expect(level).toBeGreaterThanOrEqual(0);
        for (const season of seasons) {
          expect(season).toBeGreaterThanOrEqual(0);
          expect(season).toBeLessThanOrEqual(7);
        }
      }),
    );
  });

  it('has no seasons in demand that was nothing for two weeks, and learns when it begins', () => {
    const one = multiplicative().learn([...new Array(21).fill(0), ...new Array(70).fill(8)]);
    for (const units of one.predict(7)) expect(Math.abs(units - 8)).toBeLessThan(0.5);
  });

  it('keeps the seasons in proportion when the level doubles', () => {
    const week = [10, 20, 30, 40, 50, 60, 0];
    const weeks = (count: number, by: number) =>
      Array.from({ length: count }, () => week.map((units) => by * units)).flat();
    const one = multiplicative({ ...GAINS, beta: 0 }).learn([...weeks(4, 1), ...weeks(6, 2)]);
    one.predict(7).forEach((units, n) => {
      expect(Math.abs(units - 2 * (week[n] as number))).toBeLessThan(3);
    });
  });
});

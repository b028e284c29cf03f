// Claims about damped Holt-Winters with additive seasons, and about how both kinds start.
import { describe, expect, it } from 'vitest';
import { DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import { Course } from '../../../operators/forecast/course.js';
import { HoltWintersAdditive } from '../../../operators/forecast/holt-winters.js';
import { Table } from '../../../operators/stream/table.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { normals } from '../replenish/scene.js';
import { OneRow } from './bucket-of.js';

/** Of the default settings, which follow fast, and of the bank. */
const GAINS = { alpha: 0.2, beta: 0.05, gamma: 0.15, phi: 0.95 };

for (const gains of [GAINS, DEFAULT_GAINS.additive]) {
  forecasterContract(`additive Holt-Winters by ${gains.alpha}`, {
    make: (table, course) => new HoltWintersAdditive(table, course, gains),
    warmAfter: { atLeast: 3, seasons: 0 },
    // Seasons are kept in single precision.
    weekly: { weeks: 2, error: SINGLE },
    constant: { share: 1, error: SINGLE },
    overshoot: 4,
    fades: true,
  });
}

const additive = (gains = GAINS, seasons = 7) =>
  new OneRow((table, course) => new HoltWintersAdditive(table, course, gains), seasons);

describe('HoltWintersAdditive', () => {
  // F9; its third forecast needs the seasonal index at h = k m, where some libraries err.
  // Seasons are kept in single precision, which bears 7 digits.
  it('has level -.0875, seasonals 1.05 3.075 2.0875, forecasts .9625 2.9875 2 (F9)', () => {
    const gains = { alpha: 0.5, beta: 0, gamma: 0.5, phi: 1 };
    const one = additive(gains, 3).experienced();
    one.forecaster.start(one.row, { level: 0, trend: 0, seasons: [1.1, 3.1, 2.1] });
    one.learn([1, 3, 2]);
    const state = one.forecaster.state(one.row);
    expect(state.level).toBeCloseTo(-0.0875, 6);
    expect(state.trend).toBe(0);
    [1.05, 3.075, 2.0875].forEach((season, n) => {
      expect(state.seasons[n]).toBeCloseTo(season, 6);
    });
    const predicted = one.predict(3);
    [0.9625, 2.9875, 2.0].forEach((units, h) => {
      expect(predicted[h]).toBeCloseTo(units, 6);
    });
  });

  // Hyndman & Athanasopoulos 8.2: forecast(h) = l + (phi + … + phi^h) b.
  it('damps the trend by phi a bucket', () => {
    const one = additive({ ...GAINS, phi: 0.5 }).experienced();
    one.forecaster.start(one.row, { level: 10, trend: 4, seasons: new Array(7).fill(0) });
    expect(one.predict(4)).toEqual([12, 13, 13.5, 13.75]);
  });

  it('never predicts less than nothing, however fast demand falls', () => {
    const one = additive({ ...GAINS, phi: 1 }).experienced();
    one.forecaster.start(one.row, { level: 3, trend: -2, seasons: [0, 0, 0, 5, 0, 0, 0] });
    expect(one.predict(5)).toEqual([1, 0, 0, 0, 0]);
  });

  it('takes nothing sold for no error where it predicted nothing', () => {
    const one = additive({ ...GAINS, beta: 0 }).experienced();
    const state = { level: 1, trend: 0, seasons: [-3, 0, 0, 0, 0, 0, 0] };
    one.forecaster.start(one.row, state);
    expect(one.predict(1)).toEqual([0]);
    one.learn([0]);
    expect(one.forecaster.state(one.row)).toEqual(state);
  });

  it('follows a lasting change of level', () => {
    const one = additive().learn([...new Array(70).fill(10), ...new Array(70).fill(20)]);
    for (const units of one.predict(7)) expect(Math.abs(units - 20)).toBeLessThan(0.5);
  });

  it.each(['alpha', 'beta', 'gamma', 'phi'] as const)('refuses %s beyond 1', (gain) => {
    for (const value of [1.1, Number.NaN]) {
      const table = new Table();
      const course = new Course(table, 7);
      expect(() => new HoltWintersAdditive(table, course, { ...GAINS, [gain]: value })).toThrow(
        new RangeError(`${gain} must be in [0, 1], got ${value}`),
      );
    }
  });
});

describe('the start of Holt-Winters', () => {
  it('averages the first buckets, so that the first one alone does not set the level', () => {
    const one = additive().learn([30, 0, 0]);
    expect(one.forecaster.state(one.row).level).toBeCloseTo(10, 12);
    for (const units of one.predict(7)) expect(units).toBeCloseTo(10, 12);
  });

  it('keeps seasons that add up to nothing, whatever the noise', () => {
    const noise = normals(3);
    const one = additive();
    for (let n = 0; n < 14; n++) {
      one.learn([50 + 10 * (n % 7) + 5 * noise()]);
      const { seasons } = one.forecaster.state(one.row);
      expect(Math.abs(seasons.reduce((sum, season) => sum + season, 0))).toBeLessThan(1e-4);
    }
  });

  it('predicts the level alone until every season could be seen twice', () => {
    const week = [10, 20, 30, 40, 50, 60, 70];
    const one = additive().learn([...week, ...week.slice(0, 6)]);
    expect(new Set(one.predict(7)).size).toBe(1);
    one.learn([70]);
    one.predict(7).forEach((units, n) => {
      expect(units).toBeCloseTo(week[n] as number, 4);
    });
  });

  // Two weeks that contradict each other: all of their spread is chance.
  it('forgets seasons that the second week does not confirm', () => {
    const one = additive().learn([9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0]);
    for (const season of one.forecaster.state(one.row).seasons) expect(season).toBeCloseTo(0, 12);
  });

  it('learns the other seasons where one day is never known', () => {
    const week = [10, 20, 30, 40, 50, 60, Number.NaN];
    const one = additive().learn(Array.from({ length: 6 }, () => week).flat());
    const predicted = one.predict(6);
    for (let n = 0; n < 6; n++) {
      expect(Math.abs((predicted[n] as number) - (week[n] as number))).toBeLessThan(0.5);
    }
  });
});

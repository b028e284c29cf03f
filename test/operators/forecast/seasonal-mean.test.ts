// Claims about the seasonal mean that is shrunk by its evidence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import { SeasonalMean } from '../../../operators/forecast/seasonal-mean.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { normals } from '../replenish/scene.js';
import { OneRow } from './bucket-of.js';

const GAINS = DEFAULT_GAINS.seasonalMean;

forecasterContract('seasonal mean', {
  make: (table, course) => new SeasonalMean(table, course, GAINS),
  warmAfter: { atLeast: 3, seasons: 0 },
  weekly: { weeks: 2, error: SINGLE },
  // It keeps means of demand in single precision: .1 is known to 7 digits.
  constant: { share: 1, error: SINGLE },
  overshoot: 1,
  fades: true,
});

const taught = (units: readonly number[], gains = GAINS) =>
  new OneRow((table, course) => new SeasonalMean(table, course, gains)).learn(units).predict(7);
const WEEK = [14, 3, 8, 21, 9, 35, 1];

describe('SeasonalMean', () => {
  it('predicts the level alone while no two of a season are known', () => {
    const predicted = taught(WEEK, { alpha: 0, gamma: 0.2 });
    for (const units of predicted) expect(units).toBeCloseTo(13, 12);
  });

  it('is the mean of each season where gains are nothing and seasons are sure', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1e-3, 0, 1e-3), { maxLength: 4 }), (moves) => {
        const weeks = [0, 0, ...moves];
        const series = weeks.flatMap((move) => WEEK.map((units) => units + move));
        const mean = weeks.reduce((sum, move) => sum + move, 0) / weeks.length;
        taught(series, { alpha: 0, gamma: 0 }).forEach((units, n) => {
          expect(Math.abs(units - (WEEK[n] as number) - mean)).toBeLessThan(1e-4);
        });
      }),
    );
  });

  it('shrinks what is mere noise to a fraction of what seven separate means are off', () => {
    const noise = normals(11);
    let shrunk = 0;
    let separate = 0;
    for (let run = 0; run < 200; run++) {
      const series = Array.from({ length: 56 }, () => 20 + 4 * noise());
      const predicted = taught(series, { alpha: 0, gamma: 0 });
      for (let season = 0; season < 7; season++) {
        const own = series.filter((_, n) => n % 7 === season);
        const mean = own.reduce((sum, units) => sum + units, 0) / own.length;
        shrunk += ((predicted[season] as number) - 20) ** 2;
        separate += (mean - 20) ** 2;
      }
    }
    // With true seasons alike, nearly all of the spread of 7 means is chance.
    expect(shrunk / separate).toBeLessThan(0.4);
  });

  it('leaves seasons nearly as they are where they stand out of the noise', () => {
    const noise = normals(12);
    const series = Array.from({ length: 70 }, (_, n) => 100 + 10 * (n % 7) + noise());
    taught(series).forEach((units, n) => {
      expect(Math.abs(units - 100 - 10 * n)).toBeLessThan(2.5);
    });
  });

  it('predicts the level on a day that was never known', () => {
    const units = [8, 8, 8, 8, 8, 8, Number.NaN];
    for (const value of taught([...units, ...units, ...units])) expect(value).toBeCloseTo(8, 6);
  });

  it('refuses gains beyond 1', () => {
    expect(() => taught([], { alpha: 2, gamma: 0 })).toThrow('alpha must be in [0, 1], got 2');
    expect(() => taught([], { alpha: 0, gamma: -1 })).toThrow('gamma must be in [0, 1], got -1');
  });
});

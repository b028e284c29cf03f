// Claims about the seasonal naive forecaster.
import { describe, expect, it } from 'vitest';
import { SeasonalNaive } from '../../../operators/forecast/seasonal-naive.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { OneRow } from './bucket-of.js';

forecasterContract('seasonal naive', {
  make: (table, course) => new SeasonalNaive(table, course),
  warmAfter: { atLeast: 0, seasons: 1 },
  weekly: { weeks: 1, error: SINGLE },
  // It keeps demand itself, in single precision: .1 is known to 7 digits.
  constant: { share: 1, error: SINGLE },
  overshoot: 1,
  fades: true,
});

function taught(units: readonly number[]): readonly number[] {
  return new OneRow((table, course) => new SeasonalNaive(table, course)).learn(units).predict(10);
}

describe('SeasonalNaive', () => {
  it('after 1 2 3 4 5 6 7 predicts 1 2 3 (example of its documentation)', () => {
    expect(taught([1, 2, 3, 4, 5, 6, 7]).slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('repeats the last season beyond one season ahead', () => {
    expect(taught([9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7])).toEqual([
      1, 2, 3, 4, 5, 6, 7, 1, 2, 3,
    ]);
  });

  it('keeps the older value of a day whose units were not known', () => {
    expect(taught([1, 2, 3, 4, 5, 6, 7, 8, Number.NaN, 10]).slice(0, 7)).toEqual([
      4, 5, 6, 7, 8, 2, 10,
    ]);
  });
});

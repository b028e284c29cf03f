// Claims about the seasonal naive forecaster.
import { describe, expect, it } from 'vitest';
import { SeasonalNaive } from '../../../operators/forecast/seasonal-naive.js';
import { Table } from '../../../operators/stream/table.js';
import { forecasterContract } from '../../contracts/forecaster.contract.js';

forecasterContract('seasonal naive', {
  make: (table, seasons) => new SeasonalNaive(table, seasons),
  warmAfter: { atLeast: 0, seasons: 1 },
  weeksToLearn: 1,
  patternError: 1e-12,
});

function taught(units: readonly number[]): Float64Array {
  const table = new Table();
  const forecaster = new SeasonalNaive(table, 7);
  const row = table.row(table.skus.intern('A'), table.locations.intern('shop'));
  units.forEach((value, n) => {
    forecaster.learn(row, { startMs: n, season: n % 7, units: value, inStockShare: 1 });
  });
  const out = new Float64Array(10);
  forecaster.predict(row, 10, out);
  return out;
}

describe('SeasonalNaive', () => {
  it('after 1 2 3 4 5 6 7 predicts 1 2 3 (example of its documentation)', () => {
    expect([...taught([1, 2, 3, 4, 5, 6, 7]).subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  it('repeats the last season beyond one season ahead', () => {
    expect([...taught([9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7])]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 1, 2, 3,
    ]);
  });

  it('keeps the older value of a day whose units were not known', () => {
    expect([...taught([1, 2, 3, 4, 5, 6, 7, 8, Number.NaN, 10]).subarray(0, 7)]).toEqual([
      4, 5, 6, 7, 8, 2, 10,
    ]);
  });
});

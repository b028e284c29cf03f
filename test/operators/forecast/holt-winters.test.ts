// Claims about damped additive Holt-Winters.
import { describe, expect, it } from 'vitest';
import { HoltWinters, type HoltWintersOptions } from '../../../operators/forecast/holt-winters.js';
import { Table } from '../../../operators/stream/table.js';
import { forecasterContract } from '../../contracts/forecaster.contract.js';

/** Gains of the default settings. */
const GAINS = { alpha: 0.2, beta: 0.05, gamma: 0.15, phi: 0.95 };

forecasterContract('Holt-Winters', {
  make: (table, seasons) => new HoltWinters(table, { ...GAINS, seasons }),
  warmAfter: { atLeast: 3, seasons: 0 },
  weeksToLearn: 18,
  patternError: 0.05,
});

function oneRow(options: HoltWintersOptions) {
  const table = new Table();
  const forecaster = new HoltWinters(table, options);
  const row = table.row(table.skus.intern('A'), table.locations.intern('shop'));
  const learn = (units: readonly number[]) => {
    units.forEach((value, n) => {
      const season = n % options.seasons;
      forecaster.learn(row, { startMs: n, season, units: value, inStockShare: 1 });
    });
  };
  const predict = (horizon: number) => {
    const out = new Float64Array(horizon);
    expect(forecaster.predict(row, horizon, out)).toBe(true);
    return [...out];
  };
  return { forecaster, row, learn, predict };
}

describe('HoltWinters', () => {
  // F9; its third forecast needs the seasonal index at h = k m, where some libraries err.
  it('has level -.0875, seasonals 1.05 3.075 2.0875, forecasts .9625 2.9875 2 (F9)', () => {
    const { forecaster, row, learn, predict } = oneRow({
      seasons: 3,
      alpha: 0.5,
      beta: 0,
      gamma: 0.5,
      phi: 1,
    });
    forecaster.start(row, { level: 0, trend: 0, seasons: [1.1, 3.1, 2.1] });
    learn([1, 3, 2]);
    const state = forecaster.state(row);
    expect(state.level).toBeCloseTo(-0.0875, 12);
    expect(state.trend).toBe(0);
    [1.05, 3.075, 2.0875].forEach((season, n) => {
      expect(state.seasons[n]).toBeCloseTo(season, 12);
    });
    [0.9625, 2.9875, 2.0].forEach((units, h) => {
      expect(predict(3)[h]).toBeCloseTo(units, 12);
    });
  });

  // Hyndman & Athanasopoulos 8.2: forecast(h) = l + (phi + … + phi^h) b.
  it('damps the trend by phi a bucket', () => {
    const { forecaster, row, predict } = oneRow({ ...GAINS, seasons: 7, phi: 0.5 });
    forecaster.start(row, { level: 10, trend: 4, seasons: [0, 0, 0, 0, 0, 0, 0] });
    expect(predict(4)).toEqual([12, 13, 13.5, 13.75]);
  });

  it('never predicts less than nothing, however fast demand falls', () => {
    const { forecaster, row, predict } = oneRow({ ...GAINS, seasons: 7, phi: 1 });
    forecaster.start(row, { level: 3, trend: -2, seasons: [0, 0, 0, 5, 0, 0, 0] });
    expect(predict(5)).toEqual([1, 0, 0, 0, 0]);
  });

  it('averages the first buckets, so that the first one alone does not set the level', () => {
    const { forecaster, row, learn } = oneRow({ ...GAINS, gamma: 0, seasons: 7 });
    learn([30, 0, 0]);
    expect(forecaster.state(row).level).toBeCloseTo(10, 12);
  });

  it('follows a lasting change of level', () => {
    const { learn, predict } = oneRow({ ...GAINS, seasons: 7 });
    learn([...new Array(70).fill(10), ...new Array(70).fill(20)]);
    for (const units of predict(7)) expect(Math.abs(units - 20)).toBeLessThan(0.5);
  });

  it.each(['alpha', 'beta', 'gamma', 'phi'] as const)('refuses %s beyond 1', (gain) => {
    expect(() => new HoltWinters(new Table(), { ...GAINS, seasons: 7, [gain]: 1.1 })).toThrow(
      new RangeError(`${gain} must be in [0, 1], got 1.1`),
    );
    expect(
      () => new HoltWinters(new Table(), { ...GAINS, seasons: 7, [gain]: Number.NaN }),
    ).toThrow(RangeError);
  });
});

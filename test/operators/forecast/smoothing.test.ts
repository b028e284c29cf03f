// Claims about exponential smoothing without seasons.
import { describe, expect, it } from 'vitest';
import { DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import { Course } from '../../../operators/forecast/course.js';
import { DampedHolt, SimpleSmoothing } from '../../../operators/forecast/smoothing.js';
import { Table } from '../../../operators/stream/table.js';
import { DOUBLE, forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { AIR_PASSENGERS } from './air-passengers.js';
import { OneRow } from './bucket-of.js';

for (const alpha of [DEFAULT_GAINS.sesSlow, DEFAULT_GAINS.sesFast]) {
  forecasterContract(`simple smoothing by ${alpha}`, {
    make: (table, course) => new SimpleSmoothing(table, course, { name: 'ses', alpha }),
    warmAfter: { atLeast: 3, seasons: 0 },
    weekly: null,
    constant: { share: 1, error: DOUBLE },
    overshoot: 1,
    fades: true,
  });
}

const GAINS = DEFAULT_GAINS.holt;

forecasterContract('damped Holt', {
  make: (table, course) => new DampedHolt(table, course, GAINS),
  warmAfter: { atLeast: 3, seasons: 0 },
  weekly: null,
  constant: { share: 1, error: SINGLE },
  overshoot: 2,
  fades: true,
});

const ses = (alpha: number) =>
  new OneRow((table, course) => new SimpleSmoothing(table, course, { name: 'ses', alpha }));
const holt = (gains = GAINS) => new OneRow((table, course) => new DampedHolt(table, course, gains));

describe('SimpleSmoothing', () => {
  it('has 460.3027724819 after AirPassengers, started at its first month, by .1 (F6)', () => {
    const one = ses(0.1).experienced();
    one.forecaster.start(one.row, AIR_PASSENGERS[0] as number);
    one.learn(AIR_PASSENGERS);
    expect(one.predict(1)[0]).toBeCloseTo(460.3027724819, 9);
  });

  it('averages the first 1/alpha buckets', () => {
    expect(ses(0.1).learn([30, 0, 0]).predict(1)[0]).toBeCloseTo(10, 12);
    const ten = [4, 0, 0, 7, 1, 0, 9, 3, 3, 3];
    expect(ses(0.1).learn(ten).predict(2)[1]).toBeCloseTo(3, 12);
    expect(
      ses(0.1)
        .learn([...ten, 13])
        .predict(1)[0],
    ).toBeCloseTo(4, 12);
  });

  it('bears the name that it is given, and refuses a gain beyond 1', () => {
    expect(ses(0.1).forecaster.name).toBe('ses');
    expect(() => ses(1.1)).toThrow(new RangeError('alpha must be in [0, 1], got 1.1'));
  });
});

describe('DampedHolt', () => {
  // Hyndman & Athanasopoulos 8.2: forecast(h) = l + (phi + … + phi^h) b.
  it('damps the trend by phi a bucket', () => {
    const one = holt({ ...GAINS, phi: 0.5 }).experienced();
    one.forecaster.start(one.row, { level: 10, trend: 4 });
    expect(one.predict(4)).toEqual([12, 13, 13.5, 13.75]);
  });

  // By hand: expected 12, e = 4; level 12 + .5 * 4, trend 2 + .25 * 4.
  it('corrects level and trend by alpha and beta times the error', () => {
    const one = holt({ alpha: 0.5, beta: 0.25, phi: 0.5 }).experienced();
    one.forecaster.start(one.row, { level: 10, trend: 4 });
    one.learn([16]);
    expect(one.predict(2)).toEqual([15.5, 16.25]);
  });

  it('never predicts less than nothing, however fast demand falls', () => {
    const one = holt({ ...GAINS, phi: 1 }).experienced();
    one.forecaster.start(one.row, { level: 3, trend: -2 });
    expect(one.predict(3)).toEqual([1, 0, 0]);
  });

  it('without a trend is simple smoothing', () => {
    const series = [3, 0, 0, 8, 1, 40, 2, 2, 0, 7, 7, 12];
    const flat = holt({ alpha: 0.2, beta: 0, phi: 0.9 }).learn(series).predict(3);
    // Its level is kept in single precision.
    ses(0.2)
      .learn(series)
      .predict(3)
      .forEach((units, h) => {
        expect(Math.abs((flat[h] as number) / units - 1)).toBeLessThan(SINGLE);
      });
  });

  it('follows a lasting rise closer than simple smoothing by the same gain', () => {
    const rising = Array.from({ length: 100 }, (_, n) => n);
    const error = (predicted: readonly number[]) => Math.abs((predicted[0] as number) - 100);
    expect(error(holt().learn(rising).predict(1))).toBeLessThan(
      error(ses(GAINS.alpha).learn(rising).predict(1)),
    );
  });

  it.each(['alpha', 'beta', 'phi'] as const)('refuses %s beyond 0 and 1', (gain) => {
    for (const value of [-0.1, 1.1, Number.NaN]) {
      const table = new Table();
      const course = new Course(table, 7);
      expect(() => new DampedHolt(table, course, { ...GAINS, [gain]: value })).toThrow(
        new RangeError(`${gain} must be in [0, 1], got ${value}`),
      );
    }
  });
});

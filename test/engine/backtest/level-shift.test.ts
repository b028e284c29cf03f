// Claim: the engine's intervals hold, over all, by quarter and by pattern, and through a shift.
import { beforeAll, describe, expect, it } from 'vitest';
import { type BacktestResults, resultsOf } from '../../../engine/backtest/results.js';
import { type RunOptions, runBacktest } from '../../../engine/backtest/run.js';
import { engineSubject } from '../../../engine/backtest/subject.js';
import { DEMAND_PATTERNS } from '../../../operators/demand/pattern.js';
import { Dice } from '../../operators/forecast/dice.js';
import { FIRST_DAY, sampleRecording } from './sample-recording.js';

const DAYS = 364;
const SERIES = 240;
const COVERED = ['50', '80', '95', '99'];

/** A quarter of the series is of each pattern. */
function unitsOf(dice: Dice, series: number, mean: number): number {
  const isSoldToday = dice.uniform() < 0.4;
  switch (DEMAND_PATTERNS[series % 4]) {
    case 'smooth':
      return dice.poisson(2 * mean);
    case 'erratic':
      return 1 + Math.round(dice.lognormal(mean, 1));
    case 'intermittent':
      return isSoldToday ? 1 + dice.poisson(mean) : 0;
    default:
      return isSoldToday ? 1 + dice.negativeBinomial(mean, 1) : 0;
  }
}

/** From the middle on the level of one series in `oneIn` is multiplied by `by`. */
interface Shift {
  readonly oneIn: number;
  readonly by: number;
}

async function backtested(shift: Shift): Promise<BacktestResults> {
  const dice = new Dice(1964);
  const recording = sampleRecording(
    Array.from({ length: SERIES }, (_, series) => ({
      units: Array.from({ length: DAYS }, (_, day) => {
        const isShifted = day >= DAYS / 2 && Math.floor(series / 4) % shift.oneIn === 0;
        return unitsOf(dice, series, (2 + (series % 9)) * (isShifted ? shift.by : 1));
      }),
    })),
  );
  const horizons = [1, 7];
  const subject = engineSubject({
    ...{ recording, horizons, neural: null },
    ...{ withCarts: true, withCensoring: true },
  });
  const options: RunOptions = {
    ...{ recording, horizons, warmUp: 28, every: 5, scoreFrom: FIRST_DAY },
    ...{ withCarts: true, withFans: false },
    // The ensemble alone: what the others do beside it is not asked for here.
    subject: {
      ...subject,
      contenders: subject.contenders.filter(({ name }) => name === 'ensemble'),
      ...{ before: () => undefined, after: () => undefined, bucketDone: () => undefined },
    },
  };
  return resultsOf(options, await runBacktest(options));
}

/** How far each level is off, at most. */
function off(coverage: Readonly<Record<string, number>> | undefined): number {
  const each = COVERED.map((level) => (coverage?.[level] as number) - Number(level) / 100);
  return Math.max(...each.map(Math.abs));
}

describe.each([
  { what: 'levels stay', shift: { oneIn: 3, by: 1 } },
  { what: 'one in three sells three times as much from the middle on', shift: { oneIn: 3, by: 3 } },
  { what: 'all sell three times as much from the middle on', shift: { oneIn: 1, by: 3 } },
  { what: 'all sell a third from the middle on', shift: { oneIn: 1, by: 1 / 3 } },
])('a back-test of 240 series where $what', ({ shift }) => {
  let results: BacktestResults;
  beforeAll(async () => {
    results = await backtested(shift);
  });

  it('covers 50, 80, 95 and 99 % to 1 point, next days and the week together', () => {
    expect(results.origins).toBeGreaterThan(10_000);
    expect(off(results.horizons['1']?.ensemble?.coverage)).toBeLessThan(0.01);
    expect(off(results.overall.ensemble?.coverage)).toBeLessThan(0.01);
  });

  it('covers them to 3 points in each quarter of the time', () => {
    const quarters = results.quarters.ensemble ?? [];
    expect(quarters).toHaveLength(4);
    for (const { coverage } of quarters) expect(off(coverage)).toBeLessThan(0.03);
  });

  it('covers them to 3 points for each demand pattern', () => {
    for (const pattern of DEMAND_PATTERNS) {
      expect(results.seriesOfClass[pattern]).toBeGreaterThan(10);
      expect(off(results.classes[pattern].ensemble?.coverage), pattern).toBeLessThan(0.03);
    }
  });
});

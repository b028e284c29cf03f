// Claims about a backtest's run: what is known when, what is scored, and that sums are right.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contender } from '../../../engine/backtest/contender.js';
import type { Recording } from '../../../engine/backtest/recording.js';
import { type BacktestResults, resultsOf } from '../../../engine/backtest/results.js';
import { type RunOptions, runBacktest, stepOverSeasons } from '../../../engine/backtest/run.js';
import { FIRST_DAY, type SampleSeries, sampleRecording } from './sample-recording.js';
import {
  empirical,
  lastOne,
  meanOfSeven,
  type SampleSubject,
  sampleSubject,
} from './sample-subject.js';

const RULES = { 'last-one': lastOne, 'mean-of-seven': meanOfSeven };

interface Run {
  readonly recording: Recording;
  readonly subject: SampleSubject;
  readonly results: BacktestResults;
}

async function run(
  series: readonly SampleSeries[],
  given: Partial<RunOptions> = {},
  rules: Parameters<typeof sampleSubject>[1] = RULES,
): Promise<Run> {
  const recording = given.recording ?? sampleRecording(series);
  const subject = sampleSubject(series.length, rules);
  const options: RunOptions = {
    ...{ recording, subject, horizons: [2, 3], warmUp: 8, every: 1, scoreFrom: FIRST_DAY },
    ...{ withCarts: true, withFans: false },
    ...given,
  };
  return { recording, subject, results: resultsOf(options, await runBacktest(options)) };
}

/** Every forecast that the definition asks for, from scratch. */
function* forecasts(series: readonly SampleSeries[], rule: typeof lastOne, horizon: number) {
  for (const [s, { units, soldOut = [] }] of series.entries()) {
    const demand = units.map((one, day) => (soldOut.includes(day) ? Number.NaN : one));
    for (let origin = 0; origin < units.length; origin++) {
      const taught = units.slice(0, origin).filter((one) => !Number.isNaN(one));
      const forecast = rule(taught);
      if (taught.length < 8 || forecast === null) continue;
      const changes = demand
        .slice(1, origin)
        .map((one, i) => Math.abs(one - (demand[i] as number)))
        .filter((change) => !Number.isNaN(change));
      const scale = mean(changes);
      const squaredScale = mean(changes.map((change) => change ** 2));
      for (let h = 1; h <= horizon; h++) {
        const day = origin + h - 1;
        const actual = units[day];
        if (actual === undefined || Number.isNaN(actual)) continue;
        // Stock for half of the day: held against half of what was expected, as a point alone.
        const isFull = !soldOut.includes(day);
        const expected = isFull ? forecast : forecast / 2;
        yield { s, taught, forecast: expected, actual, isFull, scale, squaredScale };
      }
    }
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean over series of `value` over their forecasts that have a scale. */
function overSeries<T extends { s: number; scale: number }>(
  all: readonly T[],
  value: (some: readonly T[]) => number,
): number {
  const scaled = all.filter(({ scale }) => scale > 0);
  const series = [...new Set(scaled.map(({ s }) => s))];
  return mean(series.map((s) => value(scaled.filter((one) => one.s === s))));
}

const units = fc.oneof(
  { weight: 6, arbitrary: fc.nat(9) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const someSeries: fc.Arbitrary<SampleSeries> = fc.record({
  from: fc.nat(5),
  units: fc.array(units, { minLength: 1, maxLength: 40 }),
  soldOut: fc.array(fc.nat(40), { maxLength: 4 }),
});

describe('a run', () => {
  it('gives what the definitions give when worked out from scratch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someSeries, { minLength: 1, maxLength: 4 }), async (series) => {
        const { results } = await run(series);
        const all = [...forecasts(series, meanOfSeven, 3)];
        const figures = results.overall['mean-of-seven'];
        expect(figures?.forecasts).toBe(all.length);
        if (all.length === 0) return;
        const errors = all.map(({ forecast, actual }) => forecast - actual);
        const demand = mean(all.map(({ actual }) => actual));
        const wape = mean(errors.map(Math.abs)) / demand;
        if (demand > 0) expect(figures?.wape).toBeCloseTo(wape, 10);
        if (demand > 0) expect(figures?.bias).toBeCloseTo(mean(errors) / demand, 10);
        const mase = overSeries(all, (some) =>
          mean(some.map(({ forecast, actual, scale }) => Math.abs(forecast - actual) / scale)),
        );
        const rmsse = overSeries(all, (some) =>
          Math.sqrt(mean(some.map((one) => (one.forecast - one.actual) ** 2 / one.squaredScale))),
        );
        const full = all.filter(({ isFull }) => isFull);
        const pinball = overSeries(full, (some) =>
          mean(
            some.map(({ taught, actual, scale }) => {
              const above = actual - (empirical(taught, 1)?.quantile(0.9) as number);
              return Math.max(0.9 * above, -0.1 * above) / scale;
            }),
          ),
        );
        const closed = full.filter(({ taught, actual }) => {
          const distribution = empirical(taught, 1);
          const low = distribution?.quantile(0.25) as number;
          return actual >= low && actual <= (distribution?.quantile(0.75) as number);
        });
        if (all.some(({ scale }) => scale > 0)) {
          expect(figures?.mase).toBeCloseTo(mase, 10);
          expect(figures?.rmsse).toBeCloseTo(rmsse, 10);
        }
        if (full.some(({ scale }) => scale > 0)) {
          expect(figures?.pinball['0.9']).toBeCloseTo(pinball, 10);
        }
        if (full.length === 0) return;
        expect(figures?.closedCoverage['50']).toBeCloseTo(closed.length / full.length, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('lets nobody forecast a bucket of whose time any series has learned', async () => {
    const series = [{ units: repeat(3, 20) }, { from: 4, units: repeat(5, 30) }];
    const recording = sampleRecording(series);
    const inner = sampleSubject(2, RULES);
    const seen: [number, number][] = [];
    let now = FIRST_DAY - 1;
    const contenders = inner.contenders.map(
      (contender): Contender => ({
        ...contender,
        predict: (row, horizon, out) => {
          seen.push([row, now]);
          return contender.predict(row, horizon, out);
        },
      }),
    );
    const subject = {
      ...{ ...inner, contenders },
      learn: (row: number, bucket: Parameters<typeof inner.learn>[1]) => {
        const day = bucket.startMs / 86_400_000;
        expect(day).toBeGreaterThanOrEqual(now);
        now = day;
        inner.learn(row, bucket);
      },
    };
    await run(series, { recording, subject });
    expect(seen.length).toBeGreaterThan(0);
    // Each forecast was made when the bucket before its origin was the last one learned.
    for (const [row, last] of seen) expect(recording.has(row, last + 1)).toBe(true);
  });

  it('forecasts the same whatever comes later', async () => {
    const past = [4, 2, 0, 7, 1, 3, 3, 9, 2, 4];
    const wishes = { warmUp: 10, horizons: [1] };
    const [calm, wild] = await Promise.all(
      [5, 500].map((next) => run([{ units: [...past, next] }], wishes)),
    );
    expect(calm?.results.overall['last-one']?.meanForecast).toBe(4);
    expect(wild?.results.overall['last-one']?.meanForecast).toBe(4);
    expect(wild?.results.overall['last-one']?.meanDemand).toBe(500);
  });

  it('scores nothing before all are warm and the warm-up is over, and all alike', async () => {
    const { results } = await run([{ units: repeat(2, 20) }], { warmUp: 2, horizons: [1] });
    expect(results.origins).toBe(20 - 7);
    for (const { forecasts } of Object.values(results.overall)) expect(forecasts).toBe(20 - 7);
  });

  it('waits for nobody that joins late, and scores it where it is warm', async () => {
    const recording = sampleRecording([{ units: repeat(2, 20) }]);
    const inner = sampleSubject(1, { ...RULES, late: (t) => (t.length < 15 ? null : 2) });
    const contenders = inner.contenders.map((one) => ({ ...one, isAwaited: one.name !== 'late' }));
    const subject = { ...inner, contenders };
    const { results } = await run([{ units: [] }], { recording, subject, horizons: [1] });
    expect(results.overall['last-one']?.forecasts).toBe(20 - 8);
    expect(results.overall.late?.forecasts).toBe(20 - 15);
  });

  it('scores no bucket that is not known, and no sum that holds one', async () => {
    const sold = repeat(2, 20);
    sold[15] = Number.NaN;
    const { results } = await run([{ units: sold }], { horizons: [1, 2] });
    expect(results.horizons['1']?.['last-one']?.forecasts).toBe(12 - 1);
    // From 8 … 18, but 14 and 15.
    expect(results.leadTime['2']?.['last-one']?.forecasts).toBe(11 - 2);
  });

  it('holds sales of a half-stocked bucket against half of its forecast, as a point', async () => {
    const sold = repeat(2, 20);
    sold[12] = 1;
    const wishes = { horizons: [1, 2] };
    const { results } = await run([{ units: sold, soldOut: [12] }], wishes, { two: () => 2 });
    // 8 … 19: all of them right, and one not asked for a distribution, nor are sums that hold it.
    expect(results.horizons['1']?.two).toMatchObject({ forecasts: 12, wape: 0, bias: 0 });
    expect(results.leadTime['2']?.two).toMatchObject({ forecasts: 11, wape: 0 });
    const course = await run([{ units: [...repeat(2, 12), 50] }], wishes, { two: () => 2 });
    expect(course.results.horizons['1']?.two?.closedCoverage['50']).toBeLessThan(1);
    const half = await run([{ units: [...repeat(2, 12), 50], soldOut: [12] }], wishes, {
      two: () => 2,
    });
    expect(half.results.horizons['1']?.two?.closedCoverage['50']).toBe(1);
  });

  it('scores sums as sums: forecasts of the buckets added up, by as many scales', async () => {
    const { results } = await run([{ units: [...repeat(4, 9), 6, 8, 1] }], {
      ...{ warmUp: 9, horizons: [3] },
    });
    const sum = results.leadTime['3']?.['last-one'];
    expect([sum?.forecasts, sum?.meanForecast, sum?.meanDemand]).toEqual([1, 12, 15]);
    expect(sum?.series).toBe(0);
    expect(sum?.mase).toBeNaN();
  });

  it('forecasts every so often, the series in turn, and scores from a time on', async () => {
    const series = [{ units: repeat(2, 28) }, { units: repeat(2, 28) }];
    const scoreFrom = FIRST_DAY + 18;
    const { results } = await run(series, { every: 5, horizons: [1], scoreFrom });
    expect(results.origins).toBe(4);
    const all = await run(series, { horizons: [1], scoreFrom });
    expect(all.results.origins).toBe(20);
  });

  it('gives figures of each class and quarter, and those of the whole', async () => {
    const rare = Array.from({ length: 60 }, (_, day) => (day % 4 === 0 ? 3 : 0));
    const steady = Array.from({ length: 60 }, (_, day) => 9 + (day % 3));
    const { results } = await run([{ units: rare }, { units: steady }]);
    expect(results.seriesOfClass).toEqual({ smooth: 1, erratic: 0, intermittent: 1, lumpy: 0 });
    const { smooth, intermittent, lumpy } = results.classes;
    const counts = [smooth, intermittent, lumpy].map((of) => of['last-one']?.forecasts);
    expect(counts).toEqual([153, 153, 0]);
    const quarters = results.quarters['last-one'] ?? [];
    expect(quarters.map(({ from, to }) => `${from} ${to}`)).toEqual([
      ...['2026-01-13 2026-01-25', '2026-01-26 2026-02-07'],
      ...['2026-02-08 2026-02-20', '2026-02-21 2026-03-05'],
    ]);
    const total = quarters.reduce((sum, { forecasts }) => sum + forecasts, 0);
    expect(total).toBe(306);
    const mean = quarters.reduce((sum, q) => sum + q.forecasts * (q.coverage['80'] as number), 0);
    expect(mean / total).toBeCloseTo(results.overall['last-one']?.coverage['80'] as number, 12);
  });

  it('chooses by the first half of each series and scores the choice on the second', async () => {
    // A level, then a weekly zigzag: on the first half the slow one is better, later the last one.
    const rules = { 'ses-slow': meanOfSeven, 'ses-fast': lastOne };
    const zigzag = Array.from({ length: 20 }, (_, day) => (day % 2 === 0 ? 0 : 10));
    const calm = Array.from({ length: 20 }, (_, day) => (day < 10 ? 2 : 9));
    const { results } = await run(
      [{ units: [...zigzag, ...calm] }, { units: [...calm, ...zigzag] }],
      { horizons: [1] },
      rules,
    );
    expect(results.chosenOnFirstHalf).toEqual({ 'ses-slow': 1, 'ses-fast': 1 });
    const { secondHalf } = results;
    expect(secondHalf['best-on-first-half']?.forecasts).toBe(40);
    expect(secondHalf['ses-slow']?.forecasts).toBe(40);
    // Chosen with hindsight, and each time for what did not go on.
    const [best, slow] = [secondHalf['best-on-first-half'], secondHalf['ses-slow']];
    expect(best?.wape).toBeGreaterThan(slow?.wape as number);
  });

  it('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    const series = [{ units: repeat(1, 200_000) }];
    await expect(run(series, { signal: stop })).rejects.toThrow('enough');
  });
});

describe('stepOverSeasons', () => {
  it('comes by every season of a series in the end', () => {
    expect(stepOverSeasons(0.2, 'day')).toBe(1);
    expect(stepOverSeasons(6.5, 'day')).toBe(8);
    expect(stepOverSeasons(2, 'month')).toBe(5);
    expect(stepOverSeasons(4.3, 'hour')).toBe(5);
  });
});

function repeat(units: number, days: number): number[] {
  return new Array<number>(days).fill(units);
}

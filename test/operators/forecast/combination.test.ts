// Claims about the combination: experts' forecasts by their weights, near and far.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Combination } from '../../../operators/forecast/combination.js';
import { Ensemble } from '../../../operators/forecast/ensemble.js';
import type { OnlineForecaster } from '../../../operators/forecast/forecaster.js';
import { Table } from '../../../operators/stream/table.js';
import { addRows } from './rows-of.js';

const NEAR = 7;

/** Forecasts the same units for the next bucket, and `ahead` for those behind it; null: asleep. */
function says(name: string, next: number | null, ahead = next): OnlineForecaster {
  return {
    name,
    learn: () => undefined,
    predict: (_row, horizon, out) => {
      if (next === null) return false;
      out.fill(ahead as number, 0, horizon);
      out[0] = next;
      return true;
    },
  };
}

function combined(...experts: OnlineForecaster[]) {
  const table = new Table();
  const ensemble = new Ensemble(table, experts.length);
  addRows(table, 1);
  const made = new Combination(experts, ensemble, NEAR);
  const path = (horizon: number) => {
    const out = new Float64Array(horizon).fill(-1);
    return made.predict(0, horizon, out) ? [...out] : null;
  };
  return { ensemble, made, path };
}

/** Experts that are told apart: the first is best for the next bucket, the second further ahead. */
function told() {
  const all = combined(says('near', 10, 20), says('far', 14, 12), says('asleep', null));
  for (let t = 0; t < 30; t++) {
    all.ensemble.judge(0, t % 2 === 0 ? 9 : 11, Float64Array.of(10, 11, Number.NaN), 10.5);
    all.ensemble.judgeAhead(0, 12, Float32Array.of(14, 12, Number.NaN));
    all.ensemble.apply();
  }
  return all;
}

describe('a combination', () => {
  it('is the mean of those that are awake, while nobody has been judged', () => {
    const { path } = combined(says('a', 10), says('b', 20), says('c', null));
    expect(path(3)).toEqual([15, 15, 15]);
  });

  it('is cold, and writes nothing, while all are asleep', () => {
    const { made } = combined(says('a', null), says('b', null));
    const out = Float64Array.of(-1, -1);
    expect(made.predict(0, 2, out)).toBe(false);
    expect([...out]).toEqual([-1, -1]);
    expect(made.opinions(0).map(({ forecast, weight }) => [forecast, weight])).toEqual([
      [Number.NaN, 0],
      [Number.NaN, 0],
    ]);
  });

  it('forecasts a bucket the same, however far beyond it it is asked', () => {
    const { path } = told();
    const longest = path(60) ?? [];
    for (const horizon of [1, 2, 7, 8, 28]) {
      expect(path(horizon)).toEqual(longest.slice(0, horizon));
    }
  });

  it('answers the same whatever it was asked before', () => {
    const ask = {
      ask: fc.constantFrom('leader', 'opinions', 'path', 'ask', 'forget'),
      horizon: fc.integer({ min: 1, max: 40 }),
    };
    fc.assert(
      fc.property(fc.array(fc.record(ask), { maxLength: 20 }), (asked) => {
        const { made, path } = told();
        for (const { ask, horizon } of asked) {
          if (ask === 'leader') expect(made.leader(0)).toBe(told().made.leader(0));
          if (ask === 'opinions') expect(made.opinions(0)).toEqual(told().made.opinions(0));
          if (ask === 'path') expect(path(horizon)).toEqual(told().path(horizon));
          if (ask === 'forget') made.forget();
          if (ask !== 'ask' || horizon === 1) continue;
          expect(made.ask(0, horizon)).toBe(true);
          expect([0, 1, 2].map((i) => made.forecast(i, horizon - 1))).toEqual([20, 12, Number.NaN]);
        }
      }),
    );
  });

  it('goes from the weights of the next bucket to those ahead, evenly by log of buckets', () => {
    const { made, path } = told();
    const [near, far] = made.opinions(0);
    expect(near?.weight).toBeGreaterThan(far?.weight as number);
    expect(near?.weightAhead).toBeLessThan(far?.weightAhead as number);
    const forecasts = path(28) ?? [];
    for (const buckets of [1, 2, 3, 7, 8, 28]) {
      const distance = Math.min(1, Math.log(buckets) / Math.log(NEAR));
      const weight = (of: typeof near) =>
        (of?.weight ?? 0) + distance * ((of?.weightAhead ?? 0) - (of?.weight ?? 0));
      const [one, two] = buckets === 1 ? [10, 14] : [20, 12];
      const wanted = weight(near) * one + weight(far) * two;
      expect(forecasts[buckets - 1]).toBeCloseTo(wanted, 9);
    }
  });

  it('never lies outside of what its experts say', () => {
    const { path } = told();
    (path(40) ?? []).forEach((units, h) => {
      const [low, high] = h === 0 ? [10, 14] : [12, 20];
      expect(units).toBeGreaterThanOrEqual(low - 1e-9);
      expect(units).toBeLessThanOrEqual(high + 1e-9);
    });
  });

  it('says what each expert said, and its share', () => {
    const { made, path } = told();
    const opinions = made.opinions(0);
    expect(opinions.map(({ expert }) => expert)).toEqual(['near', 'far', 'asleep']);
    expect(opinions.map(({ forecast }) => forecast)).toEqual([10, 14, Number.NaN]);
    const [next] = path(1) ?? [];
    const sum = opinions.reduce(
      (all, one) => all + (one.weight > 0 ? one.weight * one.forecast : 0),
      0,
    );
    expect(next).toBeCloseTo(sum, 12);
  });
});

// Claims about online accuracy: equal to batch formulas on each prefix.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEVELS, OverallAccuracy, RowAccuracy } from '../../../operators/forecast/accuracy.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';

/** Weight that an error keeps a bucket. */
const MEMORY = 0.95;
const Z80 = 1.2815515655446004;
const Z95 = 1.959963984540054;

interface Judged {
  readonly forecast: number;
  readonly units: number;
}
const history: fc.Arbitrary<readonly Judged[]> = fc.array(
  fc.record({
    forecast: fc.double({ min: 0, max: 50, noNaN: true }),
    units: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 1, maxLength: 60 },
);

function oneRow(forecasters = 2) {
  const table = new Table();
  const accuracy = new RowAccuracy(table, forecasters);
  table.row(table.skus.intern('A'), table.locations.intern('shop'));
  return accuracy;
}

/** Sum of values, the newest weighing 1, each older one MEMORY times as much as its successor. */
function discounted(values: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + value * MEMORY ** (values.length - 1 - i), 0);
}

function expectClose(got: number, wanted: number): void {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
}

describe('RowAccuracy', () => {
  it('on each prefix has the WAPE and the sd of errors of the discounted batch formula', () => {
    fc.assert(
      fc.property(history, (judged) => {
        const accuracy = oneRow();
        judged.forEach(({ forecast, units }, i) => {
          accuracy.judgeChampion(0, units - forecast, units);
          const prefix = judged.slice(0, i + 1);
          const errors = prefix.map((j) => j.units - j.forecast);
          const weight = discounted(prefix.map(() => 1));
          const demand = discounted(prefix.map((j) => j.units));
          expectClose(
            accuracy.errorSd(0),
            Math.sqrt(discounted(errors.map((e) => e * e)) / weight),
          );
          if (demand === 0) expect(accuracy.wape(0)).toBeNaN();
          else expectClose(accuracy.wape(0), discounted(errors.map(Math.abs)) / demand);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('averages the first 20 errors of a forecaster, then fades old ones by 5 % a bucket', () => {
    const errors = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(errors, (all) => {
        const accuracy = oneRow();
        all.forEach((error, i) => {
          accuracy.judge(0, 1, error);
          const absolute = all.slice(0, i + 1).map(Math.abs);
          const first = absolute.slice(0, 20);
          const later = absolute.slice(20);
          const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
          const fading = mean * MEMORY ** later.length + (1 - MEMORY) * discounted(later);
          expectClose(accuracy.meanError(0, 1), fading);
        });
        expect(accuracy.meanError(0, 0)).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 50 },
    );
  });

  it('knows nothing before the first forecast', () => {
    const accuracy = oneRow();
    expect(accuracy.meanError(0, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(accuracy.errorSd(0)).toBeNaN();
    expect(accuracy.wape(0)).toBeNaN();
  });
});

describe('OverallAccuracy', () => {
  it('on each prefix has the WAPE and coverage of the batch formulas', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 20 }), (judged, sd) => {
        const overall = new OverallAccuracy();
        judged.forEach(({ forecast, units }, i) => {
          overall.judge(units - forecast, units, sd, [Z80, Z95]);
          const prefix = judged.slice(0, i + 1);
          const demand = prefix.reduce((sum, j) => sum + j.units, 0);
          const error = prefix.reduce((sum, j) => sum + Math.abs(j.units - j.forecast), 0);
          if (demand === 0) expect(overall.wape()).toBeNull();
          else expectClose(overall.wape() as number, error / demand);
          [Z80, Z95].forEach((z, level) => {
            const inside = prefix.filter(
              (j) => j.units >= j.forecast - z * sd && j.units <= j.forecast + z * sd,
            );
            expectClose(overall.coverage(level) as number, inside.length / prefix.length);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('says nothing before the first forecast, and watches 80 % and 95 %', () => {
    const overall = new OverallAccuracy();
    expect(overall.wape()).toBeNull();
    expect(overall.coverage(0)).toBeNull();
    expect(LEVELS).toEqual([0.8, 0.95]);
  });

  it('is the same after saving and loading', () => {
    const one = new OverallAccuracy();
    for (const error of [1, -4, 9]) one.judge(error, 10, 3, [Z80, Z95]);
    const writer = new StateWriter();
    one.save(writer);
    const two = new OverallAccuracy();
    two.load(decodeState(encodeState(writer)));
    for (const accuracy of [one, two]) accuracy.judge(2, 7, 3, [Z80, Z95]);
    expect(two).toEqual(one);
  });
});

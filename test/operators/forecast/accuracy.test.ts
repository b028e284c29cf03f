// Claims about online accuracy: equal to batch formulas on each prefix.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEVELS, OverallAccuracy, RowAccuracy } from '../../../operators/forecast/accuracy.js';
import { coveredShare } from '../../../operators/forecast/distribution-measures.js';
import { shareBelow, TRACKED } from '../../../operators/forecast/tracked.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';

/** Relative error that columns of single precision explain. */
const SINGLE = 1e-5;
/** Weight that an error keeps a bucket. */
const MEMORY = 0.95;
/** Levels that intervals lie between, the lowest first, and which of them bound each interval. */
const ENDS = TRACKED.length;
const BOUNDS = [
  [3, 5],
  [2, 6],
  [1, 7],
  [0, 8],
] as const;

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

function oneRow() {
  const table = new Table();
  const accuracy = new RowAccuracy(table);
  table.row(table.skus.intern('A'), table.locations.intern('shop'));
  return accuracy;
}

/** Sum of values, the newest weighing 1, each older one MEMORY times as much as its successor. */
function discounted(values: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + value * MEMORY ** (values.length - 1 - i), 0);
}

function expectClose(got: number, wanted: number, error = 1e-9): void {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(wanted)));
}

describe('RowAccuracy', () => {
  it('on each prefix has the WAPE and the sd of errors of the discounted batch formula', () => {
    fc.assert(
      fc.property(history, (judged) => {
        const accuracy = oneRow();
        judged.forEach(({ forecast, units }, i) => {
          accuracy.judge(0, units - forecast, units);
          const prefix = judged.slice(0, i + 1);
          const errors = prefix.map((j) => j.units - j.forecast);
          const weight = discounted(prefix.map(() => 1));
          const demand = discounted(prefix.map((j) => j.units));
          expectClose(
            accuracy.errorSd(0),
            Math.sqrt(discounted(errors.map((e) => e * e)) / weight),
            SINGLE,
          );
          if (demand === 0) expect(accuracy.wape(0)).toBeNaN();
          else expectClose(accuracy.wape(0), discounted(errors.map(Math.abs)) / demand, SINGLE);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('knows nothing before the first forecast', () => {
    const accuracy = oneRow();
    expect(accuracy.errorSd(0)).toBeNaN();
    expect(accuracy.wape(0)).toBeNaN();
  });
});

/** Shares of what came below each level of TRACKED, from the outcome's own probabilities. */
const judgement = fc.record({
  error: fc.double({ min: -50, max: 50, noNaN: true }),
  units: fc.integer({ min: 0, max: 50 }),
  below: fc.double({ min: 0, max: 1, noNaN: true }),
  mass: fc.double({ min: 0, max: 1, noNaN: true }),
});

function sharesOf({ below, mass }: { below: number; mass: number }): Float64Array {
  return Float64Array.from(TRACKED, (p) => shareBelow(p, below, below + mass * (1 - below)));
}

const NEVER = new Float64Array(ENDS);

describe('OverallAccuracy', () => {
  it('watches 50, 80, 95 and 99 %, each between the two levels that bound it', () => {
    expect(LEVELS).toEqual([0.5, 0.8, 0.95, 0.99]);
    BOUNDS.forEach(([low, high], i) => {
      const width = (TRACKED[high] as number) - (TRACKED[low] as number);
      expect(width).toBeCloseTo(LEVELS[i] as number, 12);
    });
  });

  it('on each prefix has the WAPE and coverage of the batch formulas', () => {
    fc.assert(
      fc.property(fc.array(judgement, { minLength: 1, maxLength: 40 }), (judged) => {
        const overall = new OverallAccuracy();
        judged.forEach((one, i) => {
          overall.judge(one.error, one.units, sharesOf(one));
          overall.apply();
          const prefix = judged.slice(0, i + 1);
          const demand = prefix.reduce((sum, { units }) => sum + units, 0);
          const error = prefix.reduce((sum, j) => sum + Math.abs(j.error), 0);
          if (demand === 0) expect(overall.wape()).toBeNull();
          else expectClose(overall.wape() as number, error / demand);
          LEVELS.forEach((level, n) => {
            const covered = prefix.map(({ below, mass }) =>
              coveredShare({ below, through: below + mass * (1 - below) }, level),
            );
            const sum = covered.reduce((a, b) => a + b, 0);
            expectClose(overall.coverage(n) as number, sum / prefix.length);
            const weights = covered.map((_, ago) => 0.98 ** (prefix.length - ago));
            const recent = covered.reduce((a, b, at) => a + b * (weights[at] as number), 0);
            const weight = weights.reduce((a, b) => a + b, 0);
            expectClose(overall.recentCoverage(n) as number, recent / weight);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('says nothing before the first forecast', () => {
    const overall = new OverallAccuracy();
    overall.apply();
    expect(overall.wape()).toBeNull();
    expect(overall.coverage(0)).toBeNull();
    expect(overall.recentCoverage(0)).toBeNull();
  });

  it('forgets of late what it keeps for ever: 300 buckets later little is left of a miss', () => {
    const overall = new OverallAccuracy();
    const inside = sharesOf({ below: 0.5, mass: 0 });
    overall.judge(1, 1, NEVER);
    for (let bucket = 0; bucket < 300; bucket++) {
      overall.judge(0, 1, inside);
      overall.apply();
    }
    expect(overall.coverage(3)).toBeCloseTo(300 / 301, 12);
    expect(overall.recentCoverage(3)).toBeGreaterThan(0.9999);
  });

  it('is the same after saving and loading', () => {
    const one = new OverallAccuracy();
    for (const error of [1, -4, 9]) {
      one.judge(error, 10, sharesOf({ below: error / 10, mass: 0.3 }));
      one.apply();
    }
    const writer = new StateWriter();
    one.save(writer);
    const two = new OverallAccuracy();
    two.load(decodeState(encodeState(writer)));
    for (const accuracy of [one, two]) accuracy.judge(2, 7, sharesOf({ below: 0.2, mass: 0 }));
    expect(two).toEqual(one);
  });
});

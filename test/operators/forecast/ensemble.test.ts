// Claims about the ensemble: Hedge with forgetting, its prior of all rows, experts that sleep.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviance } from '../../../operators/forecast/deviance.js';
import { Ensemble } from '../../../operators/forecast/ensemble.js';
import { Table } from '../../../operators/stream/table.js';
import { Dice } from './dice.js';
import { addRows, restore } from './rows-of.js';

const ASLEEP = Number.NaN;

/** Hedge: weights that fall exponentially with what experts have lost. */
function hedge(eta: number, losses: readonly number[]): number[] {
  const weights = losses.map((loss) => Math.exp(-eta * loss));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Rows under one ensemble; the combination is what its own weights make of the forecasts. */
class Weighing {
  readonly table = new Table();
  readonly ensemble: Ensemble;

  constructor(
    readonly experts: number,
    rows: number,
  ) {
    this.ensemble = new Ensemble(this.table, experts);
    addRows(this.table, rows);
  }

  weights(row: number, forecasts: readonly number[], isAhead = false): number[] {
    const out = new Float64Array(this.experts);
    this.ensemble.weigh(row, Float64Array.from(forecasts), isAhead, out);
    return [...out];
  }

  combined(row: number, forecasts: readonly number[]): number {
    return this.weights(row, forecasts).reduce(
      (sum, weight, i) => sum + (weight > 0 ? weight * (forecasts[i] as number) : 0),
      0,
    );
  }

  judge(row: number, units: number, forecasts: readonly number[]): void {
    const combined = this.combined(row, forecasts);
    this.ensemble.judge(row, units, Float64Array.from(forecasts), combined);
  }
}

interface Bucket {
  readonly units: number;
  readonly forecasts: readonly number[];
}

/** What the definition says, worked out from the first bucket on. */
function batchLosses(buckets: readonly Bucket[], combinedOf: readonly number[]): number[] {
  const sums = new Array<number>((buckets[0] as Bucket).forecasts.length).fill(0);
  let [a, b] = [0, 0];
  buckets.forEach(({ units, forecasts }, n) => {
    const combined = combinedOf[n] as number;
    const gain = Math.max(0.03, 1 / (n + 1));
    a += gain * (deviance(units, combined) - a);
    b += gain * (Math.abs(units - combined) - b);
    forecasts.forEach((forecast, i) => {
      const byDeviance = Math.min(10, deviance(units, forecast) / Math.max(1e-6, a));
      const byError = Math.min(10, Math.abs(units - forecast) / Math.max(1e-6, b));
      sums[i] = 0.95 * (sums[i] as number) + (byDeviance + byError) / 2;
    });
  });
  return sums;
}

const bucket: fc.Arbitrary<Bucket> = fc.record({
  units: fc.integer({ min: 0, max: 30 }),
  forecasts: fc.array(fc.double({ min: 0.5, max: 30, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  }),
});

describe('Ensemble', () => {
  // F12: eta .5, losses (1, 0) and (.5, .2).
  it('is held against a Hedge that gives the known answer (F12)', () => {
    const [one, two] = hedge(0.5, [1 + 0.5, 0 + 0.2]);
    expect(one).toBeCloseTo(0.3429895, 7);
    expect(two).toBeCloseTo(0.6570105, 7);
  });

  it('of one row has, on each prefix, the weights of Hedge over its discounted losses', () => {
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 40 }), (buckets) => {
        const weighing = new Weighing(3, 1);
        const combined: number[] = [];
        buckets.forEach(({ units, forecasts }, n) => {
          combined.push(weighing.combined(0, forecasts));
          weighing.judge(0, units, forecasts);
          weighing.ensemble.apply();
          // All rows have lost what this one has, and weigh as so few rows do.
          const losses = batchLosses(buckets.slice(0, n + 1), combined);
          const rows = 1 - 0.95 ** (n + 1);
          const times = 1 + (10 * rows) / (rows + 20);
          const wanted = hedge(
            1,
            losses.map((loss) => times * loss),
          );
          weighing.weights(0, forecasts).forEach((weight, i) => {
            // Losses are kept in steps: half of one, 20 buckets long, is 4 % of the odds each.
            expect(Math.abs(weight - (wanted[i] as number))).toBeLessThan(0.025);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  const anyForecast = fc.oneof(
    fc.constantFrom(0, 1e15, 1e-9, ASLEEP),
    fc.double({ min: 0, max: 100, noNaN: true }),
  );
  const anyBucket = fc.record({
    units: fc.oneof(fc.constantFrom(0, 1e15, 1e-9), fc.nat(50)),
    forecasts: fc.array(anyForecast, { minLength: 4, maxLength: 4 }),
  });

  it('has weights that add up to 1, none of those asleep, whatever came', () => {
    fc.assert(
      fc.property(
        fc.array(anyBucket, { maxLength: 40 }),
        anyBucket,
        fc.boolean(),
        (all, now, far) => {
          const weighing = new Weighing(4, 1);
          for (const { units, forecasts } of all) {
            if (forecasts.every(Number.isNaN)) continue;
            weighing.judge(0, units, forecasts);
            weighing.ensemble.judgeAhead(0, units, Float32Array.from(forecasts));
            weighing.ensemble.apply();
          }
          const weights = weighing.weights(0, now.forecasts, far);
          const isNobody = now.forecasts.every(Number.isNaN);
          expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(isNobody ? 0 : 1, 9);
          weights.forEach((weight, i) => {
            expect(weight).toBeGreaterThanOrEqual(0);
            if (Number.isNaN(now.forecasts[i])) expect(weight).toBe(0);
          });
        },
      ),
    );
  });

  it('begins with the plain mean of those that are awake', () => {
    expect(new Weighing(3, 1).weights(0, [5, ASLEEP, 9])).toEqual([0.5, 0, 0.5]);
  });

  it('follows the better expert, and the other one when that becomes better', () => {
    const weighing = new Weighing(2, 1);
    const dice = new Dice(5);
    const forecasts = [10, 16];
    const trade = (mean: number, buckets: number) => {
      for (let t = 0; t < buckets; t++) {
        weighing.judge(0, dice.poisson(mean), forecasts);
        weighing.ensemble.apply();
      }
      return weighing.weights(0, forecasts)[0] as number;
    };
    expect(trade(10, 30)).toBeGreaterThan(0.95);
    expect(trade(16, 30)).toBeLessThan(0.05);
  });

  it('wakes an expert up with the weight of one that lost what the ensemble lost', () => {
    const weighing = new Weighing(3, 1);
    for (let t = 0; t < 200; t++) {
      weighing.judge(0, t % 2 === 0 ? 8 : 12, [10, ASLEEP, 30]);
      weighing.ensemble.apply();
    }
    const [good, woken, bad] = weighing.weights(0, [10, 10, 30]) as [number, number, number];
    expect(woken).toBeCloseTo(good, 2);
    expect(bad).toBeLessThan(1e-6);
  });

  it('weighs a new row as all others have found, until it shows otherwise', () => {
    const weighing = new Weighing(2, 21);
    const newcomer = 20;
    const dice = new Dice(8);
    const trade = (isNew: boolean) => {
      for (let row = 0; row < 20; row++) weighing.judge(row, dice.poisson(10), [10, 10.5]);
      if (isNew) weighing.judge(newcomer, dice.poisson(40), [10, 40]);
      weighing.ensemble.apply();
    };
    for (let t = 0; t < 30; t++) trade(false);
    expect(weighing.weights(newcomer, [10, 40])[0]).toBeGreaterThan(0.55);
    for (let t = 0; t < 30; t++) trade(true);
    expect(weighing.weights(newcomer, [10, 40])[1]).toBeGreaterThan(0.95);
  });

  it('weighs for buckets ahead by how experts did that far ahead, for all rows', () => {
    const weighing = new Weighing(2, 1);
    for (let t = 0; t < 40; t++) {
      weighing.judge(0, t % 2 === 0 ? 9 : 11, [10, 10.5]);
      weighing.ensemble.judgeAhead(0, 10, Float32Array.of(14, 10));
      weighing.ensemble.apply();
    }
    expect(weighing.weights(0, [10, 10])[0]).toBeGreaterThan(0.5);
    expect(weighing.weights(0, [10, 10], true)[0]).toBeLessThan(0.5);
  });

  it('is not decided by one outlier', () => {
    const weighing = new Weighing(2, 1);
    const trade = (units: number) => {
      weighing.judge(0, units, [10, 14]);
      weighing.ensemble.apply();
    };
    for (let t = 0; t < 60; t++) trade(t % 2 === 0 ? 9 : 11);
    trade(1e9);
    expect(weighing.weights(0, [10, 14])[0]).toBeGreaterThan(0.9);
  });

  it('gives the same weights in whatever order rows of a bucket come', () => {
    const rows = fc.array(fc.array(bucket, { minLength: 5, maxLength: 5 }), {
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(rows, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (all, order) => {
        const [one, two] = [new Weighing(3, 5), new Weighing(3, 5)];
        for (const buckets of all) {
          buckets.forEach(({ units, forecasts }, row) => {
            one.judge(row, units, forecasts);
          });
          for (const row of order) {
            const { units, forecasts } = buckets[row] as Bucket;
            two.judge(row, units, forecasts);
          }
          one.ensemble.apply();
          two.ensemble.apply();
        }
        for (let row = 0; row < 5; row++) {
          const weights = two.weights(row, [1, 2, 3]);
          one.weights(row, [1, 2, 3]).forEach((weight, i) => {
            expect(Math.abs(weight - (weights[i] as number))).toBeLessThan(1e-4);
          });
        }
      }),
    );
  });

  it('goes on the same behind a snapshot', () => {
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 20 }), fc.nat(20), (all, at) => {
        const straight = new Weighing(3, 1);
        let restored = new Weighing(3, 1);
        all.forEach(({ units, forecasts }, t) => {
          if (t === at) {
            const fresh = new Weighing(3, 0);
            restore([restored.table, restored.ensemble], [fresh.table, fresh.ensemble]);
            restored = fresh;
          }
          for (const each of [straight, restored]) {
            each.judge(0, units, forecasts);
            each.ensemble.judgeAhead(0, units, Float32Array.from(forecasts));
            each.ensemble.apply();
          }
        });
        for (const far of [false, true]) {
          expect(restored.weights(0, [1, 2, 3], far)).toEqual(straight.weights(0, [1, 2, 3], far));
        }
      }),
    );
  });
});

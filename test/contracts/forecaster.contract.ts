// What every online forecaster must keep; each implementation's test file calls this.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DemandBucket, OnlineForecaster } from '../../operators/forecast/forecaster.js';
import { decodeState, encodeState, StateWriter } from '../../operators/stream/state.js';
import { Table } from '../../operators/stream/table.js';

export interface ForecasterHarness {
  /** Makes the forecaster over a table that has no rows yet. */
  make(table: Table, seasons: number): OnlineForecaster;
  /** Buckets of known units without which it stays cold; with as many in a row it is warm. */
  readonly warmAfter: { readonly atLeast: number; readonly seasons: number };
  /** Weeks in which it learns a pure weekly pattern to within `patternError` of its mean. */
  readonly weeksToLearn: number;
  readonly patternError: number;
}

const SEASONS = 7;
const DAY_MS = 86_400_000;
const HORIZON = 16;
const UNTOUCHED = -12_345;

/** Units of buckets in a row; NaN: unknown. */
type Series = readonly number[];

/** Everything that demand may look like: none, one sale, steady, huge, fractions, not known. */
const anySeries: fc.Arbitrary<Series> = fc.oneof(
  fc.array(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 30 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.constantFrom(1e12, 1e-9, 0.1),
      fc.constant(Number.NaN),
    ),
    { maxLength: 60 },
  ),
  fc
    .tuple(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 100 }))
    .map(([before, after, sale]) => [...repeat(0, before), sale, ...repeat(0, after)]),
  fc
    .tuple(fc.constantFrom(0, 1, 0.1, 7.3, 1e12), fc.nat(60))
    .map(([units, length]) => repeat(units, length)),
  fc.nat(60).map((length) => repeat(0, length)),
  fc.nat(60).map((length) => repeat(Number.NaN, length)),
);

class Bench {
  readonly table = new Table();
  readonly forecaster: OnlineForecaster;

  constructor(harness: ForecasterHarness, rows = 3, seasons = SEASONS) {
    this.forecaster = harness.make(this.table, seasons);
    const location = this.table.locations.intern('shop');
    for (let n = 0; n < rows; n++) this.table.row(this.table.skus.intern(`sku-${n}`), location);
  }

  /** Teaches buckets `from`, `from` + 1, …; bucket n has season n mod 7. */
  learn(row: number, series: Series, from = 0): this {
    series.forEach((units, n) => {
      this.forecaster.learn(row, bucket(from + n, units));
    });
    return this;
  }

  /** Null: cold. */
  predict(row: number, horizon = HORIZON): readonly number[] | null {
    const out = new Float64Array(HORIZON).fill(UNTOUCHED);
    const isWarm = this.forecaster.predict(row, horizon, out);
    const untouched = isWarm ? out.subarray(horizon) : out;
    if (untouched.some((value) => value !== UNTOUCHED)) {
      throw new Error(`wrote where it should not: ${out.join(' ')}`);
    }
    return isWarm ? [...out.subarray(0, horizon)] : null;
  }

  save(): Uint8Array {
    const writer = new StateWriter();
    this.table.save(writer);
    return encodeState(writer);
  }
}

function bucket(n: number, units: number): DemandBucket {
  const inStockShare = Number.isNaN(units) ? 0 : 1;
  return { startMs: n * DAY_MS, season: n % SEASONS, units, inStockShare };
}

function repeat(units: number, length: number): number[] {
  return new Array<number>(length).fill(units);
}

export function forecasterContract(name: string, harness: ForecasterHarness): void {
  describe(`${name} keeps the contract of a forecaster`, () => {
    const { atLeast, seasons } = harness.warmAfter;
    const warmed = Math.max(atLeast, seasons * SEASONS);

    describe('cold and warm', () => {
      let bench: Bench;
      beforeEach(() => {
        bench = new Bench(harness);
      });

      it('has a name, and is cold before it has learned', () => {
        expect(bench.forecaster.name).toMatch(/^[a-z][a-z0-9-]*$/);
        expect(bench.predict(0)).toBeNull();
      });

      it(`stays cold, and leaves the output alone, until ${warmed} buckets were known`, () => {
        for (let n = 0; n < warmed; n++) {
          expect(bench.predict(0)).toBeNull();
          bench.learn(0, [5], n);
        }
        expect(bench.predict(0)).not.toBeNull();
      });

      it('does not warm up by buckets of unknown units', () => {
        bench.learn(0, repeat(Number.NaN, 5 * warmed));
        expect(bench.predict(0)).toBeNull();
      });

      it('writes as many buckets as it was asked for', () => {
        bench.learn(0, repeat(5, warmed));
        for (const horizon of [1, 2, SEASONS, HORIZON]) {
          expect(bench.predict(0, horizon)).toHaveLength(horizon);
        }
      });

      it('predicts the same near buckets whatever the horizon, and changes nothing by it', () => {
        bench.learn(0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3, 1, 4]);
        const before = bench.save();
        const far = bench.predict(0) as readonly number[];
        expect(bench.predict(0, 3)).toEqual(far.slice(0, 3));
        expect(bench.save()).toEqual(before);
      });
    });

    describe('any demand', () => {
      it('predicts finite units, never below zero', () => {
        fc.assert(
          fc.property(anySeries, (series) => {
            const bench = new Bench(harness);
            series.forEach((units, n) => {
              bench.learn(1, [units], n);
              const wrong = bench.predict(1)?.filter((v) => !(v >= 0 && Number.isFinite(v)));
              expect(wrong ?? []).toEqual([]);
            });
          }),
          { numRuns: 300 },
        );
      });

      it('predicts nothing where nothing was ever sold', () => {
        const bench = new Bench(harness).learn(0, repeat(0, 5 * SEASONS));
        expect(bench.predict(0)).toEqual(repeat(0, HORIZON));
      });

      it.each([1, 7, 0.1, 1e12])('predicts the constant where every bucket was %d', (units) => {
        const bench = new Bench(harness).learn(0, repeat(units, 3 * SEASONS));
        for (const value of bench.predict(0) as readonly number[]) {
          expect(Math.abs(value / units - 1)).toBeLessThan(1e-12);
        }
      });

      it('predicts the same from the same', () => {
        fc.assert(
          fc.property(anySeries, (series) => {
            const one = new Bench(harness).learn(0, series);
            const two = new Bench(harness).learn(0, series);
            expect(one.predict(0)).toEqual(two.predict(0));
            expect(one.save()).toEqual(two.save());
          }),
          { numRuns: 50 },
        );
      });

      it('keeps rows apart: what one learns, the others never know', () => {
        fc.assert(
          fc.property(anySeries, anySeries, (mine, others) => {
            const alone = new Bench(harness).learn(1, mine);
            const among = new Bench(harness);
            const length = Math.max(mine.length, others.length);
            for (let n = 0; n < length; n++) {
              if (n < others.length) among.learn(0, [others[n] as number], n);
              if (n < mine.length) among.learn(1, [mine[n] as number], n);
              if (n < others.length) among.learn(2, [others[n] as number], n);
            }
            expect(among.predict(1)).toEqual(alone.predict(1));
          }),
          { numRuns: 100 },
        );
      });
    });

    describe('seasons', () => {
      const pattern = [14, 3, 8, 21, 9, 35, 0];
      const mean = pattern.reduce((sum, units) => sum + units, 0) / pattern.length;
      const weeks = (count: number) => Array.from({ length: count }, () => pattern).flat();
      const worst = (predicted: readonly number[], from: number) =>
        Math.max(...predicted.map((value, h) => Math.abs(value - at(pattern, from + h))));

      it(`learns a pure weekly pattern within ${harness.weeksToLearn} weeks`, () => {
        for (let extra = 0; extra < SEASONS; extra++) {
          const days = harness.weeksToLearn * SEASONS + extra;
          const series = Array.from({ length: days }, (_, n) => at(pattern, n));
          const predicted = new Bench(harness).learn(0, series).predict(0);
          expect(worst(predicted as readonly number[], days) / mean).toBeLessThan(
            harness.patternError,
          );
        }
      });

      it('goes on with the right day after days of unknown units', () => {
        const known = harness.weeksToLearn * SEASONS;
        for (let gap = 1; gap <= 2 * SEASONS; gap++) {
          const bench = new Bench(harness).learn(0, weeks(harness.weeksToLearn));
          bench.learn(0, repeat(Number.NaN, gap), known);
          const predicted = bench.predict(0) as readonly number[];
          expect(worst(predicted, known + gap) / mean).toBeLessThan(harness.patternError);
        }
      });
    });

    describe('state', () => {
      it('survives saving at any point: restored and taught the rest, it is the same', () => {
        fc.assert(
          fc.property(anySeries, fc.nat(60), (series, point) => {
            const cut = Math.min(point, series.length);
            const straight = new Bench(harness).learn(1, series);
            const first = new Bench(harness).learn(1, series.slice(0, cut));
            const second = new Bench(harness, 0);
            second.table.load(decodeState(first.save()));
            second.learn(1, series.slice(cut), cut);
            expect(second.predict(1)).toEqual(straight.predict(1));
            expect(second.save()).toEqual(straight.save());
          }),
          { numRuns: 100 },
        );
      });

      it('takes no more room after a year than after a week', () => {
        const bench = new Bench(harness).learn(0, repeat(3, SEASONS));
        const before = bench.save().length;
        bench.learn(0, repeat(4, 365), SEASONS);
        expect(bench.save().length).toBe(before);
      });

      it('goes on when the table grows under it', () => {
        const bench = new Bench(harness).learn(0, [1, 2, 3, 4, 5, 6, 7, 8]);
        const before = bench.predict(0);
        for (let n = 0; n < 3000; n++) {
          bench.table.row(bench.table.skus.intern(`new-${n}`), 0);
        }
        expect(bench.predict(0)).toEqual(before);
        expect(bench.predict(2999)).toBeNull();
      });
    });
  });
}

function at(values: readonly number[], n: number): number {
  return values[n % values.length] as number;
}

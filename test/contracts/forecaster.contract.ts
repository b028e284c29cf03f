// What every online forecaster must keep; each implementation's test file calls this.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Course } from '../../operators/forecast/course.js';
import type { OnlineForecaster } from '../../operators/forecast/forecaster.js';
import {
  decodeState,
  encodeState,
  type Stateful,
  StateWriter,
} from '../../operators/stream/state.js';
import { Table } from '../../operators/stream/table.js';
import { bucketOf } from '../operators/forecast/bucket-of.js';

export interface ForecasterHarness {
  /** Makes the forecaster over a table that has no rows yet. */
  make(table: Table, course: Course): OnlineForecaster;
  /** Buckets of known units without which it stays cold; with as many in a row it is warm. */
  readonly warmAfter: { readonly atLeast: number; readonly seasons: number };
  /** Weeks in which it learns a pure weekly pattern to within `error` of its mean; null: never. */
  readonly weekly: { readonly weeks: number; readonly error: number } | null;
  /** What it predicts where every bucket is alike: `share` of it, to a relative `error`. */
  readonly constant: { readonly share: number; readonly error: number };
  /** It never predicts more than so many times the largest demand that it has seen. */
  readonly overshoot: number;
  /** Whether it forgets what is not sold any more. */
  readonly fades: boolean;
  /** Rows learn from each other, and what they share is saved beside the table. */
  readonly pooled?: boolean;
}

/** Relative errors that double and single precision explain. */
export const DOUBLE = 1e-12;
export const SINGLE = 1e-6;

const SEASONS = 7;
const HORIZON = 16;
const UNTOUCHED = -12_345;
/** Ten years of days, in whole weeks. */
const TEN_YEARS = 522 * SEASONS;
/** Below it single precision runs out of digits; no demand is so small. */
const TINIEST = 1e-12;
/** What a broken source may say: no demand at all. */
const NO_DEMAND = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -1e12,
  1e300,
];

/** Units of buckets in a row; NaN: unknown. */
type Series = readonly number[];

/** Everything that demand may look like: none, one sale, steady, huge, fractions, not known. */
const anySeries: fc.Arbitrary<Series> = fc.oneof(
  fc.array(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 30 }),
      fc.double({ min: 0, max: 3, noNaN: true }).map((units) => (units < TINIEST ? 0 : units)),
      fc.constantFrom(1e12, 1e-9, 0.1),
      fc.constantFrom(...NO_DEMAND),
    ),
    { maxLength: 60 },
  ),
  fc
    .tuple(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 100 }))
    .map(([before, after, sale]) => [...repeat(0, before), sale, ...repeat(0, after)]),
  fc
    .tuple(fc.nat(30), fc.nat(30))
    .map(([tiny, huge]) => [...repeat(1e-9, tiny), ...repeat(1e12, huge), ...repeat(1e-9, tiny)]),
  fc
    .tuple(fc.constantFrom(0, 1, 0.1, 7.3, 1e12), fc.nat(60))
    .map(([units, length]) => repeat(units, length)),
  fc.nat(60).map((length) => repeat(0, length)),
  fc.nat(60).map((length) => repeat(Number.NaN, length)),
);

class Bench {
  readonly table = new Table();
  readonly course: Course;
  readonly forecaster: OnlineForecaster;

  constructor(harness: ForecasterHarness, rows = 3, seasons = SEASONS) {
    this.course = new Course(this.table, seasons);
    this.forecaster = harness.make(this.table, this.course);
    const location = this.table.locations.intern('shop');
    for (let n = 0; n < rows; n++) this.table.row(this.table.skus.intern(`sku-${n}`), location);
  }

  /** Teaches buckets `from`, `from` + 1, …; bucket n has season n mod 7, or of what there are. */
  learn(row: number, series: Series, from = 0): this {
    series.forEach((units, n) => {
      const bucket = bucketOf(from + n, units, this.course.seasons);
      this.forecaster.learn(row, bucket);
      this.course.advance(row, bucket);
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
    if (isStateful(this.forecaster)) this.forecaster.save(writer);
    return encodeState(writer);
  }

  load(saved: Uint8Array): void {
    const reader = decodeState(saved);
    this.table.load(reader);
    if (isStateful(this.forecaster)) this.forecaster.load(reader);
  }
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
      it.each([1, SEASONS, 168, 256])(
        'predicts finite units, never below zero (%d seasons)',
        (n) => {
          fc.assert(
            fc.property(anySeries, (series) => {
              const bench = new Bench(harness, 3, n);
              series.forEach((units, i) => {
                bench.learn(1, [units], i);
                const wrong = bench.predict(1)?.filter((v) => !(v >= 0 && Number.isFinite(v)));
                expect(wrong ?? []).toEqual([]);
              });
            }),
            { numRuns: n === SEASONS ? 300 : 50 },
          );
        },
      );

      it(`never predicts more than ${harness.overshoot} times the most that was sold`, () => {
        fc.assert(
          fc.property(anySeries, (series) => {
            const bench = new Bench(harness);
            let most = 0;
            series.forEach((units, n) => {
              bench.learn(1, [units], n);
              if (isDemand(units)) most = Math.max(most, units);
              const bound = harness.overshoot * most * (1 + SINGLE);
              expect(Math.max(0, ...(bench.predict(1) ?? []))).toBeLessThanOrEqual(bound);
            });
          }),
          { numRuns: 300 },
        );
      });

      it('learns nothing from units that are no demand: they are as good as unknown', () => {
        fc.assert(
          fc.property(anySeries, (series) => {
            const told = new Bench(harness).learn(0, series);
            const hidden = series.map((units) => (isDemand(units) ? units : Number.NaN));
            const unknown = new Bench(harness).learn(0, hidden);
            expect(told.save()).toEqual(unknown.save());
          }),
          { numRuns: 100 },
        );
      });

      if (harness.fades) {
        it('predicts nothing, or next to it, after ten years of none', () => {
          fc.assert(
            fc.property(anySeries, (series) => {
              const bench = new Bench(harness).learn(0, [...series, ...repeat(0, TEN_YEARS)]);
              const most = Math.max(...series.filter(isDemand), 0);
              for (const value of bench.predict(0) as readonly number[]) {
                // What is left of a large sale is what its precision cannot tell from nothing.
                expect(value).toBeLessThanOrEqual(Math.max(1e-9, harness.constant.error) * most);
              }
            }),
            { numRuns: 20 },
          );
        });
      }

      it('predicts nothing where nothing was ever sold', () => {
        const bench = new Bench(harness).learn(0, repeat(0, 5 * SEASONS));
        expect(bench.predict(0)).toEqual(repeat(0, HORIZON));
      });

      it.each([1, 7, 0.1, 1e-9, 1e12])(
        'predicts the constant where every bucket was %d',
        (units) => {
          const { share, error } = harness.constant;
          for (const length of [warmed, 3 * SEASONS, 50 * SEASONS]) {
            const bench = new Bench(harness).learn(0, repeat(units, length));
            for (const value of bench.predict(0) as readonly number[]) {
              expect(Math.abs(value / (share * units) - 1)).toBeLessThan(error);
            }
          }
        },
      );

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
    });

    if (harness.pooled) pooledContract(harness);
    else aloneContract(harness);

    if (harness.weekly !== null) seasonsContract(harness, harness.weekly);

    describe('state', () => {
      it('survives saving at any point: restored and taught the rest, it is the same', () => {
        fc.assert(
          fc.property(anySeries, fc.nat(60), (series, point) => {
            const cut = Math.min(point, series.length);
            const straight = new Bench(harness).learn(1, series);
            const first = new Bench(harness).learn(1, series.slice(0, cut));
            const second = new Bench(harness, 0);
            second.load(first.save());
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

/** What it must keep besides if each row learns alone: only its own demand counts. */
function aloneContract(harness: ForecasterHarness): void {
  describe('rows alone', () => {
    it('predicts 1024 times as much where 1024 times as much is sold', () => {
      const counts = fc.array(fc.oneof(fc.nat(30), fc.constant(Number.NaN)), { maxLength: 60 });
      fc.assert(
        fc.property(counts, (series) => {
          const one = new Bench(harness).learn(0, series).predict(0);
          const many = new Bench(harness).learn(
            0,
            series.map((units) => units * 1024),
          );
          expect(many.predict(0)).toEqual(one?.map((units) => units * 1024) ?? null);
        }),
        { numRuns: 100 },
      );
    });

    it('predicts after ten unknown years what it did before them', () => {
      fc.assert(
        fc.property(anySeries, (series) => {
          const bench = new Bench(harness).learn(0, series);
          const before = bench.predict(0);
          bench.learn(0, repeat(Number.NaN, TEN_YEARS), series.length);
          expect(bench.predict(0)).toEqual(before);
        }),
        { numRuns: 20 },
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
}

/** What it must keep besides if rows learn from each other. */
function pooledContract(harness: ForecasterHarness): void {
  describe('rows together', () => {
    it('learns the same in whatever order rows close a bucket', () => {
      fc.assert(
        fc.property(anySeries, anySeries, (one, other) => {
          const orders = [new Bench(harness), new Bench(harness)] as const;
          for (let n = 0; n < Math.max(one.length, other.length); n++) {
            const units = [one, other].map((series) => series.slice(n, n + 1));
            for (const row of [0, 1]) orders[0].learn(row, units[row] as Series, n);
            for (const row of [1, 0]) orders[1].learn(row, units[row] as Series, n);
          }
          const [first, second] = orders.map((bench) => bench.predict(1) ?? []);
          first?.forEach((value, h) => {
            const difference = Math.abs(value - (second?.[h] as number));
            expect(difference).toBeLessThanOrEqual(SINGLE * value);
          });
        }),
        { numRuns: 100 },
      );
    });
  });
}

/** What it must keep besides if it learns the days of the week. */
function seasonsContract(
  harness: ForecasterHarness,
  { weeks, error }: { readonly weeks: number; readonly error: number },
): void {
  describe('seasons', () => {
    const pattern = [14, 3, 8, 21, 9, 35, 0];
    const mean = pattern.reduce((sum, units) => sum + units, 0) / pattern.length;
    const days = (length: number) => Array.from({ length }, (_, n) => at(pattern, n));
    const worst = (predicted: readonly number[], from: number) =>
      Math.max(...predicted.map((value, h) => Math.abs(value - at(pattern, from + h)))) / mean;

    it(`learns a pure weekly pattern within ${weeks} weeks, and keeps it`, () => {
      for (const more of [0, 1, 2, 3, 4, 5, 6, 7, 100, 1000]) {
        const known = weeks * SEASONS + more;
        const predicted = new Bench(harness).learn(0, days(known)).predict(0);
        expect(worst(predicted as readonly number[], known)).toBeLessThan(error);
      }
    });

    it('goes on with the right day after days of unknown units', () => {
      const known = weeks * SEASONS;
      for (let gap = 1; gap <= 2 * SEASONS; gap++) {
        const bench = new Bench(harness).learn(0, days(known));
        bench.learn(0, repeat(Number.NaN, gap), known);
        const predicted = bench.predict(0) as readonly number[];
        expect(worst(predicted, known + gap)).toBeLessThan(error);
      }
    });
  });
}

function isDemand(units: number): boolean {
  return units >= 0 && units <= 1e15;
}

function at(values: readonly number[], n: number): number {
  return values[n % values.length] as number;
}

function isStateful(forecaster: object): forecaster is Stateful {
  return 'save' in forecaster && 'load' in forecaster;
}

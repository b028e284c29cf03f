// Claims about the neural forecaster, with seeded weights: what it says is no matter here.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeStep, writeTarget } from '../../../../operators/forecast/neural/features.js';
import { firstModel } from '../../../../operators/forecast/neural/first-model.js';
import { Gru } from '../../../../operators/forecast/neural/gru.js';
import type { Model } from '../../../../operators/forecast/neural/model.js';
import { Neural, WARM_BUCKETS } from '../../../../operators/forecast/neural/neural.js';
import { HIDDEN, OUTPUTS, QUANTILE_LEVELS } from '../../../../operators/forecast/neural/shape.js';
import { STRIP_LENGTH, Strip } from '../../../../operators/forecast/strip.js';
import { decodeState, encodeState, StateWriter } from '../../../../operators/stream/state.js';
import type { Table } from '../../../../operators/stream/table.js';
import { bucketOf, tableOf } from './windows.js';

const HORIZON = 16;
const UNTOUCHED = -12_345;

class Bench {
  readonly table: Table;
  readonly neural: Neural;

  constructor(rows = 3) {
    this.table = tableOf(0);
    this.neural = new Neural(this.table, { seasons: 7 });
    for (let n = 0; n < rows; n++) this.table.row(this.table.skus.intern(`sku-${n}`), 0);
  }

  use(seed: number): this {
    this.neural.use(firstModel(7, seed), `seed ${seed}`);
    return this;
  }

  learn(row: number, series: readonly number[], from = 0): this {
    series.forEach((units, n) => {
      const more = {
        price: 5 + ((from + n) % 3),
        cartAdds: (from + n) % 4,
        promotion: (from + n) % 2,
      };
      this.neural.learn(row, bucketOf(from + n, units, more));
    });
    return this;
  }

  /** Null: cold. */
  predict(row: number, horizon = HORIZON): number[] | null {
    const out = new Float64Array(HORIZON).fill(UNTOUCHED);
    if (this.neural.predict(row, horizon, out)) return [...out.subarray(0, horizon)];
    expect([...out]).toEqual(new Array(HORIZON).fill(UNTOUCHED));
    return null;
  }

  save(): Uint8Array {
    const writer = new StateWriter();
    this.table.save(writer);
    this.neural.save(writer);
    return encodeState(writer).slice();
  }

  restored(): Bench {
    const bench = new Bench(0);
    const reader = decodeState(this.save());
    bench.table.load(reader);
    bench.neural.load(reader);
    return bench;
  }
}

const anySeries = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 30 }),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.constantFrom(1e12, 1e-9, Number.NaN, Number.POSITIVE_INFINITY, -7),
  ),
  { maxLength: 60 },
);
const days = (count: number, units = (n: number) => 5 + (n % 7)) =>
  Array.from({ length: count }, (_, n) => units(n));

describe('the neural forecaster, cold and warm', () => {
  it('is cold without a model, however much it has learned', () => {
    expect(new Bench().learn(0, days(50)).predict(0)).toBeNull();
  });

  it('is cold before 7 known buckets, and warm with them', () => {
    const bench = new Bench().use(1);
    for (let n = 0; n < WARM_BUCKETS; n++) {
      expect(bench.predict(0)).toBeNull();
      bench.learn(0, [Number.NaN, 4], 2 * n);
    }
    expect(bench.predict(0)).toHaveLength(HORIZON);
  });

  it('sleeps when there is a new model, until its state is made and it has learned a bucket', () => {
    const bench = new Bench().learn(0, days(50)).use(1);
    expect(bench.predict(0)).toBeNull();
    bench.learn(0, [3], 50);
    expect(bench.predict(0)).toBeNull();
    bench.neural.refresh(1);
    expect(bench.predict(0)).toBeNull();
    expect(bench.learn(0, [3], 51).predict(0)).toHaveLength(HORIZON);
  });

  it('refuses a model of other seasons', () => {
    const bench = new Bench();
    expect(bench.neural.refusal(firstModel(7, 1))).toBeNull();
    expect(bench.neural.refusal(firstModel(168, 1))).toMatch(/seasons of 168 buckets/);
    expect(() => bench.neural.use(firstModel(168, 1), 'x')).toThrow(RangeError);
  });
});

describe('the neural forecaster, on any demand', () => {
  it('predicts finite units, never below zero, and quantiles that never fall', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const bench = new Bench().use(2);
        const out = new Float64Array(QUANTILE_LEVELS.length);
        series.forEach((units, n) => {
          bench.learn(1, [units], n);
          const wrong = bench.predict(1)?.filter((v) => !(v >= 0 && Number.isFinite(v)));
          expect(wrong ?? []).toEqual([]);
          if (!bench.neural.quantiles(1, 1 + (n % 20), out)) return;
          expect([...out]).toEqual([...out].sort((a, b) => a - b));
          expect(out[0]).toBeGreaterThanOrEqual(0);
          expect(out[4]).toBeLessThan(Number.POSITIVE_INFINITY);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('predicts nothing where nothing was ever sold', () => {
    const bench = new Bench().use(3).learn(
      0,
      days(40, () => 0),
    );
    expect(bench.predict(0)).toEqual(new Array(HORIZON).fill(0));
  });

  it('predicts twice as much where twice as much was sold, but for the size as an input', () => {
    // Exact but for that one input, so it is told nothing of sizes here.
    const model = firstModel(7, 4);
    const { dense, targetInputs } = model.shape;
    const sizeAt = dense.at + (32 + 5) * dense.columns;
    model.weights.fill(0, sizeAt, sizeAt + dense.columns);
    expect(targetInputs).toBe(12);
    const [one, two] = [1, 2].map((factor) => {
      const bench = new Bench();
      bench.neural.use(model, 'scale-free');
      const units = (n: number) => factor * (3 + (n % 5));
      for (let n = 0; n < 30; n++) bench.neural.learn(0, bucketOf(n, units(n)));
      return bench.predict(0) as number[];
    });
    one?.forEach((value, h) => {
      expect(two?.[h]).toBeCloseTo(2 * value, 9);
    });
  });

  it('predicts the same near buckets whatever the horizon', () => {
    const bench = new Bench().use(5).learn(0, days(30));
    expect(bench.predict(0, 3)).toEqual(bench.predict(0)?.slice(0, 3));
  });

  it('keeps rows apart', () => {
    fc.assert(
      fc.property(anySeries, anySeries, (mine, others) => {
        const alone = new Bench().use(6).learn(1, mine);
        const among = new Bench().use(6);
        for (let n = 0; n < Math.max(mine.length, others.length); n++) {
          if (n < others.length) among.learn(0, [others[n] as number], n);
          if (n < mine.length) among.learn(1, [mine[n] as number], n);
        }
        expect(among.predict(1)).toEqual(alone.predict(1));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the neural forecaster and its models', () => {
  it('has the same state step by step and made anew from what is remembered', () => {
    for (const length of [1, 14, 27, STRIP_LENGTH]) {
      const series = days(length);
      const stepwise = new Bench().use(7).learn(0, series);
      const anew = new Bench().learn(0, series).use(7);
      anew.neural.refresh(3);
      stepwise.neural.refresh(3);
      for (const bench of [anew, stepwise]) bench.learn(0, [5], length);
      expect(anew.predict(0)).toEqual(stepwise.predict(0));
      expect(anew.save()).toEqual(stepwise.save());
    }
  });

  it('changes nothing by predicting, also before a new model has made the state', () => {
    const bench = new Bench().use(8).learn(0, days(60)).use(9);
    const before = bench.save();
    const predicted = bench.predict(0);
    expect(bench.save()).toEqual(before);
    bench.neural.refresh(1);
    expect(bench.predict(0)).toEqual(predicted);
  });

  it('makes the states of all rows in as many parts as it is asked for', () => {
    const [once, bitwise] = [new Bench(), new Bench()];
    for (const bench of [once, bitwise]) {
      for (let row = 0; row < 3; row++) bench.learn(row, days(40 + row));
      bench.use(10);
      expect(bench.neural.stale).toBe(3);
    }
    once.neural.refresh(100);
    for (let n = 0; n < 3; n++) bitwise.neural.refresh(1);
    expect(bitwise.neural.stale).toBe(0);
    expect(bitwise.save()).toEqual(once.save());
  });

  it('survives saving at any point, with models that come at any point', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(60), fc.nat(60), fc.nat(60), (series, point, one, two) => {
        const run = (bench: Bench, from: number, to: number): void => {
          for (let n = from; n < to; n++) {
            if (n === one) bench.use(11);
            if (n === two) bench.use(12);
            bench.learn(n % 2, [series[n] as number], n).neural.refresh(1);
          }
        };
        const cut = Math.min(point, series.length);
        const straight = new Bench();
        run(straight, 0, series.length);
        const first = new Bench();
        run(first, 0, cut);
        const second = first.restored();
        run(second, cut, series.length);
        expect(second.neural.version).toBe(straight.neural.version);
        expect(second.predict(1)).toEqual(straight.predict(1));
        expect(second.save()).toEqual(straight.save());
      }),
      { numRuns: 50 },
    );
  });

  it('goes on when the table grows under it', () => {
    const bench = new Bench().use(13).learn(0, days(30));
    const before = bench.predict(0);
    for (let n = 0; n < 3000; n++) bench.table.row(bench.table.skus.intern(`new-${n}`), 0);
    expect(bench.predict(0)).toEqual(before);
    expect(bench.predict(2999)).toBeNull();
  });
});

describe('the path of a row', () => {
  it('is what the network says of each bucket ahead, one by one, however far', () => {
    const series = days(20, (n) => (n * 7) % 11);
    const bench = new Bench().learn(0, series).use(5);
    bench.neural.refresh(1);
    bench.learn(0, [4], 20);
    const model = bench.neural.model as Model;
    const { shape } = model;
    const gru = new Gru(shape, model.weights);
    const strip = new Strip();
    bench.neural.recent.read(0, strip);
    const hidden = new Float32Array(HIDDEN);
    const inputs = new Float32Array(shape.inputs);
    for (let b = 0; b < strip.length; b++) {
      writeStep(shape, strip, b, inputs);
      gru.step(inputs, hidden, 0);
    }
    gru.look(hidden, 0);
    const target = new Float32Array(shape.targetInputs);
    const answer = new Float64Array(OUTPUTS);
    const path = Array.from({ length: 60 }, (_, h) => {
      const season = (bench.neural.recent.lastSeason(0) + h + 1) % 7;
      writeTarget(shape, strip, { b: strip.length - 1, step: h + 1, season }, target);
      gru.predict(target, answer);
      return (answer[0] as number) * bench.neural.recent.scale(0);
    });
    const out = new Float64Array(60);
    expect(bench.neural.predict(0, 60, out)).toBe(true);
    expect([...out]).toEqual(path);
  });

  it('is the same whatever was asked before, of this row or others', () => {
    const asked = fc.record({
      row: fc.nat(2),
      horizon: fc.integer({ min: 1, max: HORIZON }),
      behind: fc.constantFrom('learn', 'quantiles', 'use', 'refresh', 'nothing'),
    });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 30 }), (all) => {
        const bench = new Bench().use(1);
        for (const row of [0, 1, 2]) {
          bench.learn(
            row,
            days(9 + row, (n) => n + row),
          );
        }
        const out = new Float64Array(QUANTILE_LEVELS.length);
        for (const [n, { row, horizon, behind }] of all.entries()) {
          expect(bench.predict(row, horizon)).toEqual(bench.restored().predict(row, horizon));
          if (behind === 'learn') bench.learn((row + n) % 3, [n % 5], 20 + n);
          if (behind === 'quantiles') bench.neural.quantiles(row, horizon, out);
          if (behind === 'use') bench.use(n);
          if (behind === 'refresh') bench.neural.refresh(1 + (n % 3));
        }
      }),
      { numRuns: 40 },
    );
  });
});

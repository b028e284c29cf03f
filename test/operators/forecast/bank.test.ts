// Claims about the bank of experts as a whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bank, DEFAULT_GAINS } from '../../../operators/forecast/bank.js';
import { Course } from '../../../operators/forecast/course.js';
import { StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';
import { bucketOf } from './bucket-of.js';

const NAMES = [
  'seasonal-naive',
  'ses-slow',
  'ses-fast',
  'holt',
  'holt-winters-additive',
  'holt-winters-multiplicative',
  'croston',
  'sba',
  'tsb',
  'seasonal-mean',
];
function bankOf(seasons = 7) {
  const table = new Table();
  const course = new Course(table, seasons);
  return { table, course, bank: new Bank(table, course, DEFAULT_GAINS).experts };
}

type Series = readonly number[];

const HORIZON = 8;

/** What the expert predicts, the others of `bank` learning beside it; null: cold. */
function predicted(series: Series, experts: (name: string) => boolean, name: string) {
  const { table, course, bank } = bankOf();
  const row = table.row(table.skus.intern('A'), table.locations.intern('shop'));
  const learning = bank.filter((forecaster) => experts(forecaster.name));
  series.forEach((units, n) => {
    for (const forecaster of learning) forecaster.learn(row, bucketOf(n, units));
    course.advance(row, bucketOf(n, units));
  });
  const out = new Float64Array(HORIZON);
  const isWarm = bank.find((forecaster) => forecaster.name === name)?.predict(row, HORIZON, out);
  return isWarm === true ? [...out] : null;
}

describe('the bank', () => {
  it('makes the experts in a fixed order, each under a name of its own', () => {
    expect(bankOf().bank.map((forecaster) => forecaster.name)).toEqual(NAMES);
    expect(new Set(NAMES).size).toBe(NAMES.length);
  });

  it('keeps experts apart: each predicts what it does alone, but for SBA and its Croston', () => {
    const units = fc.oneof(fc.constantFrom(0, 1e-9, 1e12, Number.NaN), fc.nat(20));
    fc.assert(
      fc.property(fc.array(units, { maxLength: 40 }), fc.constantFrom(...NAMES), (series, name) => {
        const teacher = name === 'sba' ? 'croston' : name;
        const alone = predicted(series, (other) => other === teacher, name);
        expect(predicted(series, () => true, name)).toEqual(alone);
      }),
    );
  });

  it('has all learn and say what each does alone, in their order', () => {
    const units = fc.oneof(fc.constantFrom(0, 0.3, 1e12, Number.NaN), fc.nat(20));
    const one = new Float64Array(1);
    fc.assert(
      fc.property(fc.array(units, { maxLength: 30 }), (series) => {
        const [table, others] = [new Table(), bankOf()];
        const course = new Course(table, 7);
        const bank = new Bank(table, course);
        for (const of of [table, others.table]) of.row(of.skus.intern('A'), 0);
        series.forEach((sold, n) => {
          const bucket = bucketOf(n, sold);
          bank.learn(0, bucket);
          course.advance(0, bucket);
          for (const forecaster of others.bank) forecaster.learn(0, bucket);
          others.course.advance(0, bucket);
          const alone = others.bank.map((forecaster) =>
            forecaster.predict(0, 1, one) ? (one[0] as number) : Number.NaN,
          );
          const together = new Float64Array(alone.length);
          bank.next(0, together);
          expect([...together]).toEqual(alone);
        });
      }),
    );
  });

  it('takes no more than 260 bytes a row with its course, at 7 seasons', () => {
    const { table, course, bank } = bankOf();
    const bytes = () => {
      const state = new StateWriter();
      table.save(state);
      let sum = 0;
      for (const section of state.sections.values()) {
        if (ArrayBuffer.isView(section)) sum += section.byteLength;
      }
      return sum;
    };
    const location = table.locations.intern('shop');
    const empty = bytes();
    for (let n = 0; n < 100; n++) {
      const row = table.row(table.skus.intern(`sku-${n}`), location);
      for (const forecaster of bank) forecaster.learn(row, bucketOf(n, n));
      course.advance(row, bucketOf(n, n));
    }
    // The table's own SKU and location of a row are among them.
    expect((bytes() - empty) / 100).toBeLessThanOrEqual(260);
  });
});

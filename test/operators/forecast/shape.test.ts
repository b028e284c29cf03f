// Claims about the shape that rows share: tails, lopsidedness, odds of demand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedShape } from '../../../operators/forecast/shape.js';
import { TRACKED, TRACKED_Z } from '../../../operators/forecast/tracked.js';
import { Dice } from './dice.js';

const CHANCE = 0.9;
const STANDARD = { logMean: 0, logSd: 1, isWhole: false };

/** Buckets of rows whose standardised log sizes are drawn by `draw`. */
function taught(draw: (dice: Dice) => number, buckets = 400, rows = 100): SharedShape {
  const shape = new SharedShape();
  const dice = new Dice(11);
  for (let t = 0; t < buckets; t++) {
    for (let row = 0; row < rows; row++) shape.judge(CHANCE, STANDARD, Math.exp(draw(dice)));
    shape.apply();
  }
  return shape;
}

/** Within four standard errors of a quantile of as many draws as its memory holds, 200 / tail. */
function expectQuantiles(z: Float64Array, quantile: (p: number) => number, density: number): void {
  TRACKED.forEach((p, i) => {
    const tail = Math.min(p, 1 - p);
    const error = 4 * tail * Math.sqrt(1 / 200) * (1 / density);
    const wide = 0.04 + error / Math.max(tail, 0.004);
    expect(Math.abs((z[i] as number) - quantile(p)), `level ${p}`).toBeLessThan(wide);
  });
}

describe('SharedShape', () => {
  it('of sizes that are lognormal is that of the normal distribution', () => {
    const { z } = taught((dice) => dice.normal()).of(CHANCE);
    expectQuantiles(z, (p) => TRACKED_Z[TRACKED.indexOf(p as never)] as number, 1);
  });

  it('of sizes twice as spread is twice as wide', () => {
    const { z } = taught((dice) => 2 * dice.normal()).of(CHANCE);
    expectQuantiles(z, (p) => 2 * (TRACKED_Z[TRACKED.indexOf(p as never)] as number), 0.5);
  });

  // ln of an exponential: quantile ln(-ln(1 - p)), far down, not far up.
  it('of exponential sizes is as lopsided as they are', () => {
    const { z } = taught((dice) => Math.log(dice.gamma(1))).of(CHANCE);
    expectQuantiles(z, (p) => Math.log(-Math.log(1 - p)), 0.5);
    expect((z[4] as number) - (z[0] as number)).toBeGreaterThan(
      (z[8] as number) - (z[4] as number),
    );
  });

  it('multiplies odds by how much more often demand came than was expected, up to five times', () => {
    const correctionOf = (came: number, chance: number) => {
      const shape = new SharedShape();
      for (let t = 0; t < 500; t++) {
        for (let row = 0; row < 20; row++) shape.judge(chance, STANDARD, row < came ? 1 : 0);
        shape.apply();
      }
      return shape.of(chance).correction;
    };
    expect(correctionOf(10, 0.5)).toBeCloseTo(1, 9);
    expect(correctionOf(16, 0.4)).toBeCloseTo(2, 1);
    expect(correctionOf(20, 0.05)).toBe(5);
    expect(correctionOf(0, 0.5)).toBe(1 / 5);
  });

  it('tells rows of rare demand from rows of frequent demand', () => {
    const shape = new SharedShape();
    for (let t = 0; t < 100; t++) {
      for (let row = 0; row < 20; row++) shape.judge(0.05, STANDARD, 20);
      shape.apply();
    }
    expect(shape.of(0.05).z[4]).toBeGreaterThan(1);
    expect(shape.of(0.95).z).toEqual(Float64Array.from(TRACKED_Z));
    expect(shape.of(0.95).correction).toBe(1);
  });

  const sizes = fc.oneof(fc.constantFrom(0, 1, 1e15, 1e-9), fc.nat(100));
  const judged = fc.record({
    chance: fc.double({ min: 1e-4, max: 0.9999, noNaN: true }),
    logMean: fc.double({ min: -30, max: 40, noNaN: true }),
    logSd: fc.double({ min: 0.05, max: 4, noNaN: true }),
    isWhole: fc.boolean(),
    units: sizes,
  });
  const history = fc.array(fc.array(judged, { maxLength: 20 }), { maxLength: 30 });

  function learn(
    shape: SharedShape,
    bucket: readonly (typeof judged extends fc.Arbitrary<infer T> ? T : never)[],
  ) {
    for (const { chance, units, ...lognormal } of bucket) shape.judge(chance, lognormal, units);
    shape.apply();
  }

  it('has rising and finite z and finite corrections, whatever comes', () => {
    fc.assert(
      fc.property(history, fc.double({ min: 1e-4, max: 0.9999, noNaN: true }), (all, chance) => {
        const shape = new SharedShape();
        for (const bucket of all) learn(shape, bucket);
        const { z, correction } = shape.of(chance);
        expect(correction).toBeGreaterThanOrEqual(0.2);
        expect(correction).toBeLessThanOrEqual(5);
        z.forEach((one, i) => {
          expect(Number.isFinite(one)).toBe(true);
          if (i > 0) expect(one).toBeGreaterThan(z[i - 1] as number);
        });
      }),
    );
  });

  it('goes on the same behind a state that was written and read', () => {
    fc.assert(
      fc.property(history, fc.nat(30), (all, at) => {
        const straight = new SharedShape();
        let restored = new SharedShape();
        all.forEach((bucket, t) => {
          if (t === at) {
            const state = new Float64Array(SharedShape.WIDTH);
            restored.write(state);
            restored = new SharedShape();
            restored.read(state);
          }
          learn(straight, bucket);
          learn(restored, bucket);
        });
        expect(restored).toEqual(straight);
      }),
    );
  });

  it('begins as another one stands, with nothing learned of its own', () => {
    const one = taught((dice) => dice.normal() + 1, 50);
    const two = new SharedShape();
    two.startFrom(one);
    expect(two.of(CHANCE).z).toEqual(one.of(CHANCE).z);
    expect([one.hasLearned, two.hasLearned]).toEqual([true, false]);
  });
});

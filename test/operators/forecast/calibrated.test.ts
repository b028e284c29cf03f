// Claims about a calibrated horizon: what it shares with nearer ones, what it learns on its own.
import { describe, expect, it } from 'vitest';
import { Calibrated } from '../../../operators/forecast/calibrated.js';
import { SharedShape } from '../../../operators/forecast/shape.js';
import { TRACKED } from '../../../operators/forecast/tracked.js';

const STANDARD = { logMean: 0, logSd: 1, isWhole: false };
const CHANCE = 0.9;
const shares = new Float64Array(TRACKED.length);

/** Rows to which twice what was expected came, at the given place in the distribution. */
function judge(horizon: Calibrated, place: number, rows = 5): void {
  for (let row = 0; row < rows; row++) {
    horizon.levels('smooth').judge(place, place, shares);
    horizon.judgeShape(CHANCE, STANDARD, 2);
  }
}

function horizons() {
  return { next: new Calibrated(), later: new Calibrated(7), total: new Calibrated() };
}

function written(horizon: Calibrated): Float64Array {
  const numbers = new Float64Array(Calibrated.WIDTH);
  horizon.write(numbers);
  return numbers;
}

describe('Calibrated', () => {
  it('is as what is nearer while it has no news of its own', () => {
    const { next, later, total } = horizons();
    for (let t = 0; t < 5; t++) {
      judge(next, 0.9);
      next.apply(undefined);
      for (const horizon of [later, total]) horizon.apply(next);
    }
    for (const horizon of [later, total]) {
      expect(horizon.levels('smooth').asked).toEqual(next.levels('smooth').asked);
      expect(horizon.shape.of(CHANCE).z).toEqual(next.shape.of(CHANCE).z);
    }
  });

  it('of a later bucket goes on with the next one, of a total does not', () => {
    const { next, later, total } = horizons();
    for (const horizon of [next, later, total]) judge(horizon, 0.9);
    next.apply(undefined);
    for (const horizon of [later, total]) horizon.apply(next);
    const was = [later, total].map((horizon) => horizon.levels('smooth').asked.slice());
    judge(next, 0.99);
    next.apply(undefined);
    for (const horizon of [later, total]) horizon.apply(next);
    const at = TRACKED.indexOf(0.75);
    const moved = next.levels('smooth').moved[at] as number;
    expect(moved).toBeGreaterThan(0);
    expect(later.levels('smooth').asked[at]).toBeCloseTo((was[0]?.[at] as number) + moved, 12);
    expect(total.levels('smooth').asked).toEqual(was[1]);
  });

  it('of a later bucket has sizes as spread as those of the next, and its own odds of demand', () => {
    const { next, later } = horizons();
    for (let t = 0; t < 20; t++) {
      judge(next, 0.9);
      for (let row = 0; row < 5; row++) later.judgeShape(CHANCE, STANDARD, 0);
      next.apply(undefined);
      later.apply(next);
    }
    const [near, far] = [next.shape.of(CHANCE), later.shape.of(CHANCE)];
    expect(near.z).not.toEqual(new SharedShape().of(CHANCE).z);
    expect(far.z).toEqual(near.z);
    expect(near.correction).toBeGreaterThan(1);
    expect(far.correction).toBe(1 / 5);
  });

  it('goes on from what was written, a later bucket also from where sizes were its own', () => {
    const made = horizons();
    for (const horizon of [made.next, made.later, made.total]) judge(horizon, 0.9);
    made.next.apply(undefined);
    made.later.apply(made.next);
    made.total.apply(made.next);
    const read = horizons();
    read.next.read(written(made.next));
    read.later.read(written(made.total));
    expect(read.next.shape).toEqual(made.next.shape);
    expect(read.later.levels('smooth').asked).toEqual(made.total.levels('smooth').asked);
    read.later.apply(read.next);
    expect(read.later.shape.of(CHANCE).z).toEqual(made.next.shape.of(CHANCE).z);
    read.later.read(written(made.later));
    expect(written(read.later)).toEqual(written(made.later));
  });
});

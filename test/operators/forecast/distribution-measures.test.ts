// Claims about pinball loss and coverage: right distributions get what they say, exactly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Coverage,
  coveredShare,
  isInClosedInterval,
  PinballLosses,
  pinballLoss,
} from '../../../operators/forecast/distribution-measures.js';

/** Chances of 0, 1, 2 … units. */
const chances = fc
  .array(fc.nat(20), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => {
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / total);
  });

function massesOf(probabilities: readonly number[]) {
  let through = 0;
  return probabilities.map((probability) => {
    const below = through;
    through = Math.min(1, through + probability);
    return { probability, below, through };
  });
}

const level = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('coveredShare', () => {
  it('of a right distribution is the level on average, whatever its jumps', () => {
    fc.assert(
      fc.property(chances, level, (probabilities, wanted) => {
        let expected = 0;
        for (const { probability, ...mass } of massesOf(probabilities)) {
          expected += probability * coveredShare(mass, wanted);
        }
        expect(expected).toBeCloseTo(wanted, 10);
      }),
    );
  });

  it('gives a zero of 75 % the part of its mass that lies in the 50 % interval', () => {
    expect(coveredShare({ below: 0, through: 0.75 }, 0.5)).toBeCloseTo(0.5 / 0.75, 12);
    expect(coveredShare({ below: 0.75, through: 0.9 }, 0.5)).toBe(0);
  });

  it('is inside or outside where the distribution has no jump', () => {
    expect(coveredShare({ below: 0.3, through: 0.3 }, 0.5)).toBe(1);
    expect(coveredShare({ below: 0.2, through: 0.2 }, 0.5)).toBe(0);
    expect(coveredShare({ below: 0.8, through: 0.8 }, 0.5)).toBe(0);
  });
});

describe('isInClosedInterval', () => {
  it('holds for the units from the lower quantile to the upper one', () => {
    fc.assert(
      fc.property(chances, level, (probabilities, wanted) => {
        const masses = massesOf(probabilities);
        const quantile = (p: number): number => masses.findIndex(({ through }) => through >= p);
        const [low, high] = [quantile((1 - wanted) / 2), quantile((1 + wanted) / 2)];
        // A level that meets a step to the last bit is on both sides of rounding.
        fc.pre(masses.every(({ through }) => Math.abs(through - (1 + wanted) / 2) > 1e-9));
        fc.pre(high >= 0);
        masses.forEach((mass, units) => {
          const isInside = units >= low && units <= high;
          if (mass.probability > 0) expect(isInClosedInterval(mass, wanted)).toBe(isInside);
        });
      }),
    );
  });
});

describe('pinballLoss', () => {
  it('charges level for each unit above and 1 - level for each below', () => {
    expect(pinballLoss(0.9, 10, 14)).toBeCloseTo(3.6, 12);
    expect(pinballLoss(0.9, 10, 6)).toBeCloseTo(0.4, 12);
    expect(pinballLoss(0.9, 10, 10)).toBe(0);
  });

  it('is on average least at the quantile', () => {
    fc.assert(
      fc.property(chances, level, fc.nat(12), (probabilities, wanted, other) => {
        const masses = massesOf(probabilities);
        const at = masses.findIndex(({ through }) => through >= wanted - 1e-12);
        const mean = (quantile: number): number =>
          masses.reduce((sum, { probability }, units) => {
            return sum + probability * pinballLoss(wanted, quantile, units);
          }, 0);
        expect(mean(at)).toBeLessThanOrEqual(mean(other) + 1e-9);
      }),
    );
  });

  it('of the median is half the absolute error', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), (quantile, actual) => {
        expect(pinballLoss(0.5, quantile, actual)).toBe(Math.abs(quantile - actual) / 2);
      }),
    );
  });
});

describe('sums over forecasts', () => {
  it('of coverage, merged, are as if all had come to one', () => {
    const mass = fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([a, b]) => ({ below: Math.min(a, b), through: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(mass, { minLength: 1 }), fc.array(mass), (a, b) => {
        const made = (masses: typeof a): Coverage => {
          const coverage = new Coverage([0.5, 0.95]);
          for (const one of masses) coverage.add(one);
          return coverage;
        };
        const merged = made(a);
        merged.merge(made(b));
        const whole = made([...a, ...b]);
        expect(merged.count).toBe(whole.count);
        for (const i of [0, 1]) {
          expect(merged.share(i)).toBeCloseTo(whole.share(i), 10);
          expect(merged.closedShare(i)).toBeCloseTo(whole.closedShare(i), 10);
        }
      }),
    );
  });

  it('of pinball losses are means a row and level; NaN where nothing was added', () => {
    const losses = new PinballLosses(2, [0.1, 0.9]);
    losses.add(1, Float64Array.of(1, 4));
    losses.add(1, Float64Array.of(2, 8));
    expect([losses.count(1), losses.mean(1, 0), losses.mean(1, 1)]).toEqual([2, 1.5, 6]);
    expect(losses.mean(0, 0)).toBeNaN();
  });
});

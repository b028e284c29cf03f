// Claims about the needs and limits of an allocation; what is optimal: test/engine/allocation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AllocationNeed,
  type AllocationProblem,
  checkProblem,
  type Limit,
  orderableAbove,
  orderableBelow,
  pricePerUnit,
  usage,
  worthOf,
} from '../../../operators/replenish/allocate.js';
import { isWithin, usedBy, worthOfAll } from '../../../operators/replenish/allocation-totals.js';

const NEED: AllocationNeed = {
  ...{ sku: 'MUG', location: 'berlin', supplier: 'acme', unitCost: 3, volume: 0.5 },
  ...{ pack: 4, smallest: 8, quantities: [0, 8, 24], worth: [0, 16, 24] },
};
const LIMITS: readonly Limit[] = [
  { kind: 'budget', amount: 30 },
  { kind: 'storage', location: 'berlin', amount: 5 },
  { kind: 'storage', location: 'hamburg', amount: 1 },
  { kind: 'capacity', supplier: 'acme', amount: 12 },
  { kind: 'minimum', supplier: 'acme', amount: 24 },
  { kind: 'capacity', supplier: 'other', amount: 0 },
];
const PROBLEM: AllocationProblem = { needs: [NEED], limits: LIMITS };

describe('a need', () => {
  it('takes its cost, volume and units of the limits of its place and supplier alone', () => {
    expect(LIMITS.map((limit) => usage(limit, NEED))).toEqual([3, 0.5, 0, 1, 3, 0]);
    // 2 x 3 of the budget and 4 x 1 of capacity, less 1 x 3 that it adds to the minimum.
    expect(pricePerUnit(PROBLEM, NEED, [2, 0, 9, 4, 1, 9])).toBe(7);
  });

  it('is worth what lies straight between its quantities', () => {
    expect([0, 4, 8, 12, 24].map((q) => worthOf(NEED, q))).toEqual([0, 8, 16, 18, 24]);
    expect(worthOf({ ...NEED, quantities: [8], worth: [5] }, 8)).toBe(5);
  });

  it('can be ordered in whole packs from its smallest order on, or not at all', () => {
    expect([0, 7, 8, 11, 12, 23.9, 24, 30].map((q) => orderableBelow(NEED, q))).toEqual([
      0, 0, 8, 8, 12, 20, 24, 24,
    ]);
    expect([0, 1, 8, 9, 24].map((q) => orderableAbove(NEED, q))).toEqual([0, 8, 8, 12, 24]);
  });

  it('has the nearest of its orderable quantities below and above, whatever they are', () => {
    const any = fc.record({
      pack: fc.integer({ min: 1, max: 7 }),
      packs: fc.integer({ min: 1, max: 9 }),
      least: fc.integer({ min: 0, max: 2 }),
      minimum: fc.integer({ min: 1, max: 4 }),
      // On a quantity that can be ordered or well apart from it: what is nearer is the same.
      share: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
    });
    fc.assert(
      fc.property(any, ({ pack, packs, least, minimum, share }) => {
        const asked = (Math.max(least, minimum) + packs) * pack;
        const from = least === 0 ? 0 : Math.max(least, minimum) * pack;
        const need = { ...NEED, pack, smallest: minimum * pack, quantities: [from, asked] };
        const all = Array.from({ length: asked / pack + 1 }, (_, k) => k * pack).filter(
          (q) => q === from || q >= Math.max(from, need.smallest),
        );
        const q = from + share * (asked - from);
        expect(orderableBelow(need, q)).toBe(Math.max(...all.filter((one) => one <= q + 1e-6)));
        expect(orderableAbove(need, q)).toBe(Math.min(...all.filter((one) => one >= q - 1e-6)));
      }),
    );
  });
});

describe('an allocation', () => {
  it('keeps to limits that it does not exceed; a minimum holds where something is ordered', () => {
    const within = (units: number, limits = LIMITS.slice(0, 5)) =>
      isWithin({ needs: [NEED], limits }, [units]);
    expect([0, 8].map((units) => within(units))).toEqual([true, true]);
    expect(within(12)).toBe(false);
    expect(within(8, [{ kind: 'minimum', supplier: 'acme', amount: 25 }])).toBe(false);
    expect(within(0, [{ kind: 'minimum', supplier: 'acme', amount: 25 }])).toBe(true);
    expect(usedBy(PROBLEM, [8])).toEqual([24, 4, 0, 8, 24, 0]);
    expect(worthOfAll(PROBLEM, [8])).toBe(16);
  });

  it('is refused with the name and the value of what is out of its range', () => {
    const wrong = (need: Partial<AllocationNeed>, limits: readonly Limit[] = []) =>
      expect(() => checkProblem({ needs: [{ ...NEED, ...need }], limits }));
    wrong({ unitCost: -1 }).toThrow('unitCost of MUG at berlin must be finite and >= 0, got -1');
    wrong({ volume: Number.NaN }).toThrow('volume of MUG at berlin must be finite');
    wrong({ quantities: [0, 8, 8] }).toThrow('quantities of MUG at berlin must rise, got 0, 8, 8');
    wrong({ quantities: [] }).toThrow('quantities of MUG at berlin must rise');
    wrong({ worth: [0, 1] }).toThrow('worth of MUG at berlin must be 3 finite numbers');
    wrong({}, [{ kind: 'budget', amount: Infinity }]).toThrow(
      'amount of a budget must be finite and >= 0, got Infinity',
    );
    wrong({}, LIMITS).not.toThrow();
  });
});

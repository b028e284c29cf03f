// Claims about allocations: optimal by duality, and against all allocations of small problems.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Allocated, allocate } from '../../../engine/allocation/allocation.js';
import { loadSolver, type Solved, type Solver } from '../../../engine/allocation/solver.js';
import {
  type AllocationProblem,
  askedOf,
  leastOf,
  orderableBelow,
  usage,
} from '../../../operators/replenish/allocate.js';
import { dualBound } from '../../../operators/replenish/allocation-bound.js';
import { Relaxation } from '../../../operators/replenish/allocation-relaxation.js';
import { bestOfAll, keeps } from './enumeration.js';
import { linearNeed, O1, randomProblem } from './problems.js';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

const TIME = { timeMs: 60_000 };

function allocated(problem: AllocationProblem): Allocated {
  const told = allocate(problem, solver, TIME);
  if (told.kind !== 'allocated') throw new Error(`impossible: ${JSON.stringify(told.conflict)}`);
  return told;
}

/** The relaxation of a problem without minimum order values: quantities, value, prices. */
function relaxed(problem: AllocationProblem) {
  const relaxation = new Relaxation(problem);
  const solved = solver.solve(relaxation.program(null), { ...TIME, gap: 0 });
  const { columns, objective, duals } = solved as Extract<Solved, { columns: unknown }>;
  return { quantities: relaxation.quantities(columns), objective, prices: [...duals] };
}

const used = ({ needs, limits }: AllocationProblem, quantities: readonly number[]): number[] =>
  limits.map((l) => needs.reduce((sum, need, n) => sum + usage(l, need) * quantities[n]!, 0));

const SMALL = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    share: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
    minimum: fc.constantFrom(0, 0.2, 0.5),
    needs: fc.integer({ min: 1, max: 5 }),
  })
  .map((shape) => randomProblem({ ...shape, suppliers: 2, locations: 2, units: 30, pack: 8 }));

describe('an allocation', () => {
  it('of the known answer O1 is 50, 75, 75, worth 6750, at prices 15, 0, 5, 0', () => {
    const told = allocated(O1);
    expect(told.quantities.map((q) => Number(q.toFixed(6)))).toEqual([50, 75, 75]);
    expect(told.worth).toBeCloseTo(6750, 6);
    expect(told.prices.map((price) => Number(price.toFixed(9)))).toEqual([15, 0, 5, 0]);
    expect(told.gap).toBeLessThan(1e-9);
  });

  it('of a small problem is the best of all whole packs within the limits, and proven', () => {
    fc.assert(
      fc.property(SMALL, (problem) => {
        const told = allocated(problem);
        const best = bestOfAll(problem) as number;
        expect(told.worth).toBeGreaterThanOrEqual(best - 2e-5 * Math.max(1, Math.abs(best)));
        expect(told.bound).toBeGreaterThanOrEqual(best - 1e-6 * Math.max(1, Math.abs(best)));
        if (problem.limits.every(({ kind }) => kind !== 'minimum')) {
          expect(told.bound).toBeLessThanOrEqual(best + 2e-5 * Math.max(1, Math.abs(best)));
        }
        for (const limit of problem.limits) {
          expect(keeps(limit, problem.needs, [...told.quantities]), limit.kind).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('without limits gives each need the quantity that is worth most', () => {
    const { needs } = randomProblem({ needs: 20, suppliers: 1, locations: 1, seed: 3, share: 1 });
    const told = allocated({ needs, limits: [] });
    expect(told.quantities).toEqual(needs.map(askedOf));
    expect(told).toMatchObject({ gap: 0, prices: [] });
    expect(allocated({ needs: [], limits: [] })).toMatchObject({ quantities: [], worth: 0 });
  });

  it('says that it needs more time where the solver has found nothing by its end', () => {
    const late: Solver = { solve: () => ({ status: 'none-found' }) };
    expect(() => allocate(O1, late, { timeMs: 2000 })).toThrow(
      'no allocation was found in 2 s: allow it more time (allocation.timeLimit)',
    );
  });

  it('gives nothing to what costs as much as it brings', () => {
    const need = { ...linearNeed('x', { asked: 10, each: -1 }), pack: 1, smallest: 1 };
    expect(allocated({ needs: [need], limits: [{ kind: 'budget', amount: 5 }] }).worth).toBe(0);
  });

  it('orders nothing of a supplier rather than less than its minimum order value', () => {
    const needs = [
      linearNeed('a', { asked: 10, each: 2, supplier: 'one' }),
      linearNeed('b', { asked: 10, each: 1, supplier: 'two' }),
    ];
    const limits = [
      { kind: 'budget', amount: 12 },
      { kind: 'minimum', supplier: 'two', amount: 6 },
    ] as const;
    // 6 of each are worth 18; 10 of the first alone 20.
    const told = allocated({ needs, limits });
    expect(told.quantities).toEqual([10, 0]);
    expect(told.notOrdered).toEqual([{ supplier: 'two', conflict: [] }]);
    // 9 and 9 need not be chosen among: with room for both, both are ordered.
    const both = allocated({ needs, limits: [{ kind: 'budget', amount: 16 }, limits[1]] });
    expect(both.quantities).toEqual([10, 6]);
  });
});

describe('duality', () => {
  const problems = [
    { needs: 40, seed: 1, share: 0.5 },
    { needs: 300, seed: 2, share: 0.3 },
    { needs: 2000, seed: 7, share: 0.6 },
  ].map((shape) => randomProblem({ ...shape, suppliers: 5, locations: 3 }));

  it.each(problems.map((p) => [p.needs.length, p] as const))(
    'confirms the optimum of %i needs: the dual value is the primal one, from prices alone',
    (_, problem) => {
      const { objective, prices } = relaxed(problem);
      expect(prices.every((price) => price >= -1e-9)).toBe(true);
      const bound = dualBound(
        problem,
        prices.map((price) => Math.max(0, price)),
      );
      expect(Math.abs(bound - objective)).toBeLessThan(1e-7 * objective);
    },
  );

  it.each(problems.map((p) => [p.needs.length, p] as const))(
    'of %i needs: limits hold, and a limit that is not used up has no price',
    (_, problem) => {
      const { quantities, prices } = relaxed(problem);
      const taken = used(problem, quantities);
      problem.limits.forEach(({ amount }, i) => {
        expect(taken[i]).toBeLessThanOrEqual(amount * (1 + 1e-9) + 1e-6);
        const slack = amount - (taken[i] as number);
        expect(Math.abs((prices[i] as number) * slack)).toBeLessThan(1e-4);
      });
      problem.needs.forEach((need, n) => {
        expect(quantities[n]).toBeGreaterThanOrEqual(leastOf(need));
        expect(quantities[n]).toBeLessThanOrEqual(askedOf(need) * (1 + 1e-9));
      });
    },
  );

  it('leaves few needs between two quantities, and whole packs within a tenth of a per cent', () => {
    const problem = problems[2] as AllocationProblem;
    const { quantities } = relaxed(problem);
    const between = problem.needs.filter((need, n) => {
      const q = quantities[n] as number;
      return !need.quantities.some((point) => Math.abs(point - q) < 1e-6 * askedOf(need));
    });
    expect(between.length).toBeLessThanOrEqual(problem.limits.length);
    const told = allocated(problem);
    expect(told.gap).toBeLessThan(1e-3);
    problem.needs.forEach((need, n) => {
      expect(orderableBelow(need, told.quantities[n]!)).toBeCloseTo(told.quantities[n]!, 9);
    });
    for (const limit of problem.limits) {
      expect(keeps(limit, problem.needs, [...told.quantities]), limit.kind).toBe(true);
    }
  });

  it('makes a price the worth of one more: the optimum is concave in each limit', () => {
    fc.assert(
      fc.property(SMALL, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (problem, step) => {
        const plain = { ...problem, limits: problem.limits.filter((l) => l.kind !== 'minimum') };
        const { objective, prices } = relaxed(plain);
        plain.limits.forEach((limit, i) => {
          const amount = limit.amount * (1 + step);
          const moved = plain.limits.map((one) => (one === limit ? { ...one, amount } : one));
          const { objective: then } = relaxed({ ...plain, limits: moved });
          const most = objective + (prices[i] as number) * (amount - limit.amount);
          expect(then).toBeLessThanOrEqual(most + 1e-6 * Math.max(1, objective));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('bounds every allocation from any prices at all', () => {
    const anyPrices = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), {
      minLength: 7,
      maxLength: 7,
    });
    fc.assert(
      fc.property(SMALL, anyPrices, (problem, any) => {
        const best = bestOfAll(problem) as number;
        const prices = problem.limits.map((_, i) => any[i % any.length] as number);
        expect(dualBound(problem, prices)).toBeGreaterThanOrEqual(best - 1e-9 * Math.abs(best));
      }),
      { numRuns: 40 },
    );
  });
});

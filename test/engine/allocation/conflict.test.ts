// Claims about limits that cannot hold together: the ones named conflict, and none of them idly.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allocate } from '../../../engine/allocation/allocation.js';
import { type Constraint, conflictOf } from '../../../engine/allocation/conflict.js';
import { loadSolver, type Solver } from '../../../engine/allocation/solver.js';
import {
  type AllocationNeed,
  type AllocationProblem,
  type Limit,
  leastOf,
} from '../../../operators/replenish/allocate.js';
import { combinations, everyQuantity, keeps } from './enumeration.js';
import { linearNeed } from './problems.js';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

const TIME = { timeMs: 60_000 };

/** Packs of `pack`, from `must` to `asked`. */
function packs(
  sku: string,
  { must, asked, pack, ...more }: Partial<AllocationNeed> & { must: number; asked: number },
): AllocationNeed {
  const size = pack ?? 1;
  const quantities = must === asked ? [asked] : [must, asked];
  const smallest = more.smallest ?? size;
  const worth = quantities;
  return {
    ...linearNeed(sku, { asked, each: 1 }),
    pack: size,
    ...more,
    smallest,
    quantities,
    worth,
  };
}

describe('impossible limits', () => {
  it('are named: a minimum order value above the budget, where something must be ordered', () => {
    const needs = [packs('a', { must: 2, asked: 100, unitCost: 10 })];
    const limits: Limit[] = [
      { kind: 'storage', location: 'berlin', amount: 1000 },
      { kind: 'budget', amount: 300 },
      { kind: 'minimum', supplier: 'acme', amount: 500 },
      { kind: 'capacity', supplier: 'acme', amount: 80 },
    ];
    expect(allocate({ needs, limits }, solver, TIME)).toMatchObject({
      kind: 'impossible',
      isByPacks: false,
      conflict: [
        limits[1],
        limits[2],
        { kind: 'must', supplier: 'acme', location: 'berlin', units: 2 },
      ],
    });
  });

  it('are named: what must be ordered above the capacity, of all places together', () => {
    const needs = [
      packs('a', { must: 60, asked: 100, location: 'berlin' }),
      packs('b', { must: 50, asked: 100, location: 'hamburg' }),
      packs('c', { must: 50, asked: 100, location: 'hamburg', supplier: 'other' }),
    ];
    const capacity: Limit = { kind: 'capacity', supplier: 'acme', amount: 100 };
    const told = allocate(
      { needs, limits: [capacity, { kind: 'budget', amount: 1e6 }] },
      solver,
      TIME,
    );
    expect(told).toMatchObject({
      conflict: [
        capacity,
        { kind: 'must', supplier: 'acme', location: 'berlin', units: 60 },
        { kind: 'must', supplier: 'acme', location: 'hamburg', units: 50 },
      ],
    });
  });

  it('are named where only whole packs make them so', () => {
    const needs = [packs('a', { must: 60, asked: 300, pack: 60 })];
    const limits: Limit[] = [
      { kind: 'minimum', supplier: 'acme', amount: 70 },
      { kind: 'budget', amount: 100 },
    ];
    const told = allocate({ needs, limits }, solver, TIME);
    expect(told).toMatchObject({ kind: 'impossible', isByPacks: true });
    expect(told.kind === 'impossible' && told.conflict.map(({ kind }) => kind).sort()).toEqual([
      'budget',
      'minimum',
      'must',
    ]);
  });

  it('are found, and are a set of which any one less could hold, as enumeration says', () => {
    fc.assert(
      fc.property(PROBLEMS, (problem) => {
        const told = conflictOf(problem, solver, { isWhole: true, forced: [], timeMs: 60_000 });
        const all: Constraint[] = [...problem.limits, ...mustsOf(problem)];
        expect(told === null).toBe(isPossible(problem, all));
        if (told === null) return;
        expect(isPossible(problem, told)).toBe(false);
        for (const one of told) {
          expect(
            isPossible(
              problem,
              told.filter((other) => other !== one),
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 80 },
    );
  });
});

const NEED = fc
  .record({
    must: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 4 }),
    pack: fc.integer({ min: 1, max: 4 }),
    unitCost: fc.integer({ min: 1, max: 4 }),
    volume: fc.integer({ min: 0, max: 3 }),
    supplier: fc.constantFrom('acme', 'lux'),
    location: fc.constantFrom('berlin', 'hamburg'),
  })
  .filter(({ must, more }) => must + more > 0)
  .map(({ must, more, pack, ...rest }) =>
    packs('x', { must: must * pack, asked: (must + more) * pack, pack, ...rest }),
  );

const PROBLEMS: fc.Arbitrary<AllocationProblem> = fc.record({
  needs: fc.array(NEED, { minLength: 1, maxLength: 4 }),
  limits: fc
    .tuple(...[30, 20, 20, 12, 12, 25, 25].map((max) => fc.integer({ min: 0, max })))
    .map(([budget, berlin, hamburg, acme, lux, atAcme, atLux]) => [
      { kind: 'budget', amount: budget as number },
      { kind: 'storage', location: 'berlin', amount: berlin as number },
      { kind: 'storage', location: 'hamburg', amount: hamburg as number },
      { kind: 'capacity', supplier: 'acme', amount: acme as number },
      { kind: 'capacity', supplier: 'lux', amount: lux as number },
      { kind: 'minimum', supplier: 'acme', amount: atAcme as number },
      { kind: 'minimum', supplier: 'lux', amount: atLux as number },
    ]),
});

type MustOf = Extract<Constraint, { kind: 'must' }>;

function mustsOf({ needs }: AllocationProblem): MustOf[] {
  return needs
    .filter((need) => leastOf(need) > 0)
    .map(({ supplier, location }) => ({ kind: 'must', supplier, location, units: 0 }));
}

/** By trying every combination of packs. */
function isPossible({ needs }: AllocationProblem, constraints: readonly Constraint[]): boolean {
  const limits = constraints.filter((c): c is Limit => c.kind !== 'must');
  const lists = needs.map((need) => {
    const isMust = constraints.some(
      (c) => c.kind === 'must' && c.supplier === need.supplier && c.location === need.location,
    );
    const least = isMust ? leastOf(need) : 0;
    const all = everyQuantity({ ...need, quantities: [0, need.quantities.at(-1) as number] });
    return all.filter((q) => q >= least);
  });
  for (const units of combinations(lists)) {
    // A supplier of whom nothing must be ordered need not reach its minimum.
    if (limits.every((limit) => keeps(limit, needs, units))) return true;
  }
  return false;
}

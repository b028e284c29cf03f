// Claims about the transportation problem: known answers, duality, and every whole plan.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type TransportPlan,
  type TransportProblem,
  transport,
} from '../../../operators/replenish/transport.js';

const O2: TransportProblem = {
  costs: [
    [4, 6, 9],
    [5, 3, 8],
  ],
  supply: [60, 50],
  demand: [40, 35, 35],
};

function problems(cost: fc.Arbitrary<number>, most: number): fc.Arbitrary<TransportProblem> {
  return fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .chain(([sources, destinations]) => {
      const units = fc.integer({ min: 0, max: most === 2 ? 4 : 60 });
      const line = fc.array(cost, { minLength: destinations, maxLength: destinations });
      return fc.record({
        costs: fc.array(line, { minLength: sources, maxLength: sources }),
        supply: fc.array(units, { minLength: sources, maxLength: sources }),
        demand: fc.array(units, { minLength: destinations, maxLength: destinations }),
      });
    });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function expectBalanced({ supply, demand }: TransportProblem, plan: TransportPlan): void {
  supply.forEach((units, i) => {
    expect(sum(plan.shipments[i]!) + plan.unshipped[i]!).toBeCloseTo(units, 9);
  });
  demand.forEach((units, j) => {
    const got = sum(plan.shipments.map((line) => line[j]!));
    expect(got + plan.unmet[j]!).toBeCloseTo(units, 9);
  });
  for (const line of plan.shipments)
    for (const units of line) expect(units).toBeGreaterThanOrEqual(0);
}

/** [units, cost] of the best whole plan: most units first, then least cost. By trying them all. */
function tried({ costs, supply, demand }: TransportProblem): [number, number] {
  const lanes = costs.flatMap((line, i) => line.map((cost, j) => ({ i, j, cost })));
  let best: [number, number] = [0, 0];
  const walk = (lane: number, left: number[], needed: number[], units: number, cost: number) => {
    if (units > best[0] || (units === best[0] && cost < best[1])) best = [units, cost];
    const next = lanes[lane];
    if (!next) return;
    const most = next.cost === Infinity ? 0 : Math.min(left[next.i]!, needed[next.j]!);
    for (let n = 0; n <= most; n++) {
      const [l, d] = [[...left], [...needed]];
      l[next.i]! -= n;
      d[next.j]! -= n;
      walk(lane + 1, l, d, units + n, n > 0 ? cost + n * next.cost : cost);
    }
  };
  walk(0, [...supply], [...demand], 0, 0);
  return best;
}

describe('transport', () => {
  it('O2: 565, [[40, 0, 20], [0, 35, 15]]', () => {
    const plan = transport(O2);
    expect(plan.cost).toBe(565);
    expect(plan.shipments).toEqual([
      [40, 0, 20],
      [0, 35, 15],
    ]);
    expect([plan.unshipped, plan.unmet]).toEqual([
      [0, 0],
      [0, 0, 0],
    ]);
  });

  it('serves the cheaper need where there is too little, and ships the cheaper where too much', () => {
    const short = transport({ costs: [[5, 3]], supply: [4], demand: [4, 4] });
    expect(short.shipments).toEqual([[0, 4]]);
    expect(short.unmet).toEqual([4, 0]);
    const long = transport({ costs: [[5], [3]], supply: [4, 4], demand: [4] });
    expect(long.shipments).toEqual([[0], [4]]);
    expect(long.unshipped).toEqual([4, 0]);
  });

  it('is proved best by its prices: reduced costs, slackness, and equal values', () => {
    const cost = fc.oneof(
      fc.integer({ min: -9, max: 30 }),
      fc.double({ min: 0, max: 9, noNaN: true }),
    );
    fc.assert(
      fc.property(problems(cost, 7), (problem) => {
        const plan = transport(problem);
        expectBalanced(problem, plan);
        expect(sum(plan.shipments.map(sum))).toBeCloseTo(
          Math.min(sum(problem.supply), sum(problem.demand)),
          9,
        );
        const highest = Math.max(...plan.destinationPrice);
        problem.costs.forEach((line, i) => {
          expect(plan.sourcePrice[i]).toBeGreaterThanOrEqual(0);
          if (plan.unshipped[i]! > 0) expect(plan.sourcePrice[i]).toBe(0);
          line.forEach((unit, j) => {
            const worth = plan.destinationPrice[j]! - plan.sourcePrice[i]!;
            expect(worth).toBeLessThanOrEqual(unit + 1e-9);
            if (plan.shipments[i]![j]! > 0) expect(worth).toBeCloseTo(unit, 9);
          });
        });
        plan.unmet.forEach((units, j) => {
          if (units > 0) expect(plan.destinationPrice[j]).toBeCloseTo(highest, 9);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('costs what the best of all whole plans costs, over open and closed ways', () => {
    const cost = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constant(Infinity));
    fc.assert(
      fc.property(problems(cost, 2), (problem) => {
        const plan = transport(problem);
        expectBalanced(problem, plan);
        const [units, least] = tried(problem);
        expect(sum(plan.shipments.map(sum))).toBe(units);
        expect(plan.cost).toBe(least);
      }),
      { numRuns: 500 },
    );
  });

  it('of decimals leaves no crumbs', () => {
    const plan = transport({
      costs: [
        [1, 2],
        [2, 1],
      ],
      supply: [0.1, 0.2],
      demand: [0.1 + 0.2, 0],
    });
    expect(plan.unmet).toEqual([0, 0]);
    expect(plan.unshipped).toEqual([0, 0]);
    expect(plan.cost).toBeCloseTo(0.5, 12);
  });

  it('of nothing is nothing', () => {
    expect(transport({ costs: [], supply: [], demand: [] }).cost).toBe(0);
    expect(transport({ costs: [[]], supply: [3], demand: [] }).unshipped).toEqual([3]);
  });

  it('refuses shapes that differ and numbers that are none', () => {
    expect(() => transport({ ...O2, supply: [1] })).toThrow('costs must have 1 rows, got 2');
    expect(() => transport({ ...O2, demand: [1] })).toThrow('each row must have 1 costs, got 3');
    expect(() => transport({ ...O2, supply: [1, -1] })).toThrow('supply must be >= 0, got -1');
    expect(() => transport({ ...O2, demand: [1, 2, Number.NaN] })).toThrow(
      'demand must be >= 0, got NaN',
    );
    expect(() => transport({ costs: [[Number.NaN]], supply: [1], demand: [1] })).toThrow(
      'costs must be numbers, got NaN',
    );
  });
});

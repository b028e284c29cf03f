// Allocation problems for tests and benchmarks: by hand, and of any size from a seed.

import type {
  AllocationNeed,
  AllocationProblem,
  Limit,
} from '../../../operators/replenish/allocate.js';
import {
  orderPoints,
  orderValue,
  smallestOrder,
} from '../../../operators/replenish/order-worth.js';
import { demandOf } from '../../../operators/stats/demand-of.js';
import { randomFrom } from '../../../operators/stats/random.js';

/** A need of which every unit is worth the same. */
export function linearNeed(
  sku: string,
  more: Partial<AllocationNeed> & { readonly asked: number; readonly each: number },
): AllocationNeed {
  const { asked, each, ...rest } = more;
  return {
    ...{ sku, location: 'berlin', supplier: 'acme', unitCost: 1, volume: 1, pack: 0, smallest: 0 },
    quantities: [0, asked],
    worth: [0, each * asked],
    ...rest,
  };
}

/** O1 of the known answers: storage, one supplier's capacity, another's, and the budget. */
export const O1: AllocationProblem = {
  needs: [
    linearNeed('a', { asked: 120, each: 30, volume: 2, supplier: 'one' }),
    linearNeed('b', { asked: 100, each: 20, volume: 1, supplier: 'two' }),
    linearNeed('c', { asked: 90, each: 50, volume: 3, supplier: 'two' }),
  ],
  limits: [
    { kind: 'storage', location: 'berlin', amount: 400 },
    { kind: 'capacity', supplier: 'one', amount: 80 },
    { kind: 'capacity', supplier: 'two', amount: 150 },
    { kind: 'budget', amount: 200 },
  ],
};

export interface ProblemShape {
  readonly needs: number;
  readonly suppliers: number;
  readonly locations: number;
  readonly seed: number;
  /** Share of what all needs together would take that is there, of every kind of limit. */
  readonly share: number;
  /** Share of a supplier's needs that its minimum order value is; 0: no minimum. */
  readonly minimum?: number;
  /** Largest pack, units. */
  readonly pack?: number;
  /** Most units of an order, about. */
  readonly units?: number;
}

/** Needs of uncertain demand, some of them backordered, in packs, of suppliers and locations. */
export function randomProblem(shape: ProblemShape): AllocationProblem {
  const random = randomFrom(shape.seed);
  const needs = Array.from({ length: shape.needs }, (_, n) => randomNeed(shape, n, random));
  const limits: Limit[] = [{ kind: 'budget', amount: shape.share * moneyOf(needs) }];
  for (let l = 0; l < shape.locations; l++) {
    const location = `location-${l}`;
    const here = needs.filter((need) => need.location === location);
    const all = here.reduce((sum, need) => sum + need.volume * asked(need), 0);
    limits.push({ kind: 'storage', location, amount: shape.share * all });
  }
  for (let s = 0; s < shape.suppliers; s++) {
    const supplier = `supplier-${s}`;
    const ofIt = needs.filter((need) => need.supplier === supplier);
    const units = ofIt.reduce((sum, need) => sum + asked(need), 0);
    limits.push({ kind: 'capacity', supplier, amount: Math.floor(shape.share * units) });
    const { minimum = 0 } = shape;
    if (minimum > 0) limits.push({ kind: 'minimum', supplier, amount: minimum * moneyOf(ofIt) });
  }
  return { needs, limits };
}

function randomNeed(shape: ProblemShape, n: number, random: () => number): AllocationNeed {
  const mean = 1 + random() * (shape.units ?? 200);
  const demand = demandOf({ mean, variance: mean * (1 + 4 * random()), isWhole: false });
  const pack = 1 + Math.floor(random() * (shape.pack ?? 12));
  const planned = pack * Math.max(1, Math.ceil((mean * (0.5 + random())) / pack));
  const minimum = random() < 0.3 ? planned * random() * 0.6 : 0;
  const unitCost = Math.round(100 * (1 + 30 * random() ** 2)) / 100;
  const worth = {
    loss: (units: number) => demand.loss(units),
    position: (random() * 1.4 - 0.3) * mean,
    margin: unitCost * (0.1 + 0.9 * random()),
    orderingCost: 20 * random(),
    planned,
  };
  const parts = { planned, minimum, pack, must: 0 };
  const quantities = orderPoints(parts);
  return {
    sku: `SKU-${n}`,
    location: `location-${n % shape.locations}`,
    supplier: `supplier-${Math.floor(random() * shape.suppliers)}`,
    unitCost,
    volume: Math.round(1e4 * random() ** 2) / 1e6,
    pack,
    smallest: smallestOrder(parts),
    quantities,
    worth: quantities.map((quantity) => orderValue(worth, quantity)),
  };
}

function asked(need: AllocationNeed): number {
  return need.quantities.at(-1) as number;
}

function moneyOf(needs: readonly AllocationNeed[]): number {
  return needs.reduce((sum, need) => sum + need.unitCost * asked(need), 0);
}

// Claims about the worth of a part of an order, and which parts can be ordered.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { economicOrderQuantity } from '../../../operators/replenish/lot-size.js';
import {
  orderPoints,
  orderValue,
  smallestOrder,
} from '../../../operators/replenish/order-worth.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';

const certain = new NormalDemand(10, 0);
const LOSS = (units: number): number => certain.loss(units);

describe('what a part of an order is worth', () => {
  const worth = { loss: LOSS, position: 0, margin: 2, orderingCost: 0, planned: 20 };

  it('is the margin of the shortage it avoids: of certain demand unit by unit, then nothing', () => {
    expect([0, 4, 10, 20].map((q) => orderValue(worth, q))).toEqual([0, 8, 20, 20]);
  });

  it('is the whole margin of every unit that is promised already', () => {
    expect(orderValue({ ...worth, position: -5 }, 4)).toBe(8);
    expect(orderValue({ ...worth, position: -5 }, 20)).toBe(30);
  });

  it('of uncertain demand is margin times the loss function (known answer P10)', () => {
    // N(15, 3): at 18.6 units .1683073522 are short, of none all 15.
    const demand = new NormalDemand(15, 9);
    const loss = (units: number) => demand.loss(units);
    const value = orderValue({ ...worth, loss, margin: 1 }, 18.6);
    expect(value).toBeCloseTo(demand.loss(0) - 0.1683073522, 9);
  });

  it('falls by what ordering the economic quantity and then less costs in the long run', () => {
    // The textbook costs of a cycle: K + h q^2 / 2 d, less the least average cost of its q / d.
    const [cost, holding, rate] = [8, 0.225, 1300];
    const planned = economicOrderQuantity(cost, holding, rate);
    const average = Math.sqrt(2 * cost * holding * rate);
    for (const share of [0.1, 0.5, 0.9, 1]) {
      const q = share * planned;
      const excess = cost + (holding * q * q) / (2 * rate) - (average * q) / rate;
      const told = orderValue(
        { loss: () => 0, position: 0, margin: 1, orderingCost: cost, planned },
        q,
      );
      expect(told).toBeCloseTo(-excess, 9);
    }
  });
});

const PARTS = fc.record({
  planned: fc.integer({ min: 1, max: 60 }),
  minimum: fc.integer({ min: 0, max: 40 }),
  pack: fc.integer({ min: 0, max: 12 }),
  must: fc.integer({ min: 0, max: 30 }),
});

describe('quantities that can be ordered', () => {
  it('are whole packs from the minimum on, nothing, and what is planned', () => {
    const parts = { planned: 24, minimum: 7, pack: 4, must: 0 };
    expect(orderPoints(parts)).toEqual([0, 8, 12, 16, 20, 24]);
    expect(orderPoints({ ...parts, must: 13 })).toEqual([16, 20, 24]);
    expect(orderPoints({ planned: 5, minimum: 0, pack: 5, must: 0 })).toEqual([0, 5]);
    expect(orderPoints({ planned: 5, minimum: 0, pack: 5, must: 5 })).toEqual([5]);
  });

  it('rise from the least to the planned one, at most 32, each of them orderable', () => {
    fc.assert(
      fc.property(PARTS, (parts) => {
        const points = orderPoints(parts);
        const { planned, pack, must } = parts;
        expect(points.length).toBeLessThanOrEqual(32);
        expect(points.at(-1)).toBe(planned);
        points.forEach((q, i) => {
          if (i > 0) expect(q).toBeGreaterThan(points[i - 1] as number);
          expect(q).toBeGreaterThanOrEqual(Math.min(must, planned));
          if (q === 0 || q === planned) return;
          expect(q).toBeGreaterThanOrEqual(smallestOrder(parts));
          if (pack > 0) expect(q % pack).toBe(0);
        });
        if (must === 0) expect(points[0]).toBe(0);
      }),
    );
  });

  it('must be asked of an order of something', () => {
    expect(() => orderPoints({ planned: 0, minimum: 0, pack: 1, must: 0 })).toThrow(
      new RangeError('planned must be > 0, got 0'),
    );
  });
});

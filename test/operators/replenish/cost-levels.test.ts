// Claims about the cheapest policies: known answers, reached by an item's terms and events.
import { describe, expect, it } from 'vitest';
import { cheapestLevels } from '../../../operators/replenish/cost-levels.js';
import { type Terms, toTerms } from '../../../operators/replenish/terms.js';
import { DEFAULTS } from './default-terms.js';
import { normals, Scene, START_MS } from './scene.js';

const terms = (given: Partial<Terms>): Terms => ({ ...toTerms(undefined, DEFAULTS), ...given });
const YEAR = 365;

describe('the cheapest policy', () => {
  // P11: h .225, p 7.5, K 8, D 1300, sigma 150 a year, L 1/12.
  it('by sQ is (r, Q) = (126.87, 328.45) (P11)', () => {
    const item = terms({
      policy: 'sQ',
      orderingCost: 8,
      unitCost: 0.9,
      holdingRate: 0.25,
      service: { kind: 'cost', level: 7.5 },
    });
    const { reorderPoint, orderQuantity } = cheapestLevels(item, {
      day: { mean: 1300 / YEAR, sd: 150 / Math.sqrt(YEAR) },
      leadTime: { mean: 1300 / 12, sd: 150 / Math.sqrt(12) },
      isWhole: false,
    });
    expect(reorderPoint).toBeCloseTo(126.86706, 4);
    expect(orderQuantity).toBeCloseTo(328.44914, 4);
  });

  // P14: h 1, p 9, K 64, Poisson 20 a period, orders that come at once: (14, 62).
  it('by sS is that of Zheng & Federgruen: (14, 62) (P14)', () => {
    const item = terms({
      policy: 'sS',
      orderingCost: 64,
      unitCost: YEAR,
      holdingRate: 1,
      service: { kind: 'cost', level: 9 * YEAR },
    });
    const { reorderPoint, orderQuantity } = cheapestLevels(item, {
      day: { mean: 20, sd: Math.sqrt(20) },
      leadTime: { mean: 0, sd: 0 },
      isWhole: true,
    });
    expect([reorderPoint, reorderPoint + orderQuantity]).toEqual([14, 62]);
  });

  // P8: h .18, p .70, Poisson 50 over the exposed time: 56.
  it('by RS is the newsvendor over review period and lead time: 56 (P8)', () => {
    const item = terms({
      policy: 'RS',
      reviewDays: 1,
      unitCost: 0.18,
      holdingRate: 1,
      service: { kind: 'cost', level: 0.7 },
    });
    const day = { mean: 25, sd: 5 };
    const { reorderPoint } = cheapestLevels(item, { day, leadTime: day, isWhole: true });
    expect(reorderPoint).toBe(56);
  });
});

describe('an item whose shortages have a price', () => {
  const noise = () => {
    const next = normals(7);
    return () => Math.max(0, Math.round(20 + 4.5 * next()));
  };
  const planned = (item: object, days = 28) => {
    const scene = new Scene();
    scene.item('A', {
      policy: { kind: 'sS' },
      leadTime: { meanDays: 4, sdDays: 1 },
      unitCost: 10,
      orderingCost: 30,
      holdingRate: 0.3,
      ...item,
    });
    scene.count('A', 1e6, 0);
    scene.trade('A', 0, days - 1, noise());
    return scene.core.replenish.plan(scene.row('A'), START_MS + days * 86_400_000);
  };

  it('holds more, the dearer it is to be short', () => {
    const at = (shortageCost: number) => planned({ serviceLevel: { shortageCost } })?.levels;
    const [cheap, dear] = [at(30), at(3000)];
    expect(dear?.reorderPoint).toBeGreaterThan(cheap?.reorderPoint as number);
    expect(dear?.orderUpToLevel).toBeGreaterThan(dear?.reorderPoint as number);
  });

  it('has levels for each policy that has some', () => {
    for (const kind of ['sQ', 'sS', 'RS', 'RsS'] as const) {
      const plan = planned({ serviceLevel: { shortageCost: 300 }, policy: { kind } });
      expect(plan?.levels.reorderPoint, kind).toBeGreaterThan(40);
      expect(plan?.levels.orderUpToLevel, kind).toBeLessThan(2000);
    }
  });

  it('that keeps three days is never ordered beyond what will be sold in them', () => {
    const perishable = { shelfLifeDays: 3, unitPrice: 15, salvageValue: 0 };
    const [fresh, durable] = [planned(perishable), planned({})];
    // 60 are sold in three days; a margin of a third of the price: less than half of the cases.
    expect(fresh?.levels.orderUpToLevel).toBeLessThan(62);
    expect(fresh?.levels.orderUpToLevel).toBeGreaterThan(45);
    expect(durable?.levels.orderUpToLevel).toBeGreaterThan(200);
  });
});

describe('RsS', () => {
  it('orders at reviews alone, only at or below the reorder point, up to the level', () => {
    const scene = new Scene();
    const policy = { kind: 'RsS', reviewDays: 7, reorderPoint: 40, orderUpToLevel: 100 } as const;
    scene.item('A', { policy });
    scene.count('A', 100, 0.1);
    const days: number[] = [];
    for (let day = 0; day < 42; day++) {
      for (const signal of [...scene.sell('A', 5, day + 0.5), ...scene.tick(day + 1 + 2 / 24)]) {
        days.push(Math.round((Date.parse(signal.time) - START_MS) / 86_400_000));
        expect(signal.inventoryPosition).toBeLessThanOrEqual(40);
        expect(signal.inventoryPosition + signal.quantity).toBe(100);
        scene.buy('A', signal.quantity, { signalId: signal.id });
      }
    }
    expect(days.length).toBeGreaterThanOrEqual(2);
    for (const day of days) expect((day - (days[0] as number)) % 7).toBe(0);
  });
});

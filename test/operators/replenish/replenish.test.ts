// Claims about reorder signals: events in, signals out, by given levels.
import { describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

const SKU = 'A';
const sQ = (reorderPoint: number, orderQuantity: number) =>
  ({ policy: { kind: 'sQ', reorderPoint, orderQuantity } }) as const;
const sS = (reorderPoint: number, orderUpToLevel: number) =>
  ({ policy: { kind: 'sS', reorderPoint, orderUpToLevel } }) as const;

/** Quantities of the signals that a count of `stock` raises under some terms. */
function asked(terms: Parameters<Scene['item']>[1], stock: number): readonly number[] {
  const scene = new Scene();
  scene.item(SKU, terms);
  return scene.count(SKU, stock).map((signal) => signal.quantity);
}

describe('a reorder', () => {
  it.each([
    { stock: 21, quantities: [] },
    { stock: 20, quantities: [10] },
    { stock: 19, quantities: [10] },
    { stock: 10, quantities: [20] },
  ])('by sQ at 20 in tens, stock $stock: $quantities', ({ stock, quantities }) => {
    expect(asked(sQ(20, 10), stock)).toEqual(quantities);
  });

  it.each([
    { stock: 21, quantities: [] },
    { stock: 20, quantities: [30] },
    { stock: 19, quantities: [31] },
    { stock: 0, quantities: [50] },
  ])('by sS at 20 up to 50, stock $stock: $quantities', ({ stock, quantities }) => {
    expect(asked(sS(20, 50), stock)).toEqual(quantities);
  });

  it('by pack of 6, need 1: one pack', () => {
    expect(asked({ ...sS(9, 10), packSize: 6 }, 9)).toEqual([6]);
  });

  it('by minimum level 8, pack 6: 12', () => {
    expect(asked({ ...sS(9, 10), minimumOrderQuantity: 8, packSize: 6 }, 9)).toEqual([12]);
  });

  it('at level 120, quantity 100, stock 0 lifts strictly past it in whole lots, and once', () => {
    const scene = new Scene();
    scene.item(SKU, sQ(120, 100));
    expect(scene.count(SKU, 0, 0).map((signal) => signal.quantity)).toEqual([200]);
    for (let day = 1; day <= 10; day++) scene.tick(day);
    expect(scene.signals).toHaveLength(1);
  });

  it('at stock 0, level 100, quantity 110: one signal, none the next day', () => {
    const scene = new Scene();
    scene.item(SKU, sQ(100, 110));
    const [signal] = scene.count(SKU, 0, 0);
    expect(signal?.quantity).toBe(110);
    scene.buy(SKU, 110, { signalId: signal?.id });
    expect(scene.tick(1.1)).toEqual([]);
    expect(scene.count(SKU, 0, 1.2)).toEqual([]);
    expect(scene.signals).toHaveLength(1);
  });

  it('of one box of 10, need 10: 1 box', () => {
    expect(asked({ ...sS(5, 10), packSize: 10 }, 0)).toEqual([10]);
  });

  it('with need 18 and 15 on order: 3', () => {
    const scene = new Scene();
    scene.item(SKU, sS(17, 18));
    scene.buy(SKU, 15);
    expect(scene.count(SKU, 0).map((signal) => signal.quantity)).toEqual([3]);
  });

  it('100 in stock, 3 shipped: available 97', () => {
    const scene = new Scene();
    scene.count(SKU, 100);
    scene.sell(SKU, 3);
    expect(scene.core.ledger.positions.available(scene.row(SKU))).toBe(97);
  });

  it('counts what is promised, on order and in transit, not the shelf alone', () => {
    const scene = new Scene();
    scene.item(SKU, sQ(20, 10));
    scene.count(SKU, 30);
    expect(scene.order(SKU, 9)).toEqual([]);
    const [signal] = scene.order(SKU, 4);
    expect(signal).toMatchObject({
      quantity: 10,
      onHand: 30,
      allocated: 13,
      backordered: 0,
      onOrder: 0,
      inTransit: 0,
      inventoryPosition: 17,
    });
  });

  it('of units promised beyond the shelf fills the backorders as well', () => {
    const scene = new Scene();
    scene.item(SKU, sS(5, 20));
    scene.count(SKU, 6);
    const [signal] = scene.order(SKU, 16);
    expect(signal).toMatchObject({ backordered: 10, inventoryPosition: -10, quantity: 30 });
  });
});

describe('who is reordered', () => {
  it('not a SKU whose stock was never told', () => {
    const scene = new Scene();
    scene.item(SKU, sQ(20, 10));
    expect(scene.order(SKU, 50)).toEqual([]);
    expect(scene.buy(SKU, 1)).toEqual([]);
    expect(scene.count(SKU, 3)).toHaveLength(1);
  });

  it('not a discontinued SKU, and its open signal closes when it is discontinued', () => {
    expect(asked({ ...sQ(20, 10), status: 'discontinued' }, 0)).toEqual([]);
    const scene = new Scene();
    scene.item(SKU, sQ(20, 10));
    const [signal] = scene.count(SKU, 0);
    scene.item(SKU, { ...sQ(20, 10), status: 'discontinued' });
    expect(scene.closings).toMatchObject([
      { signal: { id: signal?.id }, reason: 'not-replenished' },
    ]);
    expect(scene.order(SKU, 5)).toEqual([]);
  });

  it.each(['vmi', 'none'] as const)('not a SKU of policy %s, whatever levels it has', (kind) => {
    const levels = { reorderPoint: 20, orderUpToLevel: 50, orderQuantity: 10 };
    expect(asked({ policy: { kind, ...levels } }, 0)).toEqual([]);
  });

  it('not a SKU that has no given levels while it has no forecast', () => {
    expect(asked({ policy: { kind: 'sQ' } }, 0)).toEqual([]);
  });

  it('by the item for its location, which wins over the one for everywhere, in any order', () => {
    for (const isLocalFirst of [true, false]) {
      const scene = new Scene();
      const local = () => scene.item(SKU, sQ(50, 10), 'shop');
      if (isLocalFirst) local();
      scene.item(SKU, sQ(5, 10));
      if (!isLocalFirst) local();
      expect(scene.count(SKU, 30)).toMatchObject([{ reorderPoint: 50, quantity: 30 }]);
      const other = { type: 'stock.counted', sku: SKU, location: 'elsewhere' };
      expect(scene.send({ ...other, quantity: 30 })).toEqual([]);
      expect(scene.send({ ...other, quantity: 5 })).toMatchObject([{ reorderPoint: 5 }]);
    }
  });

  it('by the newer of two items, also when the older one arrives later', () => {
    const scene = new Scene();
    const item = (day: number, reorderPoint: number) =>
      scene.send({
        type: 'catalog.item',
        day,
        sku: SKU,
        status: 'active',
        leadTime: { meanDays: 7, sdDays: 0 },
        serviceLevel: { cycle: 0.95 },
        policy: { kind: 'sQ', reorderPoint, orderQuantity: 10 },
      });
    item(2, 5);
    item(1, 500);
    expect(scene.count(SKU, 30, 2)).toEqual([]);
    item(3, 30);
    expect(scene.signals).toMatchObject([{ reorderPoint: 30, quantity: 10 }]);
  });
});

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

describe('an open signal', () => {
  function opened(updateAbove = 0.25) {
    const scene = new Scene({ 'signals.updateAbove': updateAbove });
    scene.item(SKU, sS(20, 60));
    const [signal] = scene.count(SKU, 20, 0);
    expect(signal?.quantity).toBe(40);
    return { scene, first: signal as NonNullable<typeof signal> };
  }

  it('is raised once, however often its SKU is looked at', () => {
    const { scene } = opened();
    for (let n = 0; n < 5; n++) scene.count(SKU, 20, 1 + n);
    scene.buy('B', 1);
    scene.tick(9);
    expect(scene.signals).toHaveLength(1);
  });

  it('is corrected when the need has grown by more than signals.updateAbove, and says so', () => {
    const { scene, first } = opened();
    expect(scene.order(SKU, 10)).toEqual([]);
    const [second] = scene.order(SKU, 1);
    expect(second).toMatchObject({ quantity: 51, replaces: first.id });
    expect(second?.id).not.toBe(first.id);
    // From here on the corrected quantity counts: 51 x 1.25 = 63.75.
    expect(scene.order(SKU, 12)).toEqual([]);
    expect(scene.order(SKU, 1)).toMatchObject([{ quantity: 64, replaces: second?.id }]);
    expect(scene.core.replenish.open.size).toBe(1);
    expect(first).not.toHaveProperty('replaces');
  });

  it('is closed by a purchase order that names it', () => {
    const { scene, first } = opened();
    scene.buy(SKU, 40, { signalId: first.id });
    expect(scene.closings).toMatchObject([{ signal: { id: first.id }, reason: 'purchase-order' }]);
    expect(scene.core.replenish.open.size).toBe(0);
    expect(scene.signals).toHaveLength(1);
  });

  it('is closed by a purchase order that names the signal that it replaced', () => {
    const { scene, first } = opened();
    const [second] = scene.order(SKU, 11);
    scene.buy(SKU, 51, { signalId: first.id });
    expect(scene.closings).toMatchObject([
      { signal: { id: first.id }, reason: 'updated' },
      { signal: { id: second?.id }, reason: 'purchase-order' },
    ]);
    expect(scene.signals).toHaveLength(2);
  });

  it('is closed by a receipt, a count, a return and a cancellation that lift the position', () => {
    const orderId = 'big';
    const lifts = [
      { type: 'stock.received', location: 'shop', sku: SKU, quantity: 21 },
      { type: 'stock.counted', location: 'shop', sku: SKU, quantity: 41 },
      {
        type: 'order.returned',
        orderId,
        location: 'shop',
        lines: [{ sku: SKU, quantity: 30, restock: true }],
      },
      { type: 'order.cancelled', orderId },
    ];
    for (const lift of lifts) {
      const scene = new Scene();
      scene.item(SKU, sS(20, 60));
      scene.count(SKU, 40);
      const lines = [{ sku: SKU, quantity: 20 }];
      const [signal] = scene.send({ type: 'order.placed', orderId, location: 'shop', lines });
      scene.send(lift);
      expect(scene.closings).toMatchObject([{ signal: { id: signal?.id }, reason: 'stock' }]);
    }
  });

  it('stays open when a lift is not enough', () => {
    const { scene } = opened();
    scene.order(SKU, 5);
    scene.send({ type: 'stock.received', location: 'shop', sku: SKU, quantity: 5 });
    expect(scene.closings).toEqual([]);
    scene.send({ type: 'stock.received', location: 'shop', sku: SKU, quantity: 1 });
    expect(scene.closings).toHaveLength(1);
  });

  it('never has a second beside it while its purchase order is open', () => {
    const { scene, first } = opened();
    scene.buy(SKU, 40, { signalId: first.id, purchaseOrderId: 'po' });
    for (let day = 1; day < 30; day++) scene.tick(day);
    scene.sell(SKU, 20, 30);
    expect(scene.signals).toHaveLength(1);
    scene.sell(SKU, 20, 31);
    expect(scene.signals).toHaveLength(2);
  });

  it('is raised again, under a new id, when its purchase order is cancelled', () => {
    const { scene, first } = opened();
    scene.buy(SKU, 40, { signalId: first.id, purchaseOrderId: 'po' });
    const [again] = scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'po' });
    expect(again).toMatchObject({ quantity: 40 });
    expect(again?.id).not.toBe(first.id);
    expect(again).not.toHaveProperty('replaces');
  });

  it('asks for what is still missing when the purchase order is too small', () => {
    const { scene, first } = opened();
    scene.count(SKU, 0);
    const [second] = scene.signals.slice(1);
    expect(second).toMatchObject({ quantity: 60, replaces: first.id });
    expect(scene.buy(SKU, 20, { signalId: second?.id })).toMatchObject([{ quantity: 40 }]);
  });

  it('is remembered over a restart, with all the ids it has had', () => {
    const { scene, first } = opened();
    const [second] = scene.order(SKU, 11);
    scene.restart();
    expect(scene.count(SKU, 20)).toEqual([]);
    scene.buy(SKU, 51, { signalId: first.id });
    expect(scene.closings).toMatchObject([
      { signal: { id: first.id }, reason: 'updated' },
      { signal: { id: second?.id }, reason: 'purchase-order' },
    ]);
  });

  it('has nothing to do with a purchase order that names no signal that is known', () => {
    const { scene } = opened();
    scene.buy('B', 5, { signalId: 'reorder/shop/A/nothing' });
    expect(scene.closings).toEqual([]);
  });
});

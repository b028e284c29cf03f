// Claims about open signals: raised once, corrected, closed.
import { describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

const SKU = 'A';
const sS = (reorderPoint: number, orderUpToLevel: number) =>
  ({ policy: { kind: 'sS', reorderPoint, orderUpToLevel } }) as const;

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

// Inputs on which other replenishment systems ordered twice, too much, or nothing.
import { describe, expect, it } from 'vitest';
import { Scene, START_MS } from './scene.js';

const SKU = 'A';
const sS = (reorderPoint: number, orderUpToLevel: number) =>
  ({ policy: { kind: 'sS', reorderPoint, orderUpToLevel } }) as const;
const of = (scene: Scene) => scene.core.ledger.positions.read(scene.row(SKU));
const place = (scene: Scene, orderId: string, ...units: readonly number[]) =>
  scene.send({
    type: 'order.placed',
    orderId,
    location: 'shop',
    lines: units.map((quantity) => ({ sku: SKU, quantity })),
  });

describe('what broke others', () => {
  it('two rules for one SKU, run twice: the second adds nothing', () => {
    const scene = new Scene();
    scene.item(SKU, sS(20, 60));
    scene.item(SKU, sS(20, 60), 'shop');
    expect(scene.count(SKU, 20, 0).map(({ quantity }) => quantity)).toEqual([40]);
    scene.item(SKU, sS(20, 60), 'shop');
    scene.item(SKU, sS(20, 60));
    for (let day = 1; day < 4; day++) scene.tick(day);
    expect(scene.signals).toHaveLength(1);
  });

  it('an open order postponed past the lead time: counted, told to be late, no second order', () => {
    const scene = new Scene();
    scene.item(SKU, sS(20, 60));
    const [signal] = scene.count(SKU, 20, 0);
    const at = (day: number) => START_MS + day * 86_400_000;
    const purchaseOrderId = 'po-1';
    scene.buy(SKU, 40, { purchaseOrderId, signalId: signal?.id, expectedAt: at(7) });
    scene.tick(8.1);
    scene.send({ type: 'purchase.postponed', purchaseOrderId, expectedAt: at(40), day: 8.2 });
    for (let day = 9; day < 39; day++) scene.tick(day);
    expect(of(scene)).toMatchObject({ onOrder: 40, inventoryPosition: 60 });
    expect(scene.alerts.filter(({ kind }) => kind === 'late-supply').map((a) => a.state)).toEqual([
      'raised',
      'cleared',
    ]);
    expect(scene.signals.filter(({ kind }) => kind === 'reorder')).toHaveLength(1);
  });

  it('incoming goods of a SKU that comes in packs: counted in units', () => {
    const scene = new Scene();
    scene.item(SKU, { ...sS(20, 60), packSize: 12 });
    const [signal] = scene.count(SKU, 10, 0);
    expect(signal?.quantity).toBe(60);
    scene.buy(SKU, 60, { purchaseOrderId: 'po-1', signalId: signal?.id });
    const received = { location: 'shop', sku: SKU, purchaseOrderId: 'po-1' };
    scene.send({ type: 'stock.received', quantity: 24, ...received });
    expect(of(scene)).toMatchObject({ onHand: 34, onOrder: 36, inventoryPosition: 70 });
  });

  it('an order cancelled before allocation, twice, in part, then placed anew: never negative, once', () => {
    const scene = new Scene();
    scene.item(SKU, sS(5, 60));
    scene.count(SKU, 10, 0);
    const cancel = (quantity?: number) =>
      scene.send({
        type: 'order.cancelled',
        orderId: 'o',
        ...(quantity === undefined ? {} : { lines: [{ sku: SKU, quantity }] }),
      });
    cancel();
    place(scene, 'o', 8);
    cancel(3);
    cancel();
    cancel();
    expect(of(scene)).toMatchObject({ allocated: 0, backordered: 0, inventoryPosition: 10 });
    place(scene, 'o', 4);
    expect(of(scene)).toMatchObject({ allocated: 4, inventoryPosition: 6 });
    scene.tick(1.1);
    expect(scene.buckets.at(-1)?.units).toBe(4);
  });

  it('one order with the SKU on two lines, 10 and 5 of 20: 15 allocated', () => {
    const scene = new Scene();
    scene.count(SKU, 20, 0);
    place(scene, 'o', 10, 5);
    expect(of(scene)).toMatchObject({ allocated: 15, backordered: 0, available: 5 });
  });

  it('two carts of 3 on 5 in stock: one is short by 1, and that is said', () => {
    const scene = new Scene();
    scene.item(SKU, sS(1, 10));
    scene.count(SKU, 5, 0);
    for (const cartId of ['c1', 'c2']) {
      scene.send({ type: 'cart.added', cartId, sku: SKU, quantity: 3, location: 'shop' });
    }
    // A cart is intent: nothing is promised before it is ordered.
    expect(of(scene)).toMatchObject({ available: 5, backordered: 0 });
    place(scene, 'o1', 3);
    place(scene, 'o2', 3);
    expect(of(scene)).toMatchObject({ allocated: 5, backordered: 1, available: 0 });
    expect(scene.alerts).toContainEqual(
      expect.objectContaining({
        kind: 'stockout',
        evidence: { available: 0, backordered: 1, onOrder: 0 },
      }),
    );
    expect(scene.signals).toMatchObject([{ backordered: 1, quantity: 11 }]);
  });

  it('a discontinued SKU: never reordered, whatever is missing', () => {
    const scene = new Scene();
    scene.item(SKU, { ...sS(20, 60), status: 'discontinued' });
    scene.count(SKU, 0, 0);
    place(scene, 'o', 50);
    for (let day = 1; day < 4; day++) scene.tick(day);
    expect(scene.signals).toEqual([]);
  });

  it('the same proposal, read twice by a client, or decided again by a replay: the same id', () => {
    const run = () => {
      const scene = new Scene({ 'signals.approve.auto': false });
      scene.item(SKU, sS(20, 60));
      return scene.count(SKU, 20, 0)[0];
    };
    expect(run()).toEqual(run());
    expect(run()?.id).toBe('reorder/shop/A/e2');
  });

  it('a need at 23:30 local time: in the bucket of that day', () => {
    const scene = new Scene({ 'locations.shop.timeZone': 'America/New_York' });
    scene.count(SKU, 100, 0);
    // 23:30 on 1 January in New York is 04:30 UTC on the 2nd.
    place(scene, 'early', 1);
    scene.send({
      type: 'order.placed',
      orderId: 'late',
      location: 'shop',
      lines: [{ sku: SKU, quantity: 7 }],
      day: 1 + 4.5 / 24,
    });
    scene.tick(3.1);
    const [first] = scene.buckets.filter(({ units }) => units >= 7);
    expect(new Date(first?.startMs ?? 0).toISOString()).toBe('2024-01-01T05:00:00.000Z');
  });
});

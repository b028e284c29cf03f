// Claims about supply signals: what to hurry, what to cut, when, and when no more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../../operators/events/result.js';
import { Scene, START_MS } from './scene.js';

const SKU = 'A';
const sS = { policy: { kind: 'sS', reorderPoint: 70, orderUpToLevel: 200 } } as const;
const at = (day: number) => new Date(START_MS + day * 86_400_000).toISOString();

/** Ten sold a day for four weeks; on the morning of day 28 `stock` is left. */
function traded(stock: number, overrides: Record<string, unknown> = {}, more: object = {}): Scene {
  const scene = new Scene(overrides);
  scene.item(SKU, { ...sS, leadTime: { meanDays: 7, sdDays: 1 }, supplier: 'acme', ...more });
  scene.count(SKU, 10_000, 0);
  scene.trade(SKU, 0, 27, () => 10);
  scene.count(SKU, stock, 28.1);
  return scene;
}
const of = (scene: Scene, kind: Signal['kind']) => scene.signals.filter((s) => s.kind === kind);
const ended = (scene: Scene, kind: Signal['kind']) =>
  scene.closings.filter(({ signal }) => signal.kind === kind).map(({ reason }) => reason);
const sumOf = ({ reasons }: Signal) =>
  reasons.reduce((sum, { contribution }) => sum + contribution, 0);

describe('expedite', () => {
  // "An open order postponed past the lead time: counted, a late-supply alert, no second order."
  it('is raised for an order postponed past the lead time, which is no second order', () => {
    const scene = traded(60);
    const [reorder] = of(scene, 'reorder');
    const purchaseOrderId = 'po-1';
    scene.buy(SKU, 200, { purchaseOrderId, signalId: reorder?.id, expectedAt: at(33) });
    expect(of(scene, 'expedite')).toEqual([]);
    scene.send({ type: 'purchase.postponed', purchaseOrderId, expectedAt: at(43.1) });
    const [signal] = of(scene, 'expedite');
    // 15 days to go at 10 a day, 60 there: 90 short.
    expect(signal).toMatchObject({ purchaseOrderId, supplier: 'acme', state: 'approved' });
    expect(signal?.quantity).toBeGreaterThanOrEqual(85);
    expect(signal?.quantity).toBeLessThanOrEqual(95);
    expect(sumOf(signal as Signal)).toBeCloseTo(signal?.quantity as number, 9);
    expect(Date.parse(signal?.neededBy as string)).toBeLessThan(Date.parse(at(34.5)));
    expect(of(scene, 'reorder')).toHaveLength(1);
  });

  it('is raised for an overdue order once stock will not last, and ends with its receipt', () => {
    const scene = traded(60);
    const purchaseOrderId = 'po-1';
    scene.buy(SKU, 200, { purchaseOrderId, expectedAt: at(30) });
    for (let day = 28; day <= 33; day++) scene.sell(SKU, 10, day + 0.5);
    for (let day = 34; day <= 36; day++) scene.tick(day + 0.1);
    expect(of(scene, 'expedite').length).toBeGreaterThan(0);
    scene.send({
      type: 'stock.received',
      sku: SKU,
      quantity: 200,
      purchaseOrderId,
      location: 'shop',
    });
    expect(ended(scene, 'expedite').at(-1)).toBe('stock');
  });

  it('is not raised for an order that is late while stock lasts, nor for one in time', () => {
    const late = traded(400);
    late.buy(SKU, 50, { expectedAt: at(29) });
    late.tick(30.1);
    const short = traded(5);
    short.buy(SKU, 200, { expectedAt: at(34) });
    short.sell(SKU, 5, 28.5);
    short.tick(30.1);
    expect([...of(late, 'expedite'), ...of(short, 'expedite')]).toEqual([]);
  });

  it('would not have been raised with as many more units as its counterfactual says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 140 }), (stock) => {
        const run = (units: number) => {
          const scene = traded(units);
          scene.buy(SKU, 500, { purchaseOrderId: 'po-1', expectedAt: at(43) });
          return of(scene, 'expedite')[0];
        };
        const signal = run(stock);
        if (signal === undefined) return;
        expect(run(stock + signal.counterfactual)).toBeUndefined();
        expect(run(stock + signal.counterfactual - 1)).toBeDefined();
      }),
      { numRuns: 6 },
    );
  });
});

describe('reduce', () => {
  it('is raised when a cancelled order leaves too much on order, by whole packs', () => {
    const scene = traded(90, {}, { packSize: 12 });
    const lines = [{ sku: SKU, quantity: 250 }];
    scene.send({ type: 'order.placed', orderId: 'big', location: 'shop', lines, day: 28.2 });
    scene.buy(SKU, 360, { purchaseOrderId: 'po-1', expectedAt: at(34) });
    expect(of(scene, 'reduce')).toEqual([]);
    scene.send({ type: 'order.cancelled', orderId: 'big' });
    // Position 450, aim 200: 250 too much, 20 whole packs of 12.
    const [signal] = of(scene, 'reduce');
    expect(signal).toMatchObject({ quantity: 240, purchaseOrderId: 'po-1' });
    expect(sumOf(signal as Signal)).toBeCloseTo(240, 9);
    // Not above 200 + 12 + half of 130.
    expect(signal?.counterfactual).toBe(-(450 - 277));
    scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'po-1', sku: SKU });
    expect(ended(scene, 'reduce')).toEqual(['demand']);
  });

  it('is not raised for what rounding and part of a lot have added, nor for stock that is there', () => {
    const scene = traded(10_000);
    expect(of(scene, 'reduce')).toEqual([]);
    const packed = traded(60, {}, { packSize: 144 });
    packed.buy(SKU, 288, { expectedAt: at(34) });
    packed.tick(29.1);
    expect(of(packed, 'reduce')).toEqual([]);
  });

  it('waits for approval where all signals do', () => {
    const scene = traded(90, { 'signals.approve.auto': false });
    scene.buy(SKU, 500, { purchaseOrderId: 'po-1', expectedAt: at(34) });
    const [proposed] = of(scene, 'reduce');
    expect(proposed).toMatchObject({ state: 'proposed', because: 'manual' });
    const signalId = proposed?.id as string;
    expect(scene.send({ type: 'signal.approved', signalId })).toMatchObject([
      { kind: 'reduce', state: 'approved', replaces: signalId },
    ]);
  });
});

// Claims about late supply: raised after the grace, cleared by what ends the wait.
import { describe, expect, it } from 'vitest';
import { Scene } from '../replenish/scene.js';

const SKU = 'A';

/** What was said about a kind of alert: raised, cleared, raised… */
function said(scene: Scene, kind: string): readonly string[] {
  return scene.alerts.filter((alert) => alert.kind === kind).map((alert) => alert.state);
}

const receive = (quantity: number, purchaseOrderId?: string) => ({
  type: 'stock.received',
  location: 'shop',
  sku: SKU,
  quantity,
  ...(purchaseOrderId === undefined ? {} : { purchaseOrderId }),
});

describe('late-supply', () => {
  /** 50 units expected at day 5; 12 hours of grace. */
  function awaiting(): Scene {
    const scene = new Scene();
    scene.count(SKU, 100, 0);
    scene.buy(SKU, 50, { purchaseOrderId: 'po', expectedAt: '2024-01-06T00:00:00Z' });
    return scene;
  }

  it('is raised after the grace, without any event but time, and once', () => {
    const scene = awaiting();
    scene.tick(5.49);
    expect(said(scene, 'late-supply')).toEqual([]);
    scene.tick(5.51);
    scene.tick(7);
    scene.count(SKU, 90, 8);
    expect(said(scene, 'late-supply')).toEqual(['raised']);
    expect(scene.alerts[0]).toMatchObject({
      severity: 'warning',
      threshold: 0.5,
      evidence: { lateUnits: 50 },
    });
  });

  it('is cleared by the receipt of all of it, not of a part', () => {
    const scene = awaiting();
    scene.tick(6);
    scene.send(receive(20, 'po'));
    expect(said(scene, 'late-supply')).toEqual(['raised']);
    scene.send(receive(30, 'po'));
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
    scene.tick(60);
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
  });

  it('is cleared by a cancellation', () => {
    const scene = awaiting();
    scene.tick(6);
    scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'po' });
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
  });

  it('is cleared by a postponement, and raised again after the new date', () => {
    const scene = awaiting();
    scene.tick(6);
    scene.send({
      type: 'purchase.postponed',
      purchaseOrderId: 'po',
      expectedAt: '2024-01-11T00:00:00Z',
    });
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
    scene.tick(10.4);
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
    scene.tick(10.6);
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared', 'raised']);
  });

  it('is not raised for what came in time, nor for an order without a date', () => {
    const scene = awaiting();
    scene.buy(SKU, 10);
    scene.send(receive(50, 'po'));
    scene.tick(30);
    expect(said(scene, 'late-supply')).toEqual([]);
  });

  it('is raised also for a date that was set by a later update', () => {
    const scene = new Scene();
    scene.buy(SKU, 50, { purchaseOrderId: 'po' });
    scene.buy(SKU, 50, { purchaseOrderId: 'po', expectedAt: '2024-01-02T00:00:00Z' });
    scene.tick(2);
    expect(said(scene, 'late-supply')).toEqual(['raised']);
  });

  it('is still awaited after a restart', () => {
    const scene = awaiting();
    scene.restart();
    scene.tick(5.51);
    expect(said(scene, 'late-supply')).toEqual(['raised']);
    scene.restart();
    scene.tick(7);
    expect(said(scene, 'late-supply')).toEqual(['raised']);
    scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'po' });
    expect(said(scene, 'late-supply')).toEqual(['raised', 'cleared']);
  });
});

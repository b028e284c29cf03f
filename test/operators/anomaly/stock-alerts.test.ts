// Claims about stock alerts: events in, alerts out, each raised and cleared once.
import { describe, expect, it } from 'vitest';
import { Scene } from '../replenish/scene.js';

const SKU = 'A';
const none = { policy: { kind: 'none' } } as const;

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

describe('stockout', () => {
  it('is raised once when nothing is left to sell, and cleared once when there is', () => {
    const scene = new Scene();
    scene.count(SKU, 5);
    scene.order(SKU, 4);
    expect(said(scene, 'stockout')).toEqual([]);
    scene.order(SKU, 1);
    scene.order(SKU, 3);
    scene.tick(3);
    expect(said(scene, 'stockout')).toEqual(['raised']);
    expect(scene.alerts[0]).toMatchObject({ severity: 'critical', sku: SKU, location: 'shop' });
    scene.send(receive(3), receive(1), receive(1));
    expect(said(scene, 'stockout')).toEqual(['raised', 'cleared']);
    scene.count(SKU, 0);
    expect(said(scene, 'stockout')).toEqual(['raised', 'cleared', 'raised']);
  });

  it('is not raised for stock that was never told', () => {
    const scene = new Scene();
    scene.order(SKU, 5);
    scene.buy(SKU, 5);
    expect(scene.alerts).toEqual([]);
  });

  it('is not raised for a discontinued SKU, and cleared when a SKU is discontinued', () => {
    const scene = new Scene();
    scene.item(SKU, { ...none, status: 'discontinued' });
    scene.count(SKU, 0);
    expect(said(scene, 'stockout')).toEqual([]);
    scene.item(SKU, none);
    expect(said(scene, 'stockout')).toEqual(['raised']);
    scene.item(SKU, { ...none, status: 'discontinued' });
    expect(said(scene, 'stockout')).toEqual(['raised', 'cleared']);
  });

  it('says the units that wait and those that are coming', () => {
    const scene = new Scene();
    scene.count(SKU, 2);
    scene.buy(SKU, 30);
    scene.order(SKU, 7);
    expect(scene.alerts[0]?.evidence).toEqual({ available: 0, backordered: 5, onOrder: 30 });
  });
});

describe('negative-stock', () => {
  it('is raised below zero, not at zero, and cleared by a count', () => {
    const scene = new Scene();
    scene.count(SKU, 5);
    scene.sell(SKU, 5);
    expect(said(scene, 'negative-stock')).toEqual([]);
    scene.sell(SKU, 2);
    scene.sell(SKU, 2);
    expect(said(scene, 'negative-stock')).toEqual(['raised']);
    const raised = scene.alerts.find((alert) => alert.kind === 'negative-stock');
    expect(raised).toMatchObject({ severity: 'warning', score: -2, threshold: 0 });
    scene.count(SKU, 0);
    expect(said(scene, 'negative-stock')).toEqual(['raised', 'cleared']);
  });
});

describe('stockout-risk', () => {
  /** Ten a day for four weeks; lead time 7 days; `left` units on the shelf at day 28.1. */
  function trading(left: number): Scene {
    const scene = new Scene();
    scene.item(SKU, none);
    scene.count(SKU, 1e6, 0);
    scene.trade(SKU, 0, 27, () => 10);
    scene.count(SKU, left, 28.1);
    return scene;
  }
  const expected = (scene: Scene, quantity: number, day: number) =>
    scene.buy(SKU, quantity, { expectedAt: 1704067200000 + day * 86_400_000 });

  it('is raised when what is available lasts less than the lead time', () => {
    expect(said(trading(75), 'stockout-risk')).toEqual([]);
    const scene = trading(65);
    expect(said(scene, 'stockout-risk')).toEqual(['raised']);
    const alert = scene.alerts.at(-1);
    expect(alert).toMatchObject({ severity: 'warning', threshold: 7 });
    expect(alert?.score).toBeCloseTo(6.5, 6);
    expect(alert?.evidence.demandPerDay).toBeCloseTo(10, 6);
  });

  it('is not raised when the next arrival comes before the shelf is empty', () => {
    const scene = trading(75);
    expected(scene, 100, 33);
    scene.count(SKU, 55, 28.2);
    expect(said(scene, 'stockout-risk')).toEqual([]);
    scene.count(SKU, 45, 28.3);
    expect(said(scene, 'stockout-risk')).toEqual(['raised']);
    expect(scene.alerts.at(-1)?.threshold).toBeCloseTo(4.7, 6);
  });

  it('is not held back by an arrival behind the lead time, nor by one without a date', () => {
    const scene = trading(75);
    expected(scene, 100, 60);
    scene.buy(SKU, 100);
    scene.count(SKU, 65, 28.2);
    expect(said(scene, 'stockout-risk')).toEqual(['raised']);
  });

  it('is over only when cover has risen by alerts.clearMargin beyond the threshold', () => {
    const scene = trading(65);
    scene.count(SKU, 76, 28.2);
    expect(said(scene, 'stockout-risk')).toEqual(['raised']);
    scene.count(SKU, 60, 28.3);
    scene.count(SKU, 78, 28.4);
    expect(said(scene, 'stockout-risk')).toEqual(['raised', 'cleared']);
    scene.count(SKU, 71, 28.5);
    expect(said(scene, 'stockout-risk')).toEqual(['raised', 'cleared']);
  });

  it('gives way to the stockout: a SKU that is out is at risk no more', () => {
    const scene = trading(65);
    scene.count(SKU, 0, 28.2);
    expect(said(scene, 'stockout-risk')).toEqual(['raised', 'cleared']);
    expect(said(scene, 'stockout')).toEqual(['raised']);
  });

  it('is not raised for a discontinued SKU, nor without a forecast', () => {
    const scene = trading(75);
    scene.item(SKU, { ...none, status: 'discontinued' });
    scene.count(SKU, 5, 28.2);
    expect(said(scene, 'stockout-risk')).toEqual([]);
    const cold = new Scene();
    cold.item(SKU, none);
    cold.count(SKU, 1, 0);
    expect(said(cold, 'stockout-risk')).toEqual([]);
  });
});

describe('alerts', () => {
  it('have different ids, the same in a replay, plain ASCII for any SKU', () => {
    const run = () => {
      const scene = new Scene();
      for (const sku of ['A', 'a b.*>', 'ß/%', '日本']) {
        for (let n = 0; n < 4; n++) scene.count(sku, n % 2, n);
        scene.sell(sku, 5, 5);
      }
      return scene.alerts.map((alert) => alert.id);
    };
    const ids = run();
    expect(ids).toEqual(run());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9._%/@-]+$/);
  });

  it('raise and clear in turns, and as many are open as were raised and not cleared', () => {
    const scene = new Scene();
    for (let n = 0; n < 40; n++) {
      scene.send({
        type: 'stock.adjusted',
        location: 'shop',
        sku: SKU,
        quantity: ((n * 7) % 11) - 5,
        reason: 'fuzz',
      });
    }
    let open = 0;
    for (const kind of ['stockout', 'negative-stock']) {
      const states = said(scene, kind);
      states.forEach((state, i) => {
        expect(state).toBe(i % 2 === 0 ? 'raised' : 'cleared');
      });
      open += states.length % 2;
    }
    expect(scene.core.alerts.openCount).toBe(open);
    expect([...scene.core.alerts.all()]).toHaveLength(open);
  });
});

// Claims about what a reorder signal says, and about its id.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectToken } from '../../../connectors/nats/subject.js';
import type { Signal } from '../../../operators/events/result.js';
import { normals, Scene } from './scene.js';

/** A month of noisy sales without a purchase order; several policies. */
function month(): Scene {
  const scene = new Scene();
  const kinds = ['sQ', 'sS', 'RS'] as const;
  for (const kind of kinds) {
    scene.item(kind, { policy: { kind, reviewDays: 2 }, packSize: 6, minimumOrderQuantity: 8 });
    scene.count(kind, 150, 0);
  }
  const noise = normals(5);
  for (let day = 0; day < 30; day++) {
    for (const kind of kinds) {
      scene.sell(kind, Math.max(1, Math.round(10 + 3 * noise())), day + 0.4);
    }
  }
  return scene;
}

const sum = (signal: Signal) =>
  signal.reasons.reduce((total, reason) => total + reason.contribution, 0);

describe('a signal', () => {
  const scene = month();

  it('is raised under each policy, and lifts the position above its reorder point', () => {
    expect(new Set(scene.signals.map((signal) => signal.policy))).toEqual(
      new Set(['sQ', 'sS', 'RS']),
    );
    for (const signal of scene.signals) {
      expect(signal.inventoryPosition).toBeLessThanOrEqual(signal.reorderPoint);
      const after = signal.inventoryPosition + signal.quantity;
      if (signal.policy === 'RS') expect(after).toBeGreaterThanOrEqual(signal.orderUpToLevel);
      else expect(after).toBeGreaterThan(signal.reorderPoint);
      expect(signal.quantity % 6).toBe(0);
      expect(signal.quantity).toBeGreaterThanOrEqual(8);
    }
  });

  it('gives reasons that add up to its quantity', () => {
    for (const signal of scene.signals) expect(sum(signal)).toBeCloseTo(signal.quantity, 9);
  });

  it('has a position that its quantities add up to', () => {
    for (const s of scene.signals) {
      const position = s.onHand + s.onOrder + s.inTransit - s.allocated - s.backordered;
      expect(s.inventoryPosition).toBe(position);
    }
  });

  it('needs by when the position runs out at the expected demand', () => {
    for (const signal of scene.signals) {
      const days = (Date.parse(signal.neededBy) - Date.parse(signal.time)) / 86_400_000;
      expect(days).toBeGreaterThanOrEqual(0);
      expect(days).toBeLessThan(25);
    }
  });

  it('names the event that caused it, and a supplier where there is one', () => {
    const own = new Scene();
    own.item('A', { policy: { kind: 'sQ', reorderPoint: 5, orderQuantity: 3 }, supplier: 'Meyer' });
    const [signal] = own.send({
      type: 'stock.counted',
      id: 'cause-1',
      location: 'shop',
      sku: 'A',
      quantity: 1,
    });
    expect(signal).toMatchObject({ supplier: 'Meyer', cause: { id: 'cause-1', position: 2 } });
  });
});

describe('the counterfactual', () => {
  it.each([
    { kind: 'sQ', stock: 10, least: 11 },
    { kind: 'sQ', stock: 20, least: 1 },
    { kind: 'sS', stock: 13, least: 8 },
  ] as const)('of $kind at 20, stock $stock, is $least units', ({ kind, stock, least }) => {
    const at = (units: number) => {
      const scene = new Scene();
      scene.item('A', { policy: { kind, reorderPoint: 20, orderUpToLevel: 50, orderQuantity: 7 } });
      return scene.count('A', units);
    };
    expect(at(stock)[0]?.counterfactual).toBe(least);
    expect(at(stock + least)).toEqual([]);
    expect(at(stock + least - 1)).toHaveLength(1);
  });

  it('of RS is what fills up to its level: at the level nothing is due', () => {
    const at = (units: number) => {
      const scene = new Scene();
      scene.item('A', { policy: { kind: 'RS', orderUpToLevel: 50, reviewDays: 1 } });
      scene.count('A', units, 0);
      expect(scene.signals).toEqual([]);
      scene.tick(1.1);
      return scene.signals;
    };
    expect(at(38)).toMatchObject([{ quantity: 12, counterfactual: 12 }]);
    expect(at(50)).toEqual([]);
    expect(at(49)).toHaveLength(1);
  });
});

describe('the id', () => {
  it('is the same in a replay, and no two signals share one', () => {
    const one = month().signals.map((signal) => signal.id);
    const two = month().signals.map((signal) => signal.id);
    expect(one).toEqual(two);
    expect(new Set(one).size).toBe(one.length);
  });

  it('and its subject are legal in NATS for any SKU and location, different for different ones', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.constantFrom('a b', 'a.b', '*', '>', 'ä/ö', '..', '%2F', "'()!~", '日本', '\n'),
    );
    fc.assert(
      fc.property(wild, wild, (sku, location) => {
        const scene = new Scene({ 'ledger.journal': 10 });
        scene.item(sku, { policy: { kind: 'sQ', reorderPoint: 5, orderQuantity: 1 } });
        const counted = { type: 'stock.counted', id: 'c', location, sku, quantity: 1 };
        const [signal] = scene.send(counted);
        expect(signal).toMatchObject({ sku, location });
        expect(signal?.id).toMatch(/^[A-Za-z0-9._%/@-]+$/);
        const parts = (signal?.id ?? '').split('/').map(decodeURIComponent);
        expect(parts).toEqual(['reorder', location, sku, 'c']);
        const subject = `signals.reorder.${subjectToken(location)}`;
        expect(subject).toMatch(/^[\x21-\x7e]+$/);
        expect(subject.split('.')).toHaveLength(3);
      }),
      { numRuns: 100 },
    );
  });
});

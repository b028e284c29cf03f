// Claims about the life of signals: proposed, approved, ordered, part received, closed, withdrawn.
import { describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

const SKU = 'A';
const sS = (reorderPoint: number, orderUpToLevel: number) =>
  ({ policy: { kind: 'sS', reorderPoint, orderUpToLevel } }) as const;
const WAIT = { 'signals.approve.auto': false };

function opened(overrides: Record<string, unknown> = {}, terms: object = {}) {
  const scene = new Scene(overrides);
  scene.item(SKU, { ...sS(20, 60), ...terms });
  const [signal] = scene.count(SKU, 20, 0);
  return { scene, first: signal as NonNullable<typeof signal> };
}

const approve = (scene: Scene, signalId: string) =>
  scene.send({ type: 'signal.approved', signalId });
const reject = (scene: Scene, signalId: string) =>
  scene.send({ type: 'signal.rejected', signalId });

describe('a signal', () => {
  it('is approved at once by default', () => {
    expect(opened().first).toMatchObject({ state: 'approved', quantity: 40 });
    expect(opened().first).not.toHaveProperty('because');
  });

  it.each([
    { rule: { 'signals.approve.auto': false }, because: 'manual' },
    { rule: { 'signals.approve.upToValue': 79 }, because: 'value' },
    { rule: { 'signals.approve.upToValue': 80 }, because: undefined },
    { rule: { 'signals.approve.suppliers': 'other, acme' }, because: undefined },
    { rule: { 'signals.approve.suppliers': 'other' }, because: 'supplier' },
  ])('of 40 at 2 each from acme waits by $rule: $because', ({ rule, because }) => {
    const { first } = opened(rule, { unitCost: 2, supplier: 'acme' });
    expect(first.state).toBe(because === undefined ? 'approved' : 'proposed');
    expect(first.because).toBe(because);
  });

  it('of a SKU without cost or supplier waits where that is asked about', () => {
    expect(opened({ 'signals.approve.upToValue': 1e9 }).first.because).toBe('value');
    expect(opened({ 'signals.approve.suppliers': 'acme' }).first.because).toBe('supplier');
  });

  it('is sent when it is approved, under an id of its own, once', () => {
    const { scene, first } = opened(WAIT);
    const [sent] = approve(scene, first.id);
    expect(sent).toMatchObject({
      id: `${first.id}/approved`,
      state: 'approved',
      quantity: 40,
      replaces: first.id,
    });
    expect(sent).not.toHaveProperty('because');
    expect(approve(scene, first.id)).toEqual([]);
    expect(approve(scene, sent?.id as string)).toEqual([]);
    expect(scene.refusals).toEqual([]);
    expect(scene.core.replenish.open.size).toBe(1);
  });

  it('that grows while it waits waits on, with what it is then', () => {
    const { scene, first } = opened(WAIT);
    expect(scene.order(SKU, 11)).toMatchObject([
      { state: 'proposed', quantity: 51, replaces: first.id },
    ]);
    expect(approve(scene, first.id)).toMatchObject([{ state: 'approved', quantity: 51 }]);
  });

  it('that is rejected is withdrawn, and comes again only if the need grows or comes anew', () => {
    const { scene, first } = opened();
    expect(reject(scene, first.id)).toEqual([]);
    expect(scene.closings).toMatchObject([{ signal: { id: first.id }, reason: 'rejected' }]);
    expect(scene.order(SKU, 10)).toEqual([]);
    for (let day = 1; day < 4; day++) expect(scene.tick(day)).toEqual([]);
    scene.restart();
    expect(scene.order(SKU, 1)).toMatchObject([{ quantity: 51 }]);
    reject(scene, scene.signals.at(-1)?.id as string);
    scene.count(SKU, 100);
    expect(scene.count(SKU, 20)).toMatchObject([{ quantity: 51 }]);
  });

  it('that is not open can be neither approved nor rejected, and the event says why', () => {
    const { scene, first } = opened();
    scene.buy(SKU, 40, { signalId: first.id });
    approve(scene, first.id);
    reject(scene, 'reorder/shop/A/never');
    expect(scene.refusals).toHaveLength(2);
    expect(scene.refusals[0]).toContain('is not open: it was ordered, withdrawn, or never raised');
  });

  it('goes from ordered to part received to closed with its purchase order', () => {
    const { scene, first } = opened();
    const purchaseOrderId = 'po-1';
    scene.buy(SKU, 40, { signalId: first.id, purchaseOrderId });
    const receive = (quantity: number) =>
      scene.send({ type: 'stock.received', location: 'shop', sku: SKU, quantity, purchaseOrderId });
    receive(10);
    scene.restart();
    receive(10);
    receive(20);
    receive(5);
    expect(scene.progress.map(({ signal, state }) => [signal.id, state])).toEqual([
      [first.id, 'part-received'],
      [first.id, 'part-received'],
      [first.id, 'closed'],
    ]);
  });

  it('is closed when its purchase order is called off, and the need is told anew', () => {
    const { scene, first } = opened();
    scene.buy(SKU, 40, { signalId: first.id, purchaseOrderId: 'po-1' });
    const again = scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'po-1' });
    expect(scene.progress).toMatchObject([{ signal: { id: first.id }, state: 'closed' }]);
    expect(again).toMatchObject([{ quantity: 40 }]);
  });

  it('read twice by a client is the same: the same id, and what it says', () => {
    const [one, two] = [opened(), opened()];
    expect(two.first).toEqual(one.first);
  });
});

// Claims about doubtful orders: proposed, not sent; withdrawn with their cancellation.
import { describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

const SKU = 'A';
const terms = { policy: { kind: 'sS', reorderPoint: 100, orderUpToLevel: 300 } } as const;

/** A SKU that sells ten a day, with stock enough, on the morning of day 28. */
function traded(overrides: Record<string, unknown> = {}): Scene {
  const scene = new Scene(overrides);
  scene.item(SKU, terms);
  scene.count(SKU, 680, 0);
  scene.trade(SKU, 0, 27, () => 10);
  expect(scene.signals).toEqual([]);
  return scene;
}

const bulk = (scene: Scene, quantity: number, orderId = 'bulk', day = 28.3) =>
  scene.send({
    type: 'order.placed',
    orderId,
    location: 'shop',
    lines: [{ sku: SKU, quantity }],
    day,
  });
const spikes = (scene: Scene) =>
  scene.alerts.filter(({ kind }) => kind === 'demand-spike').map(({ state }) => state);

describe('an order far beyond what its SKU sells', () => {
  // The largest order of the real records: 80,995 pieces of one SKU, cancelled after 12 minutes.
  it('is alerted, its reorder proposed and not sent, and both withdrawn by its cancellation', () => {
    const scene = traded();
    const [proposal] = bulk(scene, 80_995);
    expect(proposal).toMatchObject({ state: 'proposed', because: 'doubtful-demand' });
    expect(scene.alerts).toContainEqual(
      expect.objectContaining({ kind: 'demand-spike', state: 'raised', score: 80_995 }),
    );
    scene.send({ type: 'order.cancelled', orderId: 'bulk', day: 28.3 + 12 / 1440 });
    expect(scene.closings).toMatchObject([{ signal: { id: proposal?.id }, reason: 'stock' }]);
    expect(spikes(scene)).toEqual(['raised', 'cleared']);
    expect(scene.core.replenish.open.size).toBe(0);
    const before = scene.core.replenish.demandPerDay(scene.row(SKU));
    scene.trade(SKU, 28, 29, () => 10);
    expect(scene.core.replenish.demandPerDay(scene.row(SKU))).toBeCloseTo(before, 0);
  });

  it.each([
    { stock: 'that it leaves', more: 1e6 },
    { stock: 'that it empties', more: 0 },
  ])('is learned damped, if it stands, of stock $stock', ({ more }) => {
    const scene = traded();
    if (more > 0) scene.count(SKU, more, 28.1);
    bulk(scene, 80_995);
    scene.tick(29.1);
    expect(scene.core.replenish.demandPerDay(scene.row(SKU))).toBeLessThan(11);
  });

  it('is sent when the hold is over, or as soon as somebody approves it', () => {
    const late = traded({ 'signals.doubt.hold': '2h' });
    const [proposal] = bulk(late, 5000);
    expect(late.tick(28.3 + 1 / 24)).toEqual([]);
    const sent = late.tick(28.3 + 2.1 / 24);
    expect(sent).toMatchObject([
      { state: 'approved', quantity: proposal?.quantity, replaces: proposal?.id },
    ]);
    expect(spikes(late)).toEqual(['raised', 'cleared']);

    const soon = traded();
    const signalId = bulk(soon, 5000)[0]?.id as string;
    expect(soon.send({ type: 'signal.approved', signalId })).toMatchObject([{ state: 'approved' }]);
    expect(spikes(soon)).toEqual(['raised', 'cleared']);
    expect(soon.tick(29)).toEqual([]);
  });

  it('that is rejected is not proposed again when the hold is over', () => {
    const scene = traded();
    const signalId = bulk(scene, 5000)[0]?.id as string;
    scene.send({ type: 'signal.rejected', signalId });
    for (const day of [28.4, 28.6, 29, 30]) expect(scene.tick(day)).toEqual([]);
  });

  it('holds nothing up that is due without it', () => {
    const scene = traded();
    bulk(scene, 5000);
    const [signal] = scene.count(SKU, 90, 28.31);
    expect(signal).toMatchObject({ state: 'approved', quantity: 210 });
    const sum = signal?.reasons.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum).toBeCloseTo(210, 9);
    expect(signal?.reasons).toContainEqual({
      factor: 'doubtfulDemand',
      value: 5000,
      contribution: -5000,
    });
    // Once the order is believed, all of it is needed.
    expect(scene.tick(28.6)).toMatchObject([{ quantity: 5210, replaces: signal?.id }]);
  });

  it('is remembered over a restart', () => {
    const scene = traded();
    const [proposal] = bulk(scene, 5000);
    scene.restart();
    expect(scene.tick(28.35)).toEqual([]);
    expect(scene.tick(28.6)).toMatchObject([{ state: 'approved', replaces: proposal?.id }]);
  });

  it('is not one that the SKU sells now and then, or of which nothing is known', () => {
    const scene = traded();
    bulk(scene, 45);
    expect(spikes(scene)).toEqual([]);
    const cold = new Scene();
    cold.item(SKU, terms);
    cold.count(SKU, 500, 0);
    expect(bulk(cold, 80_995, 'first', 0.1)).toMatchObject([{ state: 'approved' }]);
    expect(spikes(cold)).toEqual([]);
  });
});

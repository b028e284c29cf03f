// Claims about lead times that are learned from purchase orders and their receipts.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DAY_MS, normals, Scene } from './scene.js';

const GIVEN = { mean: 7, sd: 1 };
const LEARNED = { 'replenish.leadTimes': 'learned' };

/** Orders 10 of a SKU on `day`; they come `lead` days later. */
function deliver(scene: Scene, sku: string, day: number, lead: number, supplier = 'acme'): void {
  const purchaseOrderId = `${sku}-${day}-${supplier}`;
  scene.buy(sku, 10, { purchaseOrderId, supplier, day });
  receive(scene, sku, 10, purchaseOrderId, day + lead);
}

function receive(scene: Scene, sku: string, quantity: number, order: string, day: number): void {
  const more = { location: 'shop', purchaseOrderId: order, day };
  scene.send({ type: 'stock.received', sku, quantity, ...more });
}

function leadTime(scene: Scene, sku: string, supplier: string | undefined = 'acme') {
  const { replenish, clock } = scene.core;
  return replenish.planning.leadTimes.learned.of(
    scene.row(sku),
    supplier,
    GIVEN,
    clock.streamTimeMs,
  );
}

function ofSupplier(scene: Scene, supplier = 'acme') {
  return scene.core.replenish.planning.leadTimes.learned.ofSupplier(supplier, GIVEN);
}

describe('a lead time', () => {
  it('is as given while nothing was received', () => {
    const scene = new Scene();
    scene.buy('A', 10, { supplier: 'acme', day: 0 });
    expect(leadTime(scene, 'A')).toEqual(GIVEN);
  });

  it('comes to what deliveries take, in mean and sd', () => {
    const scene = new Scene();
    const noise = normals(5);
    for (let n = 0; n < 300; n++) deliver(scene, 'A', n * 20, 12 + 2 * noise());
    const { mean, sd } = leadTime(scene, 'A');
    expect(Math.abs(mean - 12)).toBeLessThan(1);
    expect(Math.abs(sd - 2)).toBeLessThan(0.7);
  });

  it('follows a supplier that has become slower', () => {
    const scene = new Scene();
    for (let n = 0; n < 60; n++) deliver(scene, 'A', n * 30, 7);
    for (let n = 60; n < 160; n++) deliver(scene, 'A', n * 30, 21);
    expect(ofSupplier(scene).mean).toBeGreaterThan(18.5);
    expect(ofSupplier(scene).mean).toBeLessThanOrEqual(21);
  });

  it('of several receipts lasts until the last of the units', () => {
    const scene = new Scene();
    scene.buy('A', 10, { purchaseOrderId: 'po', supplier: 'acme', day: 0 });
    receive(scene, 'A', 4, 'po', 5);
    expect(leadTime(scene, 'A')).toEqual(GIVEN);
    receive(scene, 'A', 6, 'po', 17);
    // One order of 17 days to the four of 7 that are given, of which 2 % have faded.
    expect(ofSupplier(scene).mean).toBeCloseTo(7 + 10 / (4 * 0.98 + 1), 12);
  });

  it('begins with the first order: an update does not begin it anew', () => {
    const scene = new Scene();
    scene.buy('A', 10, { purchaseOrderId: 'po', supplier: 'acme', day: 0 });
    scene.buy('A', 20, { purchaseOrderId: 'po', day: 8 });
    receive(scene, 'A', 20, 'po', 17);
    expect(ofSupplier(scene).mean).toBeCloseTo(7 + 10 / (4 * 0.98 + 1), 12);
  });

  it('is learned once, whatever is received or ordered on top', () => {
    const scene = new Scene();
    deliver(scene, 'A', 0, 17);
    const before = ofSupplier(scene);
    receive(scene, 'A', 5, 'A-0-acme', 40);
    scene.buy('A', 30, { purchaseOrderId: 'A-0-acme', day: 50 });
    receive(scene, 'A', 15, 'A-0-acme', 90);
    expect(ofSupplier(scene)).toEqual(before);
  });

  it('is not learned from what was cancelled, cut to what is there, or received before its order', () => {
    const scene = new Scene();
    scene.buy('A', 10, { purchaseOrderId: 'cut', supplier: 'acme', day: 0 });
    receive(scene, 'A', 4, 'cut', 30);
    scene.buy('A', 4, { purchaseOrderId: 'cut', day: 31 });
    scene.buy('A', 10, { purchaseOrderId: 'off', supplier: 'acme', day: 31 });
    receive(scene, 'A', 4, 'off', 60);
    scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'off', day: 61 });
    receive(scene, 'A', 4, 'off', 62);
    receive(scene, 'A', 10, 'early', 63);
    scene.buy('A', 10, { purchaseOrderId: 'early', supplier: 'acme', day: 64 });
    expect(leadTime(scene, 'A')).toEqual(GIVEN);
  });

  it('is learned from an order that is told behind its receipt', () => {
    const scene = new Scene();
    receive(scene, 'A', 10, 'po', 17);
    const backDated = { time: Date.UTC(2024, 0, 1), purchaseOrderId: 'po', supplier: 'acme' };
    scene.buy('A', 10, backDated);
    expect(ofSupplier(scene).mean).toBeCloseTo(7 + 10 / (4 * 0.98 + 1), 12);
  });
});

describe('of a supplier', () => {
  it('a purchase order of ten lines counts once', () => {
    const [many, one] = [new Scene(), new Scene()];
    for (let line = 0; line < 10; line++) {
      many.buy(`S${line}`, 1, { purchaseOrderId: 'po', supplier: 'acme', day: 0 });
    }
    for (let line = 0; line < 10; line++) receive(many, `S${line}`, 1, 'po', 17);
    deliver(one, 'S0', 0, 17);
    expect(ofSupplier(many).mean).toBeCloseTo(ofSupplier(one).mean, 1);
  });

  it('it holds for a SKU that it has not delivered yet', () => {
    const scene = new Scene();
    for (let n = 0; n < 40; n++) deliver(scene, 'A', n * 20, 14);
    scene.count('B', 5);
    expect(leadTime(scene, 'B').mean).toBeGreaterThan(12.5);
    expect(leadTime(scene, 'B')).toEqual(ofSupplier(scene));
    expect(leadTime(scene, 'B', 'other')).toEqual(GIVEN);
  });

  it('a SKU that always takes longer has its own after some lines', () => {
    const scene = new Scene();
    for (let n = 0; n < 40; n++) {
      for (const sku of ['A', 'B', 'C', 'D']) deliver(scene, sku, n * 50 + 0.1, 10);
      deliver(scene, 'slow', n * 50, 40);
    }
    const all = ofSupplier(scene).mean;
    expect(all).toBeGreaterThan(10);
    expect(all).toBeLessThan(20);
    expect(leadTime(scene, 'slow').mean).toBeGreaterThan(33);
    expect(leadTime(scene, 'A').mean).toBeLessThan(all);
  });

  it('what another one did says nothing of the usual one', () => {
    const scene = new Scene();
    scene.item('A', { supplier: 'acme' });
    for (let n = 0; n < 10; n++) deliver(scene, 'A', n * 90, 60, 'rare');
    expect(leadTime(scene, 'A')).toEqual(GIVEN);
    expect(ofSupplier(scene, 'rare').mean).toBeGreaterThan(30);
  });

  it('that has stopped delivering, it grows with the days that its order is open', () => {
    const scene = new Scene();
    for (let n = 0; n < 10; n++) deliver(scene, 'A', n * 20, 7);
    scene.buy('A', 10, { purchaseOrderId: 'lost', supplier: 'acme', day: 200 });
    scene.tick(206);
    const before = leadTime(scene, 'A').mean;
    expect(before).toBeCloseTo(7, 6);
    scene.tick(230);
    const after = leadTime(scene, 'A').mean;
    expect(after).toBeGreaterThan(8);
    scene.send({ type: 'purchase.cancelled', purchaseOrderId: 'lost', day: 231 });
    expect(leadTime(scene, 'A').mean).toBeCloseTo(before, 9);
  });
});

describe('planned by the learned lead time', () => {
  const stocked = (overrides: Record<string, unknown>): Scene => {
    const scene = new Scene(overrides);
    scene.item('A', { supplier: 'acme' });
    scene.count('A', 1e6, 0);
    for (let n = 0; n < 12; n++) deliver(scene, 'A', n * 25, 21);
    scene.trade('A', 300, 340, () => 10);
    return scene;
  };
  const planOf = (scene: Scene) => {
    const { replenish, clock } = scene.core;
    const plan = replenish.plan(scene.row('A'), clock.streamTimeMs);
    if (plan === null) throw new Error('nothing is planned');
    return plan;
  };

  it('a reorder point covers what is sold until deliveries come', () => {
    const [given, learned] = [planOf(stocked({})), planOf(stocked(LEARNED))];
    expect(given.terms.leadTimeDays).toBe(7);
    expect(given.demand.mean).toBeCloseTo(70, -1);
    expect(learned.terms.leadTimeDays).toBeGreaterThan(17);
    expect(learned.demand.mean / given.demand.mean).toBeGreaterThan(2.3);
    expect(learned.levels.safetyStock).toBeGreaterThan(given.levels.safetyStock);
  });

  it('the same is planned after a restart', () => {
    const [straight, restarted] = [stocked(LEARNED), stocked(LEARNED)];
    restarted.restart();
    for (const scene of [straight, restarted]) {
      scene.buy('A', 10, { purchaseOrderId: 'late', day: 341.5 });
      scene.tick(343.1);
      receive(scene, 'A', 10, 'late', 380);
      scene.tick(382.1);
    }
    expect(planOf(restarted)).toEqual(planOf(straight));
    expect(restarted.core.save()).toEqual(straight.core.save());
  });
});

/** When ordered and received, of which vendor, of which item; see test/fixtures/README.md. */
function deliveries() {
  const file = new URL('../../fixtures/lead-times.csv.gz', import.meta.url);
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line, n) => {
    const [order, vendor, item, sent, delivered] = line.split(',') as string[];
    const [sentMs, deliveredMs] = [Date.parse(sent as string), Date.parse(delivered as string)];
    return { id: `${order}/${n}`, vendor, item: `${item}`, sentMs, deliveredMs };
  });
}

describe('of six real vendors', () => {
  it('it is nearer to what the next deliveries took than what is given', () => {
    const scene = new Scene({ 'orders.keepClosed': '1d' });
    const known = deliveries().filter(({ sentMs, deliveredMs }) => deliveredMs > sentMs);
    // What a planner may have known beforehand: the mean of all deliveries of the data set.
    const given = { mean: 106, sd: 80 };
    const steps = known.flatMap((d) => [
      { ...d, atMs: d.sentMs, isReceipt: false },
      { ...d, atMs: d.deliveredMs, isReceipt: true },
    ]);
    steps.sort((a, b) => a.atMs - b.atMs || Number(b.isReceipt) - Number(a.isReceipt));
    const off = { learned: 0, given: 0, whole: 0, wholeGiven: 0 };
    for (const { id, vendor, item, sentMs, deliveredMs, atMs, isReceipt } of steps) {
      const line = { sku: item, location: 'port', quantity: 1, purchaseOrderId: id, time: atMs };
      scene.send({
        type: isReceipt ? 'stock.received' : 'purchase.ordered',
        supplier: vendor,
        ...line,
      });
      if (isReceipt) continue;
      const { learned } = scene.core.replenish.planning.leadTimes;
      const { mean } = learned.of(scene.row(item, 'port'), vendor, given, sentMs);
      const days = (deliveredMs - sentMs) / DAY_MS;
      off.learned += Math.abs(mean - days);
      off.given += Math.abs(given.mean - days);
      if (vendor !== 'S. BUYS WHOLESALER') continue;
      off.whole += Math.abs(mean - days);
      off.wholeGiven += Math.abs(given.mean - days);
    }
    // Vendors differ less than deliveries of one: a tenth is what there is to learn.
    expect(off.learned / off.given).toBeLessThan(0.92);
    // One of them sells from stock: half of its deliveries come within 19 days.
    expect(off.whole / off.wholeGiven).toBeLessThan(0.6);
  });
});

// Claims about the forecast operator, from events to closed buckets.
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../../operators/forecast/accuracy.js';
import { DAY_MS, normals, Scene, START_MS } from '../replenish/scene.js';

const SKU = 'A';
const WEEK = [14, 3, 8, 21, 9, 35, 2];
const weekly = (day: number) => WEEK[day % 7] as number;

/** A scene in which stock was told and is plenty. */
function stocked(overrides: Record<string, unknown> = {}): Scene {
  const scene = new Scene(overrides);
  scene.count(SKU, 1e9, 0);
  return scene;
}

describe('Forecast', () => {
  it('closes a bucket a day, in order, with what was sold and the forecast made before', () => {
    const scene = stocked();
    scene.trade(SKU, 0, 20, () => 10);
    expect(scene.buckets.map((bucket) => bucket.startMs)).toEqual(
      Array.from({ length: 21 }, (_, day) => START_MS + day * DAY_MS),
    );
    for (const bucket of scene.buckets) expect(bucket.units).toBe(10);
    expect(scene.buckets.slice(0, 3).map((bucket) => bucket.forecast)).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    // Among the experts are some that are biased on purpose: 1 % is what weighing leaves of that.
    for (const { forecast } of scene.buckets.slice(3))
      expect(Math.abs(forecast - 10)).toBeLessThan(0.75);
    for (const { forecast } of scene.buckets.slice(14))
      expect(Math.abs(forecast - 10)).toBeLessThan(0.1);
    expect(scene.buckets.slice(0, 3).map((bucket) => bucket.champion)).toEqual(['', '', '']);
  });

  it('names the expert with most weight: the naive where weeks repeat, another one in noise', () => {
    const scene = stocked();
    const noise = normals(7);
    scene.trade(SKU, 0, 69, weekly);
    expect(scene.buckets.at(-1)?.champion).toBe('seasonal-naive');
    scene.trade(SKU, 70, 160, () => Math.max(0, Math.round(50 + 15 * noise())));
    const { combination } = scene.core.forecast.learner;
    const opinions = combination.opinions(scene.row(SKU));
    const most = [...opinions].sort((a, b) => b.weight - a.weight)[0];
    expect(scene.buckets.at(-1)?.champion).not.toBe('seasonal-naive');
    expect(scene.core.forecast.championName(scene.row(SKU))).toBe(most?.expert);
    expect(opinions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    // New days of the week, and a jump of level that the naive has behind it after a week.
    scene.trade(SKU, 161, 240, (day) => 20 * weekly(day));
    expect(scene.buckets.at(-1)?.champion).toBe('seasonal-naive');
  });

  it('has 50, 80, 95 and 99 % of buckets inside their intervals on normal noise', () => {
    const scene = new Scene();
    const skus = Array.from({ length: 10 }, (_, n) => `sku-${n}`);
    const noise = normals(2024);
    for (const sku of skus) scene.count(sku, 1e9, 0);
    for (let day = 0; day < 300; day++) {
      for (const sku of skus) scene.sell(sku, Math.round(1000 + 100 * noise()), day + 0.5);
    }
    scene.tick(301);
    // 2,970 buckets: four standard errors, and .01 for the first buckets.
    const { overall } = scene.core.forecast;
    LEVELS.forEach((level, i) => {
      const wide = 4 * Math.sqrt((level * (1 - level)) / 2970) + 0.01;
      expect(Math.abs((overall.coverage(i) as number) - level), `${level}`).toBeLessThan(wide);
    });
    // E|N(0, 100)| = 79.8, more by what the forecast itself errs.
    expect(overall.wape()).toBeGreaterThan(0.07);
    expect(overall.wape()).toBeLessThan(0.1);
  });

  it('does not learn or judge by days on which there was nothing to sell', () => {
    const scene = stocked();
    scene.trade(SKU, 0, 27, () => 10);
    const { accuracy, overall } = scene.core.forecast;
    const row = scene.row(SKU);
    const before = { sd: accuracy.errorSd(row), wape: overall.wape() };
    scene.count(SKU, 0, 28.001);
    // The first of them had stock for a minute; the others had none.
    scene.tick(29 + 2 / 24);
    const ofFirst = { sd: accuracy.errorSd(row), wape: overall.wape() };
    scene.tick(33 + 2 / 24);
    expect(scene.buckets.slice(-4).map((bucket) => bucket.inStockShare)).toEqual([0, 0, 0, 0]);
    expect(accuracy.errorSd(row)).toBe(ofFirst.sd);
    expect(overall.wape()).toBe(ofFirst.wape);
    expect(before.sd).toBeLessThan(0.1);
    const out = new Float64Array(1);
    scene.core.forecast.predict(row, 1, out);
    expect(out[0]).toBeGreaterThan(7);
  });

  it('takes cancelled demand out before it learns', () => {
    const scene = stocked();
    for (let day = 0; day < 10; day++) {
      scene.order(SKU, 10, day + 0.5);
      const cancelled = { type: 'order.placed', orderId: `c${day}`, location: 'shop' };
      scene.send({ ...cancelled, lines: [{ sku: SKU, quantity: 90 }] });
      scene.send({ type: 'order.cancelled', orderId: `c${day}` });
    }
    scene.tick(11);
    expect(scene.buckets.map((bucket) => bucket.units)).toEqual(new Array(10).fill(10));
    const out = new Float64Array(1);
    scene.core.forecast.predict(scene.row(SKU), 1, out);
    expect(out[0]).toBeCloseTo(10, 9);
  });

  it('bounds every second day of 3 by nothing and by 3, whatever the mean', () => {
    const scene = stocked();
    scene.trade(SKU, 0, 60, (day) => (day % 2 === 0 ? 3 : 0));
    for (const { forecast, lower80, upper80 } of scene.buckets.slice(3)) {
      expect(forecast).toBeGreaterThanOrEqual(0);
      expect(lower80).toBeGreaterThanOrEqual(0);
      expect(upper80).toBeGreaterThanOrEqual(lower80);
      for (const units of [lower80, upper80]) expect(Number.isInteger(units)).toBe(true);
    }
    const [late] = scene.buckets.slice(-1);
    expect(late).toMatchObject({ lower80: 0 });
    expect(late?.upper80).toBeGreaterThanOrEqual(2);
    expect(late?.upper80).toBeLessThanOrEqual(5);
  });

  it('nowcasts the running day: the forecast at its start, less as it passes, more when busy', () => {
    const scene = stocked();
    scene.trade(SKU, 0, 27, () => 100);
    const row = scene.row(SKU);
    const restAt = (day: number) =>
      scene.core.forecast.rest(row, START_MS + Math.round(day * DAY_MS));
    const start = restAt(28);
    expect(start.units).toBeCloseTo(100, 6);
    expect(start.buckets).toBe(1);
    expect(restAt(28.25).units).toBeLessThan(start.units);
    expect(restAt(28.9).units).toBeLessThan(restAt(28.25).units);
    expect(restAt(28.75).buckets).toBeCloseTo(0.25, 9);
    expect(restAt(28.999999).units).toBeLessThan(0.01);
    const quiet = restAt(28.5).units;
    scene.order(SKU, 300, 28.5);
    expect(restAt(28.5).units).toBeGreaterThan(quiet);
  });

  it('expects less of the afternoon where orders come in the morning', () => {
    const even = stocked();
    const morning = stocked();
    for (let day = 0; day < 60; day++) {
      for (let n = 0; n < 20; n++) {
        even.sell(SKU, 5, day + (n + 0.5) / 20);
        morning.sell(SKU, 5, day + 0.2 + n / 400);
      }
    }
    const restAtNoon = (scene: Scene) => {
      scene.tick(60.2);
      return scene.core.forecast.rest(scene.row(SKU), START_MS + 60.5 * DAY_MS).units;
    };
    expect(restAtNoon(morning)).toBeLessThan(restAtNoon(even));
  });

  it('goes on the same after a restart', () => {
    const straight = stocked();
    const restarted = stocked();
    for (const scene of [straight, restarted]) scene.trade(SKU, 0, 30, weekly);
    restarted.restart();
    for (const scene of [straight, restarted]) scene.trade(SKU, 31, 60, weekly);
    expect(restarted.buckets).toEqual(straight.buckets);
    expect(Buffer.compare(restarted.core.save(), straight.core.save())).toBe(0);
  });
});

// Claims about explanations: their parts add up to the forecast, and looking changes nothing.
import { describe, expect, it } from 'vitest';
import { expertName } from '../../../engine/explain/expert-names.js';
import { type Explanation, explain } from '../../../engine/explain/explanation.js';
import { positionRecord } from '../../../engine/position-record.js';
import { Scene } from '../../operators/replenish/scene.js';

const SKU = 'A';
const WEEK = [14, 3, 8, 21, 9, 35, 2];

/** Ten SKUs of a category that sell by the day of the week, for `days` days. */
function shop(days: number, overrides: Record<string, unknown> = {}): Scene {
  const scene = new Scene(overrides);
  const skus = [SKU, ...Array.from({ length: 9 }, (_, n) => `other-${n}`)];
  for (const sku of skus) {
    scene.item(sku, { name: `Mug ${sku}`, category: 'mugs' });
    scene.count(sku, 1e6, 0);
  }
  for (let day = 0; day < days; day++) {
    for (const [n, sku] of skus.entries()) {
      const units = (WEEK[day % 7] as number) + ((day * (n + 3)) % 5);
      scene.sell(sku, units, day + 0.5);
    }
  }
  scene.tick(days + 2 / 24);
  return scene;
}

function explained(scene: Scene, sku = SKU): Explanation {
  const row = scene.row(sku);
  const last = scene.buckets.filter((bucket) => bucket.row === row).at(-1) ?? null;
  return explain(scene.core, row, last);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('An explanation', () => {
  it('has experts whose forecasts, each with its weight, add up to the next forecast', () => {
    const { experts, forecasts } = explained(shop(60));
    expect(sum(experts.map(({ weight }) => weight))).toBeCloseTo(1, 9);
    expect(sum(experts.map(({ weightAhead }) => weightAhead))).toBeCloseTo(1, 9);
    const weighted = experts.map((one) => one.weight * (one.forecast ?? 0));
    expect(sum(weighted)).toBeCloseTo(forecasts[0]?.mean as number, 9);
    const weights = experts.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    // There is no model yet.
    expect(experts.find(({ expert }) => expert === 'neural')).toMatchObject({
      forecast: null,
      weight: 0,
    });
  });

  it('has features of the regression that add up to what it forecasts, with its limits', () => {
    const { regression, experts } = explained(shop(60));
    const units = sum((regression?.features ?? []).map((feature) => feature.units));
    const { forecast, byLimits } = regression as NonNullable<typeof regression>;
    expect(units + byLimits).toBeCloseTo(forecast, 9);
    expect(byLimits).toBeCloseTo(0, 9);
    expect(experts.find(({ expert }) => expert === 'regression')?.forecast).toBe(forecast);
  });

  it('has the mean and the quantiles that the results of a replay have', () => {
    const scene = shop(60);
    const { forecasts } = explained(scene);
    const abc = scene.core.demand.statistics.abc();
    const written = positionRecord(scene.core, scene.row(SKU), abc).forecast;
    const first = Object.entries(written?.quantiles ?? {}).map(([level, path]) => [level, path[0]]);
    expect(forecasts[0]?.mean).toBeCloseTo(written?.mean[0] as number, 9);
    expect(forecasts[0]?.quantiles).toEqual(Object.fromEntries(first));
    expect(forecasts.map(({ buckets }) => buckets)).toEqual([1, 7, 14, 28]);
    expect(forecasts[3]?.mean).toBeCloseTo(sum(written?.mean ?? []), 9);
  });

  it('has quantiles, levels and shapes that rise, and a week that a weekly shop sells', () => {
    const { forecasts, learned } = explained(shop(60));
    for (const { quantiles, distribution } of forecasts) {
      for (const by of [quantiles, distribution.asked, distribution.shape]) {
        const values = Object.values(by);
        expect(values).toEqual([...values].sort((a, b) => a - b));
      }
      expect(distribution).toMatchObject({ isWhole: true });
    }
    // 92 units of the week, and two a day on average.
    expect(forecasts[1]?.mean).toBeGreaterThan(90);
    expect(forecasts[1]?.mean).toBeLessThan(120);
    // Day 60 of a year that begins on a Monday.
    expect(learned).toMatchObject({ buckets: 60, withDemand: 60, nextSeason: 60 % 7 });
  });

  it('says what the running bucket has brought, and what it is still to bring', () => {
    const scene = shop(60);
    const before = explained(scene).running;
    expect(before).toMatchObject({ start: '2024-03-01T00:00:00.000Z', units: 0 });
    scene.sell(SKU, 5, 60.5);
    scene.tick(60.75);
    const after = explained(scene).running;
    expect(after).toMatchObject({ units: 5, end: '2024-03-02T00:00:00.000Z' });
    expect(after?.expectedRest).toBeLessThan(before?.expectedRest as number);
  });

  it('takes a day that sold out at noon for the units sold and half of what was forecast', () => {
    const scene = shop(60);
    scene.sell(SKU, 4, 60.4);
    scene.count(SKU, 0, 60.5);
    scene.tick(61 + 2 / 24);
    const { lastBucket } = explained(scene).cleaning;
    const { forecast, inStockShare, demand } = lastBucket as NonNullable<typeof lastBucket>;
    expect(inStockShare).toBeCloseTo(0.5, 2);
    expect(demand).toBeCloseTo(4 + (1 - (inStockShare as number)) * (forecast as number), 9);
  });

  it('says up to where the next bucket is learned whole; what is beyond, as bulk, is damped', () => {
    const scene = shop(60);
    const { cleaning, forecasts } = explained(scene);
    const most = cleaning.mostUnits as number;
    expect(most).toBeGreaterThan(forecasts[0]?.quantiles['0.99'] as number);
    const ofFast = ({ experts }: Explanation): number =>
      experts.find(({ expert }) => expert === 'ses-fast')?.forecast as number;
    const before = ofFast(explained(scene));
    /** Units that simple smoothing with its gain of .4 has learned the next bucket with. */
    const learned = (units: number): number => {
      const one = shop(60);
      one.sell(SKU, units, 60.5);
      one.tick(61 + 2 / 24);
      return before + (ofFast(explained(one)) - before) / 0.4;
    };
    expect(learned(most)).toBeCloseTo(most, 6);
    expect(learned(100 * most)).toBeLessThan(10 * most);
  });

  it('of a row that has sold nothing has what its category says, or nothing', () => {
    const scene = shop(60);
    scene.item('new', { name: 'Mug new', category: 'mugs' });
    scene.count('new', 10, 60.5);
    const { forecasts, coldStart, experts, regression, learned, cleaning } = explained(
      scene,
      'new',
    );
    expect(learned).toMatchObject({ buckets: 0, withDemand: 0 });
    expect(coldStart?.level).toBeGreaterThan(5);
    expect(experts[0]).toMatchObject({ expert: 'cold-start', weight: 1 });
    expect(forecasts[0]?.mean).toBeGreaterThan(0);
    expect({ regression, last: cleaning.lastBucket }).toEqual({ regression: null, last: null });
    const alone = new Scene();
    alone.count(SKU, 10, 0);
    expect(explained(alone)).toMatchObject({ forecasts: [], coldStart: null });
  });

  it('of hours looks a day and a week ahead', () => {
    const scene = new Scene({ 'demand.bucket': 'hour' });
    scene.count(SKU, 1e6, 0);
    for (let hour = 0; hour < 48; hour++) scene.sell(SKU, 3, (hour + 0.5) / 24);
    scene.tick(50 / 24);
    const { forecasts, bucket } = explained(scene);
    expect(bucket).toBe('hour');
    expect(forecasts.map(({ buckets }) => buckets)).toEqual([1, 24, 168]);
  });

  it('changes nothing: what is explained goes on as if nobody had looked', () => {
    const scene = shop(20);
    const before = scene.core.save();
    explained(scene);
    expect(Buffer.compare(scene.core.save(), before)).toBe(0);
  });
});

it('every expert has a name for people, each another one', () => {
  const { experts } = new Scene().core.forecast.learner;
  const names = experts.map(({ name }) => expertName(name));
  for (const [i, { name }] of experts.entries()) expect(names[i]).not.toBe(name);
  expect(new Set(names).size).toBe(experts.length);
});

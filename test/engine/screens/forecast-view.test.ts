// Claims about what the page says of forecasts: who makes them, their fans, and how these hold.
import { expect, it } from 'vitest';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { Feed } from '../../../engine/screens/feed.js';
import { EngineScreens } from '../../../engine/screens/model.js';
import { Traffic } from '../../../engine/traffic.js';
import { Scene } from '../../operators/replenish/scene.js';

function screensOf(scene: Scene): EngineScreens {
  const { core } = scene;
  return new EngineScreens({
    core,
    traffic: new Traffic(Date.now),
    feed: new Feed(core, 10),
    buckets: new BucketRing(core.table),
    provenance: '',
    parts: () => [],
  });
}

it('a SKU has its heaviest experts by the names of people, and fans within fans', () => {
  const scene = new Scene();
  scene.count('A', 1e6, 0);
  scene.trade('A', 0, 40, (day) => 3 + ((day * 5) % 7));
  const view = screensOf(scene).sku('A', 'shop');
  const weights = view?.experts.map(({ weight }) => weight) ?? [];
  expect(weights.length).toBeGreaterThan(0);
  expect(weights.length).toBeLessThanOrEqual(3);
  for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0.005);
  expect(weights).toEqual([...weights].sort((a, b) => b - a));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-9);
  for (const { expert, name } of view?.experts ?? []) expect(name).not.toBe(expert);
  expect(view?.forecast).toHaveLength(28);
  for (const { mean, ...fan } of view?.forecast ?? []) {
    const rising = [fan.lower95, fan.lower80, fan.upper80, fan.upper95];
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(mean).toBeLessThanOrEqual(fan.upper95);
  }
});

it('a SKU without a forecast has no experts, and coverage is unknown at first', () => {
  const scene = new Scene();
  scene.count('A', 5, 0);
  const screens = screensOf(scene);
  expect(screens.sku('A', 'shop')).toMatchObject({ experts: [], forecast: [] });
  const levels = [0.5, 0.8, 0.95, 0.99];
  expect(screens.overview().coverage).toEqual(
    levels.map((level) => ({ level, share: null, recent: null })),
  );
});

it('coverage is that of the accuracy over all rows, in all and of late', () => {
  const scene = new Scene();
  scene.count('A', 1e6, 0);
  scene.trade('A', 0, 40, (day) => 3 + ((day * 5) % 7));
  const { overall } = scene.core.forecast;
  const told = screensOf(scene).overview().coverage;
  expect(told.map(({ share }) => share)).toEqual([0, 1, 2, 3].map((i) => overall.coverage(i)));
  expect(told.map(({ recent }) => recent)).toEqual(
    [0, 1, 2, 3].map((i) => overall.recentCoverage(i)),
  );
  for (const { share } of told) expect(share).toBeGreaterThan(0);
});

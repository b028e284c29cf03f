// Locations on the screens: by the name that the settings give them, beside the id.
import { expect, it } from 'vitest';
import type { Decided } from '../../../engine/pipeline.js';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { Feed } from '../../../engine/screens/feed.js';
import { EngineScreens } from '../../../engine/screens/model.js';
import { Traffic } from '../../../engine/traffic.js';
import { Scene } from '../../operators/replenish/scene.js';

function screensOf(overrides: Readonly<Record<string, unknown>>) {
  const scene = new Scene(overrides);
  const { core } = scene;
  scene.count('A', 1);
  scene.order('A', 5);
  const feed = new Feed(core, 10);
  const { alerts, signals, closings } = scene;
  feed.add({ results: { alerts, signals, closings } } as unknown as Decided);
  const traffic = new Traffic(Date.now);
  const buckets = new BucketRing(core.table);
  return new EngineScreens({ core, traffic, feed, buckets, provenance: '', parts: () => [] });
}

it('rows and feed items carry the name of their location', () => {
  const screens = screensOf({ 'locations.shop.name': 'Corner shop' });
  const named = { location: 'shop', locationName: 'Corner shop' };
  expect(screens.sku('A', 'shop')?.position).toMatchObject(named);
  expect(screens.search('A', 1)[0]).toMatchObject(named);
  expect(screens.feed(0, 1)[0]).toMatchObject({ ...named, kind: 'stockout' });
});

it('a location without a name is called by its id', () => {
  const named = { location: 'shop', locationName: 'shop' };
  const screens = screensOf({ 'locations.shop.timeZone': 'Europe/Berlin' });
  expect(screens.sku('A', 'shop')?.position).toMatchObject(named);
  expect(screens.feed(0, 1)[0]).toMatchObject(named);
});

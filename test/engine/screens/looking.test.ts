// Looking changes nothing: with screens and without, the same events give the same results.
import { expect, it } from 'vitest';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { Feed } from '../../../engine/screens/feed.js';
import { EngineScreens } from '../../../engine/screens/model.js';
import { Traffic } from '../../../engine/traffic.js';
import { placed } from '../../operators/events/samples.js';
import { coreWith, linesOf, messagesOf, run } from '../../oracle/drive.js';

it('a SKU looked at before its first order takes the same late orders', () => {
  const item = {
    id: 'i',
    type: 'catalog.item',
    time: '2011-09-02T00:10:00Z',
    sku: 'A',
    location: 'x',
    status: 'active',
    leadTime: { meanDays: 1, sdDays: 0 },
    serviceLevel: { cycle: 0.9 },
    policy: { kind: 'sS' },
  };
  const order = placed('1', { A: 3 }, { time: '2011-09-01T23:45:00Z' });
  const tick = { id: 't', type: 'control.tick', time: '2011-09-02T02:00:00Z' };
  const messages = messagesOf([item, order, tick]);
  const [looked, alone] = [true, false].map((looks) => {
    const core = coreWith({ 'time.disorder': '30m', 'time.allowedLateness': 0 });
    const screens = new EngineScreens({
      core,
      traffic: new Traffic(Date.now),
      feed: new Feed(core, 10),
      buckets: new BucketRing(core.table),
      provenance: '',
      parts: () => [],
    });
    run(core, messages.slice(0, 1));
    if (looks) expect(screens.sku('A', 'x')?.carts).toEqual({ added: 0, removed: 0, abandoned: 0 });
    return linesOf(run(core, messages.slice(1)));
  });
  expect(looked).toEqual(alone);
  expect(alone?.refusals).toEqual([]);
  expect(alone?.buckets).toHaveLength(1);
});

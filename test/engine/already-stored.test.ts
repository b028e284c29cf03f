// Claims about what is decided again although its results are out, on a real nats-server.
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultPublisher } from '../../connectors/nats/publisher.js';
import { AlreadyStored } from '../../engine/already-stored.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { startEngine } from './e2e/running-engine.js';
import { shopEvents } from './e2e/shop.js';
import { Streams } from './e2e/stream.js';
import { until } from './e2e/until.js';

let nats: TestNats;
let streams: Streams;
beforeEach(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
});
afterEach(async () => {
  await streams.close();
  await nats.stop();
});

const never = new AbortController().signal;
const result = (id: string) => ({ subject: 'signals.reorder.london', id, data: '{}' });

async function publishResults(...ids: string[]): Promise<void> {
  const publisher = new ResultPublisher(streams.connection);
  await publisher.write(ids.map(result), never);
  await publisher.close();
}

const BETWEEN = {
  events: 'EVENTS',
  results: ['SIGNALS', 'REFUSED'],
  duplicateWindowMs: 600_000,
  patienceMs: 30_000,
};

/** Which of these are still to be published when the events behind `after` are decided again. */
async function left(after: number | null, ids: string[]): Promise<string[] | null> {
  const run = { ...BETWEEN, after };
  const stored = await AlreadyStored.read(streams.connection, run);
  if (stored === null) return null;
  const unsent = [...stored.without(ids.map(result))].map(({ id }) => id);
  expect(stored.skipped).toBe(ids.length - unsent.length);
  // Behind the last event that was there all is new, and nothing is held.
  const { last_seq } = (await manager().then((m) => m.streams.info('EVENTS'))).state;
  stored.passed(last_seq - 1);
  expect(stored.ids).toBeGreaterThan(0);
  stored.passed(last_seq);
  expect(stored.ids).toBe(0);
  expect([...stored.without(ids.map(result))]).toHaveLength(ids.length);
  return unsent;
}

const manager = () => jetstreamManager(streams.connection);

async function makeStreams(): Promise<void> {
  const made = await manager();
  await made.streams.add({ name: 'EVENTS', subjects: ['events.>'] });
  await made.streams.add({ name: 'SIGNALS', subjects: ['signals.>', 'alerts.>'] });
  await made.streams.add({ name: 'REFUSED', subjects: ['refused.>'] });
}

describe('AlreadyStored', () => {
  beforeEach(makeStreams);

  it('leaves what no earlier run has stored, from whichever event it begins again', async () => {
    await streams.publishText('events.x', 'one');
    await publishResults('a', 'with space and é', 'c');
    await streams.publishText('events.x', 'two');
    const ids = ['a', 'b', 'with space and é', 'c', 'd'];
    expect(await left(null, ids)).toEqual(['b', 'd']);
    expect(await left(1, ids)).toEqual(['b', 'd']);
  });

  it('is not needed where nothing can come again', async () => {
    expect(await left(null, ['a'])).toBeNull();
    await streams.publishText('events.x', 'one');
    await publishResults('a');
    expect(await left(1, ['a', 'b'])).toEqual(['b']);
    await (await manager()).streams.purge('EVENTS');
    expect(await left(1, ['a'])).toBeNull();
  });

  it('also knows the results when the events before are gone from the stream', async () => {
    await streams.publishText('events.x', 'one');
    await publishResults('a');
    await streams.publishText('events.x', 'two');
    await streams.publishText('events.x', 'three');
    await (await manager()).streams.purge('EVENTS', { seq: 3 });
    expect(await left(1, ['a', 'b'])).toEqual(['b']);
    expect(await left(null, ['a', 'b'])).toEqual(['b']);
  });

  it('hears of what the run before had on its way, as soon as the broker may forget it', async () => {
    await streams.publishText('events.x', 'one');
    await publishResults('a');
    const read = async (duplicateWindowMs: number) => {
      const run = { ...BETWEEN, after: null, duplicateWindowMs };
      return (await AlreadyStored.read(streams.connection, run)) as AlreadyStored;
    };
    const [often, seldom] = [await read(1), await read(600_000)];
    await publishResults('b');
    await until('it is heard of', async () => {
      await often.keepUp();
      return often.has('b');
    });
    await seldom.keepUp();
    expect([seldom.has('a'), seldom.has('b')]).toEqual([true, false]);
    often.passed(1);
    await often.keepUp();
    expect(often.ids).toBe(0);
  });

  it('waits for a server that is away for a moment', async () => {
    await streams.publishText('events.x', 'one');
    await publishResults('a');
    await nats.kill();
    const reading = left(null, ['a', 'b']);
    await nats.restart();
    expect(await reading).toEqual(['b']);
  });
});

describe('an engine without the state of the one before', () => {
  it('decides all again and publishes nothing of it again', async () => {
    const settings = { 'nats.url': nats.url, 'clickhouse.enabled': false };
    const events = [...shopEvents({ skus: 5, orders: 300 })];
    const first = await startEngine(settings);
    await streams.publish(events);
    await streams.publishText('events.order', 'no event');
    const last = events.length + 1;
    await until('all is decided', () => first.engine.position === last);
    await first.stop();
    const before = [await streams.read('SIGNALS'), await streams.read('REFUSED')];
    expect(before.map(({ length }) => length > 0)).toEqual([true, true]);

    const second = await startEngine(settings);
    await until('all is decided again', () => second.engine.position === last);
    expect(second.log.join('')).toContain('results that are out are read back');
    const count = (before[0]?.length ?? 0) + (before[1]?.length ?? 0);
    await until('it is counted', async () => {
      const { body } = await second.get('/metrics');
      return body.includes(`stockpulse_results_already_stored_total ${count}\n`);
    });
    const more = { type: 'stock.adjusted', time: '2025-03-09T00:00:00Z', reason: 'damaged' };
    const gone = { ...more, id: 'gone', sku: 'sku-1', location: 'berlin', quantity: -999 };
    await streams.publish([gone]);
    await until('new results go out', async () => {
      return (await streams.count('SIGNALS')) > (before[0]?.length ?? 0);
    });
    await second.stop();
    const after = await streams.read('SIGNALS');
    expect(after.slice(0, before[0]?.length)).toEqual(before[0]);
    expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);
    expect(await streams.read('REFUSED')).toEqual(before[1]);
  }, 60_000);
});

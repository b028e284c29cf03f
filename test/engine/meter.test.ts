// What the engine counts for Prometheus: at zero from the start, each limit once, by its setting.
import { expect, it, onTestFinished } from 'vitest';
import { createMeters } from '../../connectors/prometheus.js';
import { Meter, type Sampled } from '../../engine/meter.js';
import { COUNTED_LIMITS, KNOWN_LABELS } from '../../engine/meter-labels.js';
import { Traffic } from '../../engine/traffic.js';
import { EVENT_TYPES } from '../../operators/events/event.js';
import { Scene } from '../operators/replenish/scene.js';

function meter() {
  const meters = createMeters({ version: '0', known: KNOWN_LABELS });
  onTestFinished(() => meters.close());
  const read = async (series: string): Promise<number | null> => {
    const lines = (await meters.metricsText()).split('\n');
    const line = lines.find((one) => one.startsWith(`stockpulse_${series} `));
    return line === undefined ? null : Number(line.split(' ')[1]);
  };
  return { meter: new Meter(meters, new Traffic(Date.now)), read };
}

function sampled(scene: Scene, more: Partial<Sampled> = {}): Sampled {
  return {
    core: scene.core,
    history: null,
    feed: { letGo: 0 },
    source: { readAhead: 0 },
    publisher: { inFlight: 0, fullCount: 0 },
    alreadyStored: 0,
    lease: null,
    screens: null,
    ...more,
  };
}

it('every counter whose label values are known is at zero before the first event', async () => {
  const { read } = meter();
  for (const type of EVENT_TYPES) expect(await read(`events_total{kind="${type}"}`), type).toBe(0);
  for (const limit of COUNTED_LIMITS) {
    expect(await read(`limit_reached_total{limit="${limit}"}`), limit).toBe(0);
  }
  expect(await read('refused_total{reason="malformed-json"}')).toBe(0);
  expect(await read('refused_total{reason="late"}')).toBeNull();
  expect(await read('late_total{kind="order"}')).toBe(0);
  expect(await read('signals_total{kind="expedite"}')).toBe(0);
  expect(await read('alerts_total{kind="data-gap",state="cleared"}')).toBe(0);
});

it('whether this engine may write, and with which fence', async () => {
  const { meter: one, read } = meter();
  const scene = new Scene();
  expect(await read('lease_held')).toBeNull();
  one.sample(sampled(scene, { lease: { state: 'held', fence: 7 } }));
  expect([await read('lease_held'), await read('lease_fence')]).toEqual([1, 7]);
  one.sample(sampled(scene, { lease: { state: 'expired', fence: 7 } }));
  expect([await read('lease_held'), await read('lease_fence')]).toEqual([0, 7]);
});

it('limits are counted as often as they took hold, however often one looks', async () => {
  const { meter: one, read } = meter();
  const scene = new Scene({ 'demand.maxGap': 1 });
  scene.count('A', 10, 0);
  scene.order('A', 1, 0);
  scene.tick(30);
  const table = {
    insertedRows: 0,
    failures: 0,
    queuedRows: 0,
    spooledBytes: 0,
    queueFull: 1,
    spoolFull: 2,
  };
  const stats = () => ({ events: table, alerts: table }) as never;
  const parts = sampled(scene, {
    history: { stats },
    feed: { letGo: 5 },
    publisher: { inFlight: 3, fullCount: 7 },
  });
  one.sample(parts);
  one.sample(parts);
  const limit = (name: string) => read(`limit_reached_total{limit="${name}"}`);
  expect(await limit('demand.maxGap')).toBe(1);
  expect(await limit('feed.max')).toBe(5);
  expect(await limit('nats.maxInFlight')).toBe(7);
  expect(await limit('clickhouse.maxQueuedRows')).toBe(2);
  expect(await limit('clickhouse.spoolBytes')).toBe(4);
  expect(await read('queue_rows{queue="nats-in-flight"}')).toBe(3);
});

it('screens are counted: connected, turned away, frames dropped, feeds begun afresh', async () => {
  const { meter: one, read } = meter();
  const scene = new Scene();
  one.sample(sampled(scene));
  expect(await read('screens')).toBeNull();
  const first = { clients: 3, refusedClients: 1, droppedFrames: 4, resyncs: 2 };
  one.sample(sampled(scene, { screens: first }));
  one.sample(sampled(scene, { screens: { ...first, clients: 1, droppedFrames: 9 } }));
  expect(await read('screens')).toBe(1);
  expect(await read('screens_refused_total')).toBe(1);
  expect(await read('screen_frames_dropped_total')).toBe(9);
  expect(await read('screen_resyncs_total')).toBe(2);
});

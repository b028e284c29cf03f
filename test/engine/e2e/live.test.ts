// The whole way, live: events into a real NATS, results out of it, history in a real ClickHouse.
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectToken } from '../../../connectors/nats/subject.js';
import type { Overview } from '../../../dashboards/protocol.js';
import type { Alert, Refusal, Signal } from '../../../operators/events/result.js';
import { startTestClickHouse, type TestClickHouse } from '../../servers/clickhouse.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { historyCounts, type RunningEngine, startEngine } from './running-engine.js';
import { shopEvents, timeOf } from './shop.js';
import { isWithdrawal } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const SHOP = [...shopEvents({ skus: 20, orders: 600 })];
const DAY = 24 * 60;

let nats: TestNats;
let clickhouse: TestClickHouse;
let client: ClickHouseClient;
let streams: Streams;
let running: RunningEngine;
/** Positions of what was published on purpose, by what it is. */
const placed: Record<'torn' | 'pack' | 'duplicate' | 'late', number> = {
  ...{ torn: 0, pack: 0, duplicate: 0, late: 0 },
};
const heard: { subject: string; signal: Signal }[] = [];

const order = (id: string, quantity: unknown, time = timeOf(200)) => ({
  ...{ id, type: 'order.placed', time, orderId: id, location: 'berlin' },
  lines: [{ sku: 'sku-1', quantity }],
});
const PACK = [order('packed-1', 1), order('packed-2', -5), order('packed-3', 2)];
const LATE = order('late-1', 3, timeOf(5));

beforeAll(async () => {
  [nats, clickhouse] = await Promise.all([startTestNats(), startTestClickHouse()]);
  client = clickhouse.client();
  running = await startEngine({
    'nats.url': nats.url,
    'clickhouse.url': clickhouse.url,
    'clickhouse.username': clickhouse.username,
    'clickhouse.password': clickhouse.password,
    'clickhouse.database': clickhouse.database,
  });
  streams = await Streams.connect(nats.url);
  streams.connection.subscribe('signals.>', {
    callback: (_error, message) => {
      heard.push({ subject: message.subject, signal: message.json<Signal>() });
    },
  });
  await streams.publish(SHOP);
  placed.torn = await streams.publishText('events.order.berlin', '{"id":"torn');
  const pack = PACK.map((event) => JSON.stringify(event)).join('\n');
  placed.pack = await streams.publishText('events.mixed', pack);
  // Without a message id the broker takes it twice.
  placed.duplicate = await streams.publishText('events.order', JSON.stringify(SHOP.at(-1)));
  await streams.publish([{ id: 'tick', type: 'control.tick', time: timeOf(3 * DAY) }]);
  placed.late = await streams.publishText('events.order', JSON.stringify(LATE));
  await until('all events are decided', () => running.engine.position >= placed.late);
}, 300_000);

afterAll(async () => {
  await streams?.close();
  await running?.stop();
  await clickhouse?.stop();
  await nats?.stop();
});

async function signalsAndAlerts() {
  const messages = await streams.read('SIGNALS');
  const of = (kind: string) => messages.filter(({ subject }) => subject.startsWith(`${kind}.`));
  const all = of('signals');
  const withdrawals = all.filter(({ subject }) => isWithdrawal(subject));
  const signals = all.filter(({ subject }) => !isWithdrawal(subject));
  return { all, signals, withdrawals, alerts: of('alerts') };
}

describe('events published to a running engine', () => {
  it('bring signals on SIGNALS, under their id, at the subject of their place', async () => {
    const { signals } = await signalsAndAlerts();
    expect(signals.length).toBeGreaterThan(20);
    for (const { subject, id, data } of signals) {
      const signal = JSON.parse(data) as Signal;
      expect(id).toBe(signal.id);
      expect(subject).toBe(`signals.${signal.kind}.${subjectToken(signal.location)}`);
      expect(signal.quantity).toBeGreaterThan(0);
      expect(signal.inventoryPosition).toBeLessThanOrEqual(signal.reorderPoint);
      expect(signal.cause.position).toBeGreaterThan(0);
    }
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
    expect(signals.map(({ subject }) => subject)).toContain('signals.reorder.S%C3%A3o%20Paulo');
  });

  it('bring withdrawals of signals that are not needed any more, at a subject of their own', async () => {
    const { signals, withdrawals } = await signalsAndAlerts();
    expect(withdrawals.length).toBeGreaterThan(0);
    const known = new Set(signals.map(({ id }) => id));
    for (const { subject, id, data } of withdrawals) {
      const withdrawal = JSON.parse(data) as Signal;
      expect(subject).toBe(`signals.withdrawn.${subjectToken(withdrawal.location)}`);
      expect(withdrawal).toMatchObject({ id, state: 'withdrawn', quantity: 0 });
      expect(known).toContain(withdrawal.replaces);
    }
    expect(new Set(withdrawals.map(({ id }) => id)).size).toBe(withdrawals.length);
  });

  it('reach whoever listens, without a stream', async () => {
    const { all } = await signalsAndAlerts();
    expect(heard.map(({ signal }) => signal.id)).toEqual(all.map(({ id }) => id));
  });

  it('bring alerts, each raised once', async () => {
    const { alerts } = await signalsAndAlerts();
    const parsed = alerts.map(({ data }) => JSON.parse(data) as Alert);
    expect(parsed.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stockout-risk']));
    expect(alerts.map(({ id }) => id)).toEqual(parsed.map(({ id }) => id));
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
    parsed.forEach(({ kind, location }, i) => {
      expect(alerts[i]?.subject).toBe(`alerts.${kind}.${subjectToken(location)}`);
    });
  });

  it('that are wrong go to REFUSED whole, with reason, subject and position', async () => {
    const refused = await streams.read('REFUSED');
    const bySubject = refused.map(({ subject, data }) => ({
      subject,
      refusal: JSON.parse(data) as Refusal,
    }));
    expect(bySubject).toMatchObject([
      {
        refusal: {
          ...{ reason: 'malformed-json', subject: 'events.order.berlin', index: 0 },
          ...{ position: placed.torn, data: '{"id":"torn' },
        },
      },
      {
        subject: 'refused.order',
        refusal: {
          ...{ reason: 'wrong-quantity', subject: 'events.mixed', position: placed.pack },
          ...{ index: 1, data: JSON.stringify(PACK[1]) },
        },
      },
      {
        subject: 'late.order',
        refusal: {
          ...{ reason: 'late', subject: 'events.order', position: placed.late },
          data: JSON.stringify(LATE),
        },
      },
    ]);
    expect(bySubject[0]?.subject).toMatch(/^refused\./);
  });

  it('show on the health pages and in the figures', async () => {
    expect(await running.get('/healthz')).toMatchObject({ status: 200 });
    const ready = await running.get('/readyz');
    expect({ ...ready, body: JSON.parse(ready.body) }).toMatchObject({
      status: 200,
      body: { ready: true, reasons: [] },
    });
    const overview = JSON.parse((await running.get('/api/overview')).body) as Overview;
    const { signals, alerts } = await signalsAndAlerts();
    const published = SHOP.length + 1 + PACK.length + 1 + 2;
    expect(overview).toMatchObject({
      ...{ skuLocations: 40, refusedTotal: 3, signalsTotal: signals.length },
      eventsTotal: published,
      streamTimeMs: Date.parse(timeOf(3 * DAY)),
    });
    expect(overview.openAlerts).toBeLessThanOrEqual(alerts.length);
    expect(overview.latencyP99Ms).toBeGreaterThan(0);
  });

  it('are counted in the metrics, by kind and reason', async () => {
    const { body } = await running.get('/metrics');
    const placedOrders = SHOP.filter(({ type }) => type === 'order.placed').length;
    const { signals, alerts } = await signalsAndAlerts();
    const value = (series: string): number => {
      const line = body.split('\n').find((text) => text.startsWith(`${series} `));
      return Number(line?.split(' ').at(-1));
    };
    const all = (name: string): number =>
      body
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(value('stockpulse_events_total{kind="order.placed"}')).toBe(placedOrders + 3);
    expect(value('stockpulse_events_total{kind="control.tick"}')).toBe(1);
    expect(value('stockpulse_refused_total{reason="malformed-json"}')).toBe(1);
    expect(value('stockpulse_refused_total{reason="wrong-quantity"}')).toBe(1);
    expect(value('stockpulse_late_total{kind="order"}')).toBe(1);
    expect(value('stockpulse_duplicates_total')).toBe(1);
    expect(all('stockpulse_signals_total')).toBe(signals.length);
    expect(all('stockpulse_alerts_total')).toBe(alerts.length);
    const messages = SHOP.length + 1 + PACK.length + 1 + 2;
    expect(value('stockpulse_event_latency_seconds_count')).toBe(messages);
  });

  it('are in ClickHouse as often as in the streams', async () => {
    await running.engine.countHistory();
    const { signals, alerts } = await signalsAndAlerts();
    expect(await historyCounts(client)).toEqual({
      events: await streams.count('EVENTS'),
      signals: signals.length,
      alerts: alerts.length,
    });
    expect(await running.engine.countHistory()).toEqual(await historyCounts(client));
  });
});

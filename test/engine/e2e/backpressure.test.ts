// A sink that takes nothing while the broker floods: every queue has its end, and nothing is lost.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { type GivenClickHouse, startGivenClickHouse } from './given-clickhouse.js';
import { historyCounts, type RunningEngine, startEngine } from './running-engine.js';
import { shopEvents } from './shop.js';
import { resultIds, straightRun } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 300_000;
const QUEUED_ROWS = 500;
const SPOOL_BYTES = 1024 ** 2;

let nats: TestNats;
let streams: Streams;
let clickhouse: GivenClickHouse;
let running: RunningEngine | null = null;

beforeEach(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  clickhouse = await startGivenClickHouse();
}, TIMEOUT_MS);

afterEach(async () => {
  await streams.close();
  await running?.stop();
  await clickhouse.stop();
  await nats.stop();
}, TIMEOUT_MS);

/** Sums of a metric over its labels, by name; a name may end with its labels. */
async function metrics(engine: RunningEngine) {
  const lines = (await engine.get('/metrics')).body.split('\n');
  return (name: string): number =>
    lines
      .filter((line) => line.startsWith(`stockpulse_${name}`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it(
  'the engine waits for it with a lag that shows, and history is whole in the end',
  async () => {
    const engine = await startEngine({
      'nats.url': nats.url,
      ...clickhouse.settings,
      'clickhouse.maxQueuedRows': QUEUED_ROWS,
      'clickhouse.batchRows': 100,
      'clickhouse.spoolBytes': SPOOL_BYTES,
      'batch.max': 100,
    });
    running = engine;
    await clickhouse.halt();
    const events = [...shopEvents({ skus: 25, orders: 8_000 })];
    await streams.publish(events);
    const stalledAt = await until('it waits', async () => {
      const read = await metrics(engine);
      const isFull = read('limit_reached_total{limit="clickhouse.spoolBytes"}') > 0;
      const lag = read('lag_events');
      return isFull && lag > 1_000 ? events.length - lag : null;
    });
    // What was decided is in rows that wait, and those are within their limits.
    const read = await metrics(engine);
    expect(read('queue_rows{queue="clickhouse-')).toBeLessThanOrEqual(2 * QUEUED_ROWS);
    expect(read('spool_bytes')).toBeGreaterThan(SPOOL_BYTES / 10);
    expect(read('spool_bytes')).toBeLessThanOrEqual(SPOOL_BYTES);
    expect(read('queue_rows{queue="nats-in-flight"}')).toBeLessThanOrEqual(512);
    expect(read('queue_rows{queue="nats-read-ahead"}')).toBeGreaterThan(0);
    expect(read('queue_rows{queue="nats-read-ahead"}')).toBeLessThanOrEqual(20_000);
    expect(read('lag_seconds')).toBeGreaterThan(0);
    const { status, body } = await engine.get('/readyz');
    expect([status, body]).toEqual([503, expect.stringContaining('clickhouse')]);
    // More comes in, and the lag grows by as much.
    const more = [...shopEvents({ skus: 25, orders: 9_500 })].slice(events.length);
    await streams.publish(more);
    const all = events.length + more.length;
    await until('the lag grows', async () => {
      const lag = (await metrics(engine))('lag_events');
      return lag >= all - stalledAt - 1_000;
    });
    expect(engine.engine.failure).toBe(null);

    await clickhouse.start();
    await until('all is decided', () => engine.engine.position === all);
    const expected = straightRun(engine.settings, await streams.read('EVENTS'));
    const results = resultIds(await streams.read('SIGNALS'));
    expect(results).toEqual({ signals: expected.signals, alerts: expected.alerts });
    await until('history is whole', async () => {
      await engine.engine.countHistory();
      return (await historyCounts(clickhouse.client)).events === all;
    });
    expect(await historyCounts(clickhouse.client)).toEqual({
      events: all,
      signals: results.signals.length,
      alerts: results.alerts.length,
    });
    await until('nothing waits', async () => {
      const now = await metrics(engine);
      return now('lag_events') + now('spool_bytes') + now('queue_rows{queue="clickhouse-') === 0;
    });
  },
  TIMEOUT_MS,
);

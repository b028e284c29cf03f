// A stop between the history insert and the snapshot: decided again, each row counts once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startTestNats } from '../../servers/nats.js';
import { startGivenClickHouse } from './given-clickhouse.js';
import { historyCounts } from './running-engine.js';
import { shopEvents } from './shop.js';
import { StockpulseProcess } from './stockpulse-process.js';
import { resultIds } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 200_000;

it(
  'a stop between the history insert and the snapshot: counts are equal after the replay',
  async () => {
    const nats = await startTestNats();
    onTestFinished(() => nats.stop());
    const streams = await Streams.connect(nats.url);
    onTestFinished(() => streams.close());
    const dir = await mkdtemp(join(tmpdir(), 'stockpulse-between-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
    const text = JSON.stringify({
      data: { dir: join(dir, 'data') },
      nats: { url: nats.url },
      http: { port: 0 },
      log: { pretty: 'never' },
      clickhouse: { batchWait: '50ms' },
      // None is saved before the end.
      snapshot: { interval: '1h' },
    });
    const start = async (): Promise<StockpulseProcess> => {
      const engine = await StockpulseProcess.run({ dir, settings: text });
      onTestFinished(() => engine.signal('SIGKILL'));
      await engine.up();
      await engine.noteStarted();
      return engine;
    };
    const events = [...shopEvents({ skus: 10, orders: 500 })];
    const inserted = `stockpulse_sink_rows_total{sink="clickhouse-events"} ${events.length}`;

    const first = await start();
    await streams.publish(events);
    await until('all rows are in ClickHouse', async () => {
      return (await first.get('/metrics')).split('\n').includes(inserted);
    });
    first.signal('SIGKILL');
    await first.allGone();

    const second = await start();
    expect(second.log.some(({ msg }) => msg === 'state loaded from a snapshot')).toBe(false);
    await until('all is decided again', async () => {
      const { eventsTotal } = JSON.parse(await second.get('/api/overview')) as {
        eventsTotal: number;
      };
      return eventsTotal === events.length;
    });
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    await second.allGone();
    const clickhouse = await startGivenClickHouse(join(dir, 'data', 'clickhouse'));
    onTestFinished(() => clickhouse.stop());
    const results = resultIds(await streams.read('SIGNALS'));
    expect(results.signals.length).toBeGreaterThan(5);
    expect(new Set(results.signals).size).toBe(results.signals.length);
    expect(await historyCounts(clickhouse.client)).toEqual({
      events: events.length,
      signals: results.signals.length,
      alerts: results.alerts.length,
    });
  },
  TIMEOUT_MS,
);

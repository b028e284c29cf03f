// Claims about allocations of an engine that runs: on demand over HTTP, and from time to time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AllocationReport } from '../../../engine/allocation/report.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { type RunningEngine, startEngine } from '../e2e/running-engine.js';
import { Streams } from '../e2e/stream.js';
import { until } from '../e2e/until.js';
import { shopEvents } from './shop.js';

let nats: TestNats;
let streams: Streams;
let running: RunningEngine;

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  running = await startEngine({
    'nats.url': nats.url,
    'clickhouse.enabled': false,
    'snapshot.interval': '1s',
    'ledger.journal': 1000,
    'allocation.budget': 250,
    'allocation.enabled': true,
    'allocation.every': '1d',
  });
}, 120_000);

afterAll(async () => {
  await running?.stop();
  await streams?.close();
  await nats?.stop();
});

/** After the shop's events. */
const TICKS_MS = Date.UTC(2024, 1, 10, 1);

async function post(headers: Record<string, string> = {}) {
  const url = new URL('/api/allocation', running.engine.url);
  const answer = await fetch(url, { method: 'POST', headers });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

describe('an engine that runs', { timeout: 120_000 }, () => {
  it('says what is missing while there is no snapshot, or nothing was allocated', async () => {
    expect(await running.get('/api/allocation')).toMatchObject({ status: 404 });
    expect(await post()).toMatchObject({
      status: 503,
      body: { error: 'no-allocation', message: expect.stringContaining('no snapshot in') },
    });
  });

  it('does not allocate for a page from elsewhere', async () => {
    expect(await post({ origin: 'http://elsewhere.example' })).toMatchObject({ status: 403 });
  });

  it('allocates the needs of its newest snapshot when it is asked to', async () => {
    await streams.publish(shopEvents());
    let report = {} as AllocationReport;
    let ticks = 0;
    await until('the snapshot with all needs is there', async () => {
      // A snapshot comes with the first batch after its interval.
      const tick = { id: `tick-${ticks}`, type: 'control.tick', time: TICKS_MS + ticks++ };
      await streams.publish([tick]);
      const { status, body } = await post();
      report = body as AllocationReport;
      return status === 200 && report.needs.length === 3 && report.needs.some((n) => n.short > 0);
    });
    expect(report).toMatchObject({ status: 'allocated', conflict: [] });
    expect(report.limits).toEqual([
      expect.objectContaining({ kind: 'budget', amount: 250, isBinding: true }),
    ]);
    const last = await running.get('/api/allocation');
    expect(last.status).toBe(200);
    expect(JSON.parse(last.body)).toMatchObject({ status: 'allocated', asOf: expect.any(String) });
  });

  it('allocates by itself each allocation.every of stream time', async () => {
    const before = running.log.filter((line) => line.includes('open needs were allocated')).length;
    const time = Date.UTC(2024, 1, 20);
    await streams.publish([{ id: 'later', type: 'control.tick', time }]);
    await until('one more is in the log', async () => {
      const lines = running.log.filter((line) => line.includes('open needs were allocated'));
      return lines.length > before;
    });
  });
});

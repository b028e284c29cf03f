// A part goes away under load and comes back: the engine goes on, and nothing is lost or doubled.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartStatus } from '../../../dashboards/protocol.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { type GivenClickHouse, startGivenClickHouse } from './given-clickhouse.js';
import { Load } from './load.js';
import { childrenOf, isRunning } from './processes.js';
import { historyCounts, type RunningEngine, startEngine } from './running-engine.js';
import { finalPositions, resultIds, straightRun, withdrawnIds } from './straight-run.js';
import { Streams } from './stream.js';
import { until } from './until.js';

const TIMEOUT_MS = 300_000;

let nats: TestNats;
let streams: Streams;
let running: RunningEngine | null = null;
let clickhouse: GivenClickHouse | null = null;

beforeEach(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
}, TIMEOUT_MS);

afterEach(async () => {
  await streams.close();
  await running?.stop();
  await clickhouse?.stop();
  await nats.stop();
  running = null;
  clickhouse = null;
}, TIMEOUT_MS);

async function ready(engine: RunningEngine) {
  const { status, body } = await engine.get('/readyz');
  const { parts, reasons } = JSON.parse(body) as {
    readonly parts: readonly PartStatus[];
    readonly reasons: readonly string[];
  };
  const part = (name: string) => parts.find((each) => each.name === name);
  return { status, reasons, nats: part('nats'), clickhouse: part('clickhouse') };
}

/** Load runs until `count` further events are decided. */
async function further(engine: RunningEngine, count: number): Promise<void> {
  const from = engine.engine.position;
  await until(`${count} events after ${from}`, () => engine.engine.position >= from + count);
}

/** All that was published is decided, and out came what a run without trouble gives, once. */
async function expectWhole(engine: RunningEngine, published: number) {
  await until('all events are decided', () => engine.engine.position >= published);
  const events = await streams.read('EVENTS');
  expect(events).toHaveLength(published);
  const expected = straightRun(engine.settings, events);
  const messages = await streams.read('SIGNALS');
  const results = resultIds(messages);
  expect(expected.signals.length).toBeGreaterThan(5);
  expect(results.signals).toEqual(expected.signals);
  expect(results.alerts).toEqual(expected.alerts);
  expect(withdrawnIds(messages)).toEqual(expected.withdrawn);
  expect(finalPositions(engine.engine.core)).toEqual(expected.positions);
  return {
    events: published,
    signals: results.signals.length,
    alerts: results.alerts.length,
  };
}

describe('while ClickHouse is away', () => {
  it(
    'the engine says so and goes on deciding; later history has everything',
    async () => {
      clickhouse = await startGivenClickHouse();
      const engine = await startEngine({ 'nats.url': nats.url, ...clickhouse.settings });
      running = engine;
      const load = new Load(streams);
      await further(engine, 500);
      await clickhouse.halt();
      await until('it is missed', async () => (await ready(engine)).status === 503);
      await further(engine, 1_500);
      const { reasons } = await until('rows wait on disk', async () => {
        const answer = await ready(engine);
        return /[1-9]\d* bytes wait on disk/.test(answer.reasons.join()) ? answer : null;
      });
      expect(reasons).toEqual([expect.stringMatching(/^clickhouse is down: \w+: ./)]);
      expect(engine.engine.failure).toBe(null);

      await clickhouse.start();
      await further(engine, 500);
      const published = await load.stop();
      const whole = await expectWhole(engine, published);
      await until('history is up', async () => (await ready(engine)).clickhouse?.state === 'up');
      const { client } = clickhouse;
      await until('history is whole', async () => {
        await engine.engine.countHistory();
        // Each table is written by itself: events may be there before signals are.
        return isDeepStrictEqual(await historyCounts(client), whole);
      });
      expect(await historyCounts(client)).toEqual(whole);
    },
    TIMEOUT_MS,
  );

  it(
    'because its process was killed, it is started again and gets everything',
    async () => {
      const engine = await startEngine({ 'nats.url': nats.url });
      running = engine;
      const load = new Load(streams);
      const child = () =>
        until('the embedded ClickHouse runs', async () => {
          const children = await childrenOf(process.pid);
          return children.find(({ command }) => command.includes('embedded-main'))?.pid;
        });
      for (let kill = 1; kill <= 2; kill++) {
        await further(engine, 500);
        const pid = await child();
        process.kill(pid, 'SIGKILL');
        await until('it is gone', () => !isRunning(pid));
        await child();
      }
      await further(engine, 500);
      const published = await load.stop();
      const whole = await expectWhole(engine, published);
      await until('history is up', async () => (await ready(engine)).clickhouse?.state === 'up');
      await until('history is whole', async () => {
        return isDeepStrictEqual(await engine.engine.countHistory(), whole);
      });
      // It may take its second start until now: said when it is up again.
      expect(engine.log.join('')).toContain('the embedded ClickHouse was started again');
      await engine.engine.stop();
      clickhouse = await startGivenClickHouse(join(engine.dir, 'clickhouse'));
      expect(await historyCounts(clickhouse.client)).toEqual(whole);
    },
    TIMEOUT_MS,
  );
});

describe('while NATS is away', () => {
  it(
    'the engine says so and waits; then it goes on, and no signal is doubled',
    async () => {
      clickhouse = await startGivenClickHouse();
      const engine = await startEngine({ 'nats.url': nats.url, ...clickhouse.settings });
      running = engine;
      expect(await ready(engine)).toMatchObject({ status: 200, nats: { state: 'up' } });
      const load = new Load(streams);
      for (let kill = 1; kill <= 2; kill++) {
        await further(engine, 500);
        await nats.kill();
        const away = await until('the engine is not ready', async () => {
          const answer = await ready(engine);
          return answer.status === 503 ? answer : null;
        });
        expect(away.reasons).toEqual([expect.stringMatching(/^nats is down: ./)]);
        expect(engine.engine.failure).toBe(null);
        await nats.restart();
        await until('the engine is ready', async () => (await ready(engine)).status === 200);
      }
      await further(engine, 500);
      const published = await load.stop();
      const whole = await expectWhole(engine, published);
      const { client } = clickhouse;
      await until('history is whole', async () => {
        await engine.engine.countHistory();
        // Each table is written by itself: events may be there before signals are.
        return isDeepStrictEqual(await historyCounts(client), whole);
      });
      expect(await historyCounts(client)).toEqual(whole);
    },
    TIMEOUT_MS,
  );
});

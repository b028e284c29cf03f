// The demo, without a person: everything starts, orders come in, signals are answered, all ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../../engine/demo/run.js';
import type { DemoSummary } from '../../engine/demo/summary.js';
import { childrenOf } from './e2e/processes.js';
import { until } from './e2e/until.js';

const TIMEOUT_MS = 400_000;

let dir: string;
let summary: DemoSummary;
const said: string[] = [];
const seen = new Set<string>();

/** Servers below this process, by what they are. */
async function servers(): Promise<string[]> {
  const children = await childrenOf(process.pid);
  return children.flatMap(({ command }) => /nats-server|embedded-main/.exec(command)?.[0] ?? []);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-demo-'));
  const look = setInterval(() => {
    void servers().then((names) => {
      for (const name of names) seen.add(name);
    });
  }, 200);
  const { STOCKPULSE_NATS_SERVER, STOCKPULSE_CHDB, PATH } = process.env;
  summary = await runDemo({
    env: { STOCKPULSE_NATS_SERVER, STOCKPULSE_CHDB, PATH, STOCKPULSE_DATA_DIR: dir },
    speed: 50_000,
    forSeconds: 10,
    signal: new AbortController().signal,
    say: (line) => said.push(line),
  });
  clearInterval(look);
}, TIMEOUT_MS);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

describe('ten seconds of the demo', () => {
  it('go well', () => {
    expect(summary.problems).toEqual([]);
    expect(summary.ok).toBe(true);
    expect(said.join('\n')).toMatch(/Live page: http:\/\/127\.0\.0\.1:\d+\//);
  });

  it('lose nothing on the way from the broker to history', () => {
    const { events, history, signals, alerts } = summary;
    expect(events.decided).toBe(events.published);
    expect(history?.events).toBe(events.published);
    expect(history?.signals).toBe(signals.raised);
    expect(history?.alerts).toBe(alerts.sent);
    expect(events.refused).toBe(0);
  });

  it('raise signals, and the warehouse answers them', () => {
    expect(summary.signals.raised).toBeGreaterThan(10);
    expect(summary.signals.answered).toBeGreaterThan(10);
    expect(Date.parse(summary.streamTime)).toBeGreaterThan(Date.parse('2011-09-26T00:00:00Z'));
  });

  it('leave no server running', async () => {
    expect([...seen].sort()).toEqual(['embedded-main', 'nats-server']);
    await until('the servers are gone', async () => (await servers()).length === 0);
  }, 130_000);
});

// Claims about decisions of people on signals, over HTTP and a real nats-server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision, ErrorBody } from '../../dashboards/protocol.js';
import type { Signal } from '../../operators/events/result.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { type RunningEngine, startEngine } from './e2e/running-engine.js';
import { Streams } from './e2e/stream.js';
import { until } from './e2e/until.js';

let nats: TestNats;
let streams: Streams;
let dir = '';
let running: RunningEngine;

const TIME = Date.UTC(2026, 0, 5);
const item = (sku: string) => ({
  id: `item-${sku}`,
  type: 'catalog.item',
  time: TIME,
  sku,
  status: 'active',
  leadTime: { meanDays: 3, sdDays: 0 },
  serviceLevel: { cycle: 0.95 },
  policy: { kind: 'sS', reorderPoint: 10, orderUpToLevel: 40 },
});
const count = (sku: string) => ({
  id: `count-${sku}`,
  type: 'stock.counted',
  time: TIME + 1000,
  location: 'shop',
  sku,
  quantity: 5,
});

beforeAll(async () => {
  nats = await startTestNats();
  streams = await Streams.connect(nats.url);
  dir = await mkdtemp(join(tmpdir(), 'stockpulse-decisions-'));
  running = await startEngine({
    'nats.url': nats.url,
    'data.dir': dir,
    'clickhouse.enabled': false,
    'signals.approve.auto': false,
  });
  await streams.publish([item('A'), item('B'), count('A'), count('B')]);
  await until('two signals are proposed', async () => (await proposed()).length === 2);
}, 120_000);

afterAll(async () => {
  await running?.stop();
  await streams?.close();
  await nats?.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

async function told(subject: string): Promise<Signal[]> {
  const messages = await streams.read('SIGNALS');
  return messages.filter((m) => m.subject === subject).map((m) => JSON.parse(m.data) as Signal);
}
const proposed = () => told('signals.proposed.shop');

async function post(body: Partial<Decision>, headers: Record<string, string> = {}) {
  const answer = await fetch(new URL('/api/signals/decisions', running.engine.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as ErrorBody };
}

async function idOf(sku: string): Promise<string> {
  return (await proposed()).find((signal) => signal.sku === sku)?.id as string;
}

describe('a decision', { timeout: 60_000 }, () => {
  it('to approve sends the signal once, by an event in the log, however often it is posted', async () => {
    expect(await told('signals.reorder.shop')).toEqual([]);
    const signalId = await idOf('A');
    const decision = { signalId, decision: 'approve', by: 'ann' } as const;
    const [first, second] = await Promise.all([post(decision), post(decision)]);
    expect([first?.status, second?.status]).toEqual([202, 202]);
    await until('it is sent', async () => (await told('signals.reorder.shop')).length > 0);
    expect(await told('signals.reorder.shop')).toMatchObject([
      { sku: 'A', state: 'approved', quantity: 35, replaces: signalId },
    ]);
    const events = (await streams.read('EVENTS')).filter((m) => m.subject === 'events.signal');
    expect(events.map(({ data }) => JSON.parse(data) as object)).toEqual([
      {
        id: `approve/${signalId}`,
        type: 'signal.approved',
        time: TIME + 1000,
        signalId,
        by: 'ann',
      },
    ]);
  });

  it('to reject withdraws it, and one that is not open is answered so', async () => {
    const signalId = await idOf('B');
    expect((await post({ signalId, decision: 'reject' })).status).toBe(202);
    await until('it is withdrawn', async () => (await told('signals.withdrawn.shop')).length > 0);
    expect(await told('signals.withdrawn.shop')).toMatchObject([
      { id: `${signalId}/withdrawn`, replaces: signalId, quantity: 0, because: 'rejected' },
    ]);
    const again = await post({ signalId, decision: 'approve' });
    expect(again).toMatchObject({ status: 409, body: { error: 'not-open' } });
    expect(again.body.message).toContain(signalId);
  });

  it.each([
    [{ signalId: 'x' }, 'decision'],
    [{ decision: 'approve' }, 'signalId'],
    [{ signalId: 'x', decision: 'maybe' }, 'decision'],
    [{ signalId: 'x', decision: 'approve', when: 'now' }, 'additional'],
  ])('of %j is refused and says what is wrong', async (body, named) => {
    const answer = await post(body as Partial<Decision>);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(named);
  });

  it('of a page from elsewhere is refused', async () => {
    const decision = { signalId: 'x', decision: 'approve' } as const;
    const answer = await post(decision, { origin: 'http://evil.example' });
    expect(answer).toMatchObject({ status: 403, body: { error: 'foreign-origin' } });
  });
});

// Claims about reading back what a stream holds, against a real server.
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { ResultPublisher } from '../../../connectors/nats/publisher.js';
import { readBack } from '../../../connectors/nats/read-back.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
let serial = 0;
let stream = '';
const never = new AbortController().signal;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url, reconnectMaxMs: 200 });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  stream = `B${++serial}`;
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
});

async function store(from: number, through: number): Promise<void> {
  const publisher = new ResultPublisher(connection);
  const rows = Array.from({ length: through - from + 1 }, (_, i) => ({
    subject: `${stream}.x`,
    id: `id-${from + i}`,
    data: 'x'.repeat(500),
  }));
  await publisher.write(rows, never);
  await publisher.close();
}

async function storedAtMs(position: number): Promise<number> {
  const manager = await jetstreamManager(connection);
  const message = await manager.streams.getMessage(stream, { seq: position });
  return message?.time.getTime() ?? Number.NaN;
}

async function idsSince(sinceMs: number): Promise<string[]> {
  const ids: string[] = [];
  await readBack(connection, { stream, from: { sinceMs }, onId: (id) => ids.push(id) });
  return ids;
}

const numbered = (from: number, through: number): string[] =>
  Array.from({ length: through - from + 1 }, (_, i) => `id-${from + i}`);

describe('readBack', () => {
  it('tells of every id since a moment, in order, and of none before it', async () => {
    await store(1, 20);
    const lastOfFirstMs = await storedAtMs(20);
    await vi.waitUntil(() => Date.now() > lastOfFirstMs + 1);
    await store(21, 25_000);
    expect(await idsSince(await storedAtMs(21))).toEqual(numbered(21, 25_000));
    expect(await idsSince(0)).toEqual(numbered(1, 25_000));
  });

  it('ends at once where nothing was stored since, and in an empty stream', async () => {
    expect(await idsSince(0)).toEqual([]);
    await store(1, 3);
    expect(await idsSince(Date.now() + 60_000)).toEqual([]);
  });

  it('says where to read on for what was stored since', async () => {
    await store(1, 10);
    const ids: string[] = [];
    const onId = (id: string): void => void ids.push(id);
    const next = await readBack(connection, { stream, from: { sinceMs: 0 }, onId });
    await store(11, 12);
    const last = await readBack(connection, { stream, from: next, onId });
    expect(await readBack(connection, { stream, from: last, onId })).toEqual(last);
    expect(ids).toEqual(numbered(1, 12));
  });

  it('passes over what was deleted, also at the end', async () => {
    await store(1, 10);
    const manager = await jetstreamManager(connection);
    for (const position of [1, 5, 10]) await manager.streams.deleteMessage(stream, position);
    expect(await idsSince(0)).toEqual(['id-2', 'id-3', 'id-4', ...numbered(6, 9)]);
  });

  it('ends when what was still to come is deleted while it reads', async () => {
    await store(1, 20_000);
    const manager = await jetstreamManager(connection);
    let purged: Promise<unknown> | null = null;
    let heard = 0;
    const onId = (): void => {
      heard += 1;
      purged ??= manager.streams.purge(stream);
    };
    await readBack(connection, { stream, from: { sinceMs: 0 }, onId });
    await purged;
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(20_000);
  }, 30_000);

  it('goes on where it was when the server is killed under it and comes back', async () => {
    await store(1, 60_000);
    const ids = new Set<string>();
    let restarted: Promise<void> | null = null;
    const onId = (id: string): void => {
      ids.add(id);
      if (ids.size === 5_000) restarted = nats.kill().then(() => nats.restart());
    };
    await readBack(connection, { stream, from: { sinceMs: 0 }, onId, heartbeatMs: 200 });
    await restarted;
    expect([...ids]).toEqual(numbered(1, 60_000));
  }, 60_000);

  it('says which stream is not there', async () => {
    const reading = readBack(connection, {
      stream: 'NONE',
      from: { sinceMs: 0 },
      onId: () => undefined,
    });
    await expect(reading).rejects.toThrow('cannot read back what stream NONE holds');
  });

  it('ends when it is told to', async () => {
    await store(1, 10);
    const stopping = new AbortController();
    const onId = (): void => stopping.abort(new Error('enough'));
    const { signal } = stopping;
    const reading = readBack(connection, { stream, from: { sinceMs: 0 }, onId, signal });
    await expect(reading).rejects.toThrow('enough');
  });
});

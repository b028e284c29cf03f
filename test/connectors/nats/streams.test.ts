// Claims about making and checking streams, against a real server.
import { jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { ensureStreams, standardStreams } from '../../../connectors/nats/streams.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url });
});
afterEach(async () => {
  const manager = await jetstreamManager(connection);
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  for (const name of names) await manager.streams.delete(name);
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

describe('ensureStreams', () => {
  it('makes the three streams once, also when two engines start together', async () => {
    const both = await Promise.all([ensureStreams(connection), ensureStreams(connection)]);
    expect(both.flatMap((result) => result.warnings)).toEqual([]);
    const again = await ensureStreams(connection);
    expect(again).toMatchObject({ created: [], warnings: [] });
    const manager = await jetstreamManager(connection);
    const signals = (await manager.streams.info('SIGNALS')).config;
    expect(signals.subjects).toEqual(['signals.>', 'alerts.>']);
    expect(signals).toMatchObject({ storage: 'file', retention: 'limits', num_replicas: 1 });
    expect(signals.duplicate_window).toBe(600e9);
    expect((await manager.streams.info('REFUSED')).config.subjects).toEqual([
      'refused.>',
      'late.>',
    ]);
  });

  it('takes names and limits, and shortens the duplicate window to the age', async () => {
    const all = { maxAgeMs: 60_000, maxBytes: 1_000_000, storage: 'memory' } as const;
    const plans = standardStreams({ events: 'SHOP' }, { all });
    expect((await ensureStreams(connection, plans)).created).toEqual([
      'SHOP',
      'SIGNALS',
      'REFUSED',
    ]);
    const { config } = await (await jetstreamManager(connection)).streams.info('SHOP');
    expect(config).toMatchObject({ max_age: 60e9, max_bytes: 1_000_000, storage: 'memory' });
    expect(config.duplicate_window).toBe(60e9);
    expect((await ensureStreams(connection, plans)).warnings).toEqual([]);
  });

  it('uses a stream with other settings as it is and names each difference', async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({
      name: 'EVENTS',
      subjects: ['events.>'],
      storage: 'memory',
      max_msgs: 7,
      max_age: 60e9,
      duplicate_window: 1e9,
    });
    const { warnings, duplicateWindowMs } = await ensureStreams(connection);
    expect([...duplicateWindowMs]).toEqual([
      ['EVENTS', 1_000],
      ['SIGNALS', 600_000],
      ['REFUSED', 600_000],
    ]);
    expect(warnings).toEqual([
      'stream EVENTS: storage is memory, planned file',
      'stream EVENTS: maximum age is 60 s, planned unlimited',
      'stream EVENTS: maximum messages is 7, planned unlimited',
      'stream EVENTS: duplicate window is 1 s, planned 120 s',
    ]);
    expect((await manager.streams.info('EVENTS')).config.max_msgs).toBe(7);
  });

  it('refuses a stream that lacks a subject and says how to add it', async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'SIGNALS', subjects: ['signals.>', 'alerts.stockout.*'] });
    await expect(ensureStreams(connection)).rejects.toThrow(
      /stream SIGNALS cannot be used: its subjects .* lack alerts\.>; add them with "nats stream/,
    );
  });

  it('refuses a stream that deletes what was read', async () => {
    const manager = await jetstreamManager(connection);
    const retention = RetentionPolicy.Workqueue;
    await manager.streams.add({ name: 'EVENTS', subjects: ['events.>'], retention });
    await expect(ensureStreams(connection)).rejects.toThrow(/retention is workqueue/);
  });

  it('names the stream that already holds the subjects', async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'OTHER', subjects: ['events.>'] });
    await expect(ensureStreams(connection)).rejects.toThrow(
      /cannot create stream EVENTS: .*; stream OTHER already takes events\.>/,
    );
  });
});

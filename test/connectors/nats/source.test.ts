// Claims about reading a stream, against a real server that is killed, purged and restarted.
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import {
  type PositionGap,
  PositionGapError,
  StreamRewoundError,
} from '../../../connectors/nats/position-gap.js';
import { NatsSource, type NatsSourceOptions } from '../../../connectors/nats/source.js';
import type { Delivery } from '../../../connectors/source.js';
import { sourceContract } from '../../contracts/source.contract.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
let isUp = false;
let serial = 0;
let stream = '';
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({
    url: nats.url,
    reconnectMaxMs: 200,
    onStatus: (status) => {
      isUp = status.state === 'up';
    },
  });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

async function makeStream(): Promise<string> {
  stream = `S${++serial}`;
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  return stream;
}

/** Stored when it resolves; `${stream}.kind` is the subject. */
async function publish(payloads: readonly (string | Uint8Array)[]): Promise<void> {
  const manager = await jetstreamManager(connection);
  const before = (await manager.streams.info(stream)).state.last_seq;
  for (const payload of payloads) connection.publish(`${stream}.kind`, payload);
  await vi.waitUntil(
    async () => (await manager.streams.info(stream)).state.last_seq === before + payloads.length,
    { timeout: 15_000 },
  );
}

const numbers = (from: number, through: number): string[] =>
  Array.from({ length: through - from + 1 }, (_, i) => String(from + i));

async function take(source: NatsSource, count: number, max = 100): Promise<string[]> {
  const got: string[] = [];
  while (got.length < count) {
    const batch = await source.nextBatch(Math.min(max, count - got.length));
    if (batch === null) throw new Error('ended');
    for (const delivery of batch) {
      got.push(Buffer.from(delivery.data).toString());
    }
  }
  return got;
}

sourceContract('NatsSource', async (payloads) => {
  const name = await makeStream();
  await publish(payloads);
  return {
    isLive: true,
    source: () => new NatsSource(connection, { stream: name }),
    dispose: () => Promise.resolve(),
  };
});

describe('NatsSource', () => {
  beforeEach(async () => {
    await makeStream();
  });

  async function opened(
    after: number | null,
    options: NatsSourceOptions = {},
  ): Promise<NatsSource> {
    const source = new NatsSource(connection, { stream, ...options });
    await source.open(after);
    return source;
  }

  it('gives subject and the time stored, and a message alone as soon as it comes', async () => {
    const source = await opened(null);
    const waiting = source.nextBatch(100);
    const beforeMs = Date.now();
    connection.publish(`${stream}.order.berlin`, 'now');
    const [delivery] = (await waiting) ?? [];
    expect(delivery?.subject).toBe(`${stream}.order.berlin`);
    expect(delivery?.position).toBe(1);
    expect(delivery?.storedAtMs).toBeGreaterThanOrEqual(beforeMs - 1);
    expect(delivery?.storedAtMs).toBeLessThanOrEqual(Date.now() + 1);
    await source.close();
  });

  it('goes on without gap or double when the server is killed and comes back', async () => {
    const troubles: (string | null)[] = [];
    await publish(numbers(1, 300));
    const source = await opened(null, { onTrouble: (reason) => void troubles.push(reason) });
    expect(await take(source, 120, 40)).toEqual(numbers(1, 120));
    await nats.kill();
    const rest = take(source, 480, 40);
    await vi.waitUntil(() => !isUp, { timeout: 10_000 });
    await nats.restart();
    await vi.waitUntil(() => isUp, { timeout: 10_000 });
    await publish(numbers(301, 600));
    expect(await rest).toEqual(numbers(121, 600));
    expect(troubles).toContain('connection lost');
    expect(troubles.at(-1)).toBeNull();
    expect(source.gap).toBeNull();
    await source.close();
  });

  it('goes on when its consumer is deleted under it', async () => {
    const source = await opened(null);
    const manager = await jetstreamManager(connection);
    await publish(['1']);
    expect(await take(source, 1)).toEqual(['1']);
    for await (const info of manager.consumers.list(stream)) {
      await manager.consumers.delete(stream, info.name);
    }
    await publish(['2']);
    expect(await take(source, 1)).toEqual(['2']);
    await source.close();
  });

  it('misses heartbeats of a consumer that vanished unsaid, and goes on', async () => {
    const troubles: (string | null)[] = [];
    const options = { heartbeatMs: 100, onTrouble: (r: string | null) => void troubles.push(r) };
    const source = await opened(null, options);
    // Frozen, not closed: the connection lives, nothing comes.
    nats.signal('SIGSTOP');
    await vi.waitUntil(() => troubles.length > 0, { timeout: 10_000 });
    nats.signal('SIGCONT');
    await connection.flush();
    await publish(['1']);
    expect(await take(source, 1)).toEqual(['1']);
    expect(troubles[0]).toMatch(/silent|lost/);
    await source.close();
  });

  it('misses nothing where requests run out while messages come, though older servers do not say so', async () => {
    const troubles: (string | null)[] = [];
    const onTrouble = (reason: string | null): number => troubles.push(reason);
    const source = await opened(null, { requestMs: 1_000, heartbeatMs: 500, onTrouble });
    // A message each millisecond or two, over some eight requests.
    const all = numbers(1, 5_000);
    const published = (async () => {
      for (const payload of all) {
        connection.publish(`${stream}.kind`, payload);
        await pause(1);
      }
    })();
    expect(await take(source, all.length)).toEqual(all);
    await published;
    expect(troubles).toEqual([]);
    await source.close();
  });

  it('holds no more than its buffer, and asks for more as batches are taken', async () => {
    const troubles: (string | null)[] = [];
    await publish(numbers(1, 1_000));
    const source = await opened(null, {
      bufferMessages: 100,
      onTrouble: (reason) => void troubles.push(reason),
    });
    const manager = await jetstreamManager(connection);
    const consumer = async (): Promise<{ delivered: number }> => {
      for await (const info of manager.consumers.list(stream)) {
        return { delivered: info.delivered.consumer_seq };
      }
      throw new Error('no consumer');
    };
    await vi.waitUntil(async () => (await consumer()).delivered === 100, { timeout: 10_000 });
    expect(await source.pending()).toBe(1_000);
    expect(await take(source, 30, 30)).toEqual(numbers(1, 30));
    await vi.waitUntil(async () => (await consumer()).delivered === 130, { timeout: 10_000 });
    expect(await take(source, 970)).toEqual(numbers(31, 1_000));
    expect(await source.pending()).toBe(0);
    expect(troubles).toEqual([]);
    await source.close();
  });

  it('says what is pending when the server has forgotten a consumer that long asked for nothing', async () => {
    await publish(numbers(1, 300));
    const source = await opened(null, { bufferMessages: 100 });
    const manager = await jetstreamManager(connection);
    await vi.waitUntil(() => source.readAhead === 100, { timeout: 10_000 });
    expect(await take(source, 10, 10)).toEqual(numbers(1, 10));
    for await (const info of manager.consumers.list(stream)) {
      await manager.consumers.delete(stream, info.name);
    }
    expect(await source.pending()).toBe(290);
    await publish(numbers(301, 320));
    expect(await source.pending()).toBe(310);
    expect(await take(source, 310)).toEqual(numbers(11, 320));
    expect(await source.pending()).toBe(0);
    await source.close();
  });

  it('takes the largest messages with a small byte buffer, without waiting for timeouts', async () => {
    const troubles: (string | null)[] = [];
    const big = Buffer.alloc(900_000, 'x');
    await publish(Array.from({ length: 12 }, () => big));
    const source = await opened(null, {
      bufferBytes: 1_000,
      onTrouble: (reason) => void troubles.push(reason),
    });
    const got = await take(source, 12, 1);
    expect(got.every((value) => value.length === 900_000)).toBe(true);
    expect(troubles).toEqual([]);
    await source.close();
  });

  it('tells the first position available when what comes next was purged', async () => {
    const gaps: PositionGap[] = [];
    await publish(numbers(1, 20));
    const manager = await jetstreamManager(connection);
    await manager.streams.purge(stream, { seq: 11 });
    const source = await opened(3, { onGap: (gap) => void gaps.push(gap) });
    expect(source.firstAvailable).toBe(11);
    expect(gaps).toEqual([{ from: 4, through: 10 }]);
    expect(await source.streamState()).toEqual({ first: 11, last: 20 });
    expect(await take(source, 10)).toEqual(numbers(11, 20));
    await source.close();
    const fresh = await opened(null);
    expect(await take(fresh, 10)).toEqual(numbers(11, 20));
    expect(fresh.gap).toBeNull();
    await fresh.close();
  });

  it('reports a gap also when everything was purged, and when single messages were deleted', async () => {
    await publish(numbers(1, 5));
    const manager = await jetstreamManager(connection);
    await manager.streams.deleteMessage(stream, 3);
    const holed = await opened(null);
    expect(await take(holed, 4)).toEqual(['1', '2', '4', '5']);
    expect(holed.gap).toEqual({ from: 3, through: 3 });
    await holed.close();
    await manager.streams.purge(stream);
    const source = await opened(2);
    expect(source.gap).toEqual({ from: 3, through: 5 });
    await publish(['6']);
    expect(await take(source, 1)).toEqual(['6']);
    await source.close();
  });

  it('stops at a gap when told to, after handing over what came before', async () => {
    await publish(numbers(1, 5));
    const manager = await jetstreamManager(connection);
    await manager.streams.deleteMessage(stream, 3);
    const holed = await opened(null, { stopAtGap: true });
    expect(await take(holed, 2)).toEqual(['1', '2']);
    await expect(take(holed, 1)).rejects.toThrow(/no longer holds 1 messages.*positions 3 to 3/);
    await holed.close();
    await manager.streams.purge(stream, { seq: 5 });
    const source = new NatsSource(connection, { stream, stopAtGap: true });
    await expect(source.open(1)).rejects.toThrow(PositionGapError);
    await source.close();
  });

  it('refuses a position that the stream never reached, and says what to do', async () => {
    await publish(numbers(1, 5));
    const source = new NatsSource(connection, { stream });
    await expect(source.open(6)).rejects.toThrow(StreamRewoundError);
    await expect(source.open(6)).rejects.toThrow(/positions 1 to 5, and 6 was already read/);
    await source.close();
    const exact = await opened(5);
    await publish(['6']);
    expect(await take(exact, 1)).toEqual(['6']);
    await exact.close();
  });

  /** What a reader of the first `count` messages would have had, the last one's mark with it. */
  async function readOnce(count: number): Promise<Delivery[]> {
    const source = await opened(null);
    const got: Delivery[] = [];
    while (got.length < count) got.push(...((await source.nextBatch(count - got.length)) ?? []));
    await source.close();
    return got;
  }

  /** As after an older backup was put in its place: it ends at `through`, and grows from there. */
  async function setBack(through: number, payloads: readonly string[]): Promise<void> {
    const manager = await jetstreamManager(connection);
    await manager.streams.delete(stream);
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(numbers(1, through));
    await publish(payloads);
  }

  it('knows each message again by the time at which it was stored', async () => {
    await publish(numbers(1, 40));
    for (const mark of await readOnce(40)) {
      const source = new NatsSource(connection, { stream });
      await source.open(mark.position, mark);
      await source.close();
    }
  });

  it('refuses a stream that was set back and has grown past the position since', async () => {
    await publish(numbers(1, 8));
    const mark = (await readOnce(8)).at(-1) as Delivery;
    await setBack(5, ['a', 'b', 'c', 'd']);
    const source = new NatsSource(connection, { stream });
    await expect(source.open(8, mark)).rejects.toThrow(
      /is not as it was: it holds positions 1 to 9, and 8 was already read.*restore the stream/,
    );
    await source.close();
    // Without the mark nothing tells.
    const blind = await opened(8);
    expect(await take(blind, 1)).toEqual(['d']);
    await blind.close();
  });

  it('counts what is gone from the first message stored after the last one that was read', async () => {
    await publish(numbers(1, 5));
    const lastOfOld = (await readOnce(5)).at(-1) as Delivery;
    const nextMs = Date.now() + 2;
    await vi.waitUntil(() => Date.now() >= nextMs, { interval: 1 });
    await publish(numbers(6, 8));
    const manager = await jetstreamManager(connection);
    const missing = async (position: number): Promise<unknown> => {
      const source = new NatsSource(connection, { stream });
      const error: unknown = await source
        .open(position, { ...lastOfOld, position })
        .catch((e: unknown) => e);
      await source.close();
      return error instanceof StreamRewoundError ? error.rewound : error;
    };
    // To a reader of eight or of twenty messages up to that time, three are not of its log.
    const holds = { first: 1, last: 8 };
    expect(await missing(8)).toEqual({ read: 8, ...holds, how: 'other', missing: 3 });
    expect(await missing(20)).toEqual({ read: 20, ...holds, how: 'behind', missing: 15 });
    const consumers: string[] = [];
    for await (const { name } of manager.consumers.list(stream)) consumers.push(name);
    expect(consumers).toEqual([]);
  });

  it('goes on where retention has taken the message that was read last', async () => {
    await publish(numbers(1, 8));
    const mark = (await readOnce(4)).at(-1) as Delivery;
    const manager = await jetstreamManager(connection);
    await manager.streams.purge(stream, { seq: 5 });
    const source = new NatsSource(connection, { stream });
    await source.open(4, mark);
    expect(await take(source, 4)).toEqual(numbers(5, 8));
    expect(source.gap).toBeNull();
    await source.close();
  });

  it('fails when the stream is made anew while it reads, after handing over what it has', async () => {
    await publish(numbers(1, 5));
    const source = await opened(null);
    expect(await take(source, 5)).toEqual(numbers(1, 5));
    const manager = await jetstreamManager(connection);
    await manager.streams.delete(stream);
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(numbers(1, 9));
    await expect(take(source, 1)).rejects.toThrow(/was made anew/);
    await source.close();
  });

  it('says at once that there is no such stream', async () => {
    const source = new NatsSource(connection, { stream: 'ABSENT' });
    await expect(source.open(null)).rejects.toThrow(/cannot read stream ABSENT: .*create it/);
    await source.close();
  });
});

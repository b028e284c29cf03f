// Claims about publishing results and events, against a real server.
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { EventPublisher } from '../../../connectors/nats/event-publisher.js';
import { ResultPublisher } from '../../../connectors/nats/publisher.js';
import { NatsSource } from '../../../connectors/nats/source.js';
import type { Delivery } from '../../../connectors/source.js';
import { sinkContract } from '../../contracts/sink.contract.js';
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

async function makeStream(): Promise<string> {
  stream = `P${++serial}`;
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  return stream;
}

async function storedIn(name: string): Promise<Delivery[]> {
  const source = new NatsSource(connection, { stream: name });
  const { last } = await source.streamState();
  await source.open(null);
  const got: Delivery[] = [];
  while (got.length < last) got.push(...((await source.nextBatch(1_000)) ?? []));
  await source.close();
  return got;
}

const text = (delivery: Delivery): string => Buffer.from(delivery.data).toString();

sinkContract('ResultPublisher', async () => {
  const name = await makeStream();
  return {
    sink: new ResultPublisher(connection),
    row: (i) => ({ subject: `${name}.x`, id: `id-${i}`, data: String(i) }),
    stored: async () => (await storedIn(name)).map((delivery) => Number(text(delivery))),
    dispose: () => Promise.resolve(),
  };
});

describe('ResultPublisher', () => {
  beforeEach(makeStream);
  const row = (i: number) => ({ subject: `${stream}.x`, id: `id-${i}`, data: String(i) });
  const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i));

  it('keeps the order, the headers and ids beyond ASCII', async () => {
    const publisher = new ResultPublisher(connection);
    const extra = { id: 'é\r\nX: y %', headers: { 'Content-Type': 'application/json' } };
    await publisher.write([...rows(300), { ...row(300), ...extra }], never);
    expect((await storedIn(stream)).map(text)).toEqual(rows(301).map((one) => one.data));
    const manager = await jetstreamManager(connection);
    const message = await manager.streams.getMessage(stream, { seq: 301 });
    expect(message?.header.get('Nats-Msg-Id')).toBe('%!%C3%A9%0D%0AX:%20y%20%25');
    expect(message?.header.get('Content-Type')).toBe('application/json');
    expect(message?.header.get('X')).toBe('');
    await publisher.close();
  });

  it('stores each row once when the server is killed under it and comes back', async () => {
    const publisher = new ResultPublisher(connection, { inFlight: 64 });
    const writing = publisher.write(rows(20_000), never);
    const manager = await jetstreamManager(connection);
    const count = async (): Promise<number> => (await manager.streams.info(stream)).state.messages;
    await vi.waitUntil(async () => (await count()) > 100, { timeout: 10_000 });
    await nats.kill();
    await nats.restart();
    await writing;
    const stored = (await storedIn(stream)).map(text);
    expect(stored.length).toBe(20_000);
    expect(new Set(stored).size).toBe(20_000);
    await publisher.close();
  });

  it('waits while no stream takes the subject, and stores when one does', async () => {
    const publisher = new ResultPublisher(connection);
    const name = `LATE${++serial}`;
    const writing = publisher.write([{ subject: `${name}.x`, id: 'a', data: '1' }], never);
    await connection.flush();
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name, subjects: [`${name}.>`] });
    await writing;
    expect((await storedIn(name)).map(text)).toEqual(['1']);
    await publisher.close();
  });

  it('gives up at its limit, and says what the server answered', async () => {
    const publisher = new ResultPublisher(connection, { giveUpAfterMs: 100 });
    const message = { subject: 'nowhere.x', id: 'a', data: '' };
    await expect(publisher.write([message], never)).rejects.toThrow(
      /message a on nowhere\.x was not acknowledged within 100 ms, \d+ tries: no stream takes/,
    );
    await publisher.close();
  });

  it('stops waiting when its signal is aborted', async () => {
    const publisher = new ResultPublisher(connection, { inFlight: 2 });
    const abort = new AbortController();
    const message = (id: string) => ({ subject: 'nowhere.x', id, data: '' });
    const writing = publisher.write(['a', 'b', 'c', 'd'].map(message), abort.signal);
    await vi.waitUntil(() => publisher.inFlight === 2);
    abort.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    expect(publisher.inFlight).toBe(0);
    // The third found the window full; the fourth was never tried.
    expect(publisher.fullCount).toBe(1);
    await publisher.write(rows(3), never);
    await publisher.close();
  });

  it('rejects at once what the server will never take, and names the message', async () => {
    const publisher = new ResultPublisher(connection);
    const huge = { subject: `${stream}.x`, id: 'huge', data: Buffer.alloc(2 * 1024 ** 2) };
    await expect(publisher.write([row(1), huge], never)).rejects.toThrow(
      /message huge on .* has 2097152 bytes, the server takes 1048576/,
    );
    await expect(publisher.write([{ ...row(1), id: '' }], never)).rejects.toThrow(/has no id/);
    const manager = await jetstreamManager(connection);
    const name = `SMALL${++serial}`;
    await manager.streams.add({ name, subjects: [`${name}.>`], max_msg_size: 10 });
    const long = { subject: `${name}.x`, id: 'long', data: 'x'.repeat(100) };
    await expect(publisher.write([long], never)).rejects.toThrow(/long on .* was refused: .*size/);
    await publisher.close();
  });

  it('fails a write under way when it is closed', async () => {
    const publisher = new ResultPublisher(connection);
    const writing = publisher.write([{ subject: 'nowhere.x', id: 'a', data: '' }], never);
    const failed = expect(writing).rejects.toThrow(/closed before this was acknowledged/);
    await vi.waitUntil(() => publisher.inFlight === 1);
    await publisher.close();
    await failed;
  });
});

describe('EventPublisher', () => {
  beforeEach(makeStream);
  const event = (i: number, kind = 'order') => ({
    id: `e${i}`,
    kind,
    location: 'New York',
    json: `{"id":"e${i}"}`,
  });

  it('publishes each event once under its kind and location, with its id', async () => {
    const publisher = new EventPublisher(connection, { prefix: stream, inFlight: 16 });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 200; i++) await publisher.publish(event(i));
    }
    await publisher.publish({ id: 'x', kind: 'control', json: '{}' });
    await publisher.close();
    const stored = await storedIn(stream);
    expect(stored.length).toBe(201);
    expect(stored[0]?.subject).toBe(`${stream}.order.New%20York`);
    expect(stored[200]?.subject).toBe(`${stream}.control`);
  });

  it('packs events in order, by number and by bytes, and stores the same packs once', async () => {
    const options = { prefix: stream, pack: 50, packBytes: 400 };
    for (let round = 0; round < 2; round++) {
      const publisher = new EventPublisher(connection, options);
      for (let i = 0; i < 101; i++) await publisher.publish(event(i, i < 60 ? 'order' : 'cart'));
      await publisher.close();
    }
    const stored = await storedIn(stream);
    const lines = stored.flatMap((one) => text(one).trimEnd().split('\n'));
    expect(lines).toEqual(Array.from({ length: 101 }, (_, i) => event(i).json));
    expect(stored.every((one) => one.data.byteLength <= 400)).toBe(true);
    const kinds = new Set(stored.map((one) => one.subject.slice(stream.length + 1)));
    expect(kinds).toEqual(new Set(['order', 'mixed', 'cart']));
  });

  it('reports an event that failed at the next call', async () => {
    const publisher = new EventPublisher(connection, { prefix: 'nowhere', giveUpAfterMs: 50 });
    await publisher.publish(event(1));
    await expect(publisher.flush()).rejects.toThrow(/message e1 on nowhere/);
    await expect(publisher.publish(event(2))).rejects.toThrow(/message e1/);
    await expect(publisher.close()).rejects.toThrow(/message e1/);
  });
});

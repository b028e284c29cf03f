// Claims about the one writer's lease, against a real server.
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { Lease, LeaseLostError } from '../../../connectors/nats/lease.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
const never = new AbortController().signal;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url, reconnectMaxMs: 200 });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

const ask = (key: string, holder: string, durationMs = 500): Promise<Lease> =>
  Lease.acquire(connection, { bucket: 'leases', key, holder, durationMs }, never);

it('a silent holder is replaced, its fence is older, and it may neither write nor renew', async () => {
  const old = await ask('silent', 'a');
  const next = await ask('silent', 'b');
  expect(next.fence).toBeGreaterThan(old.fence);
  expect(old.check()).toBeInstanceOf(LeaseLostError);
  await expect(old.renew()).rejects.toThrow(LeaseLostError);
});

it('a released lease is free at once, with a newer fence', async () => {
  const old = await ask('released', 'a', 60_000);
  await old.release();
  const next = await ask('released', 'b', 60_000);
  expect(next.fence).toBeGreaterThan(old.fence);
  expect(old.check()).toBeInstanceOf(LeaseLostError);
  expect(next.check()).toBeNull();
});

it('of two that ask at once one gets it', async () => {
  const stop = new AbortController();
  const asked = ['a', 'b'].map((holder) =>
    Lease.acquire(
      connection,
      { bucket: 'leases', key: 'raced', holder, durationMs: 60_000 },
      stop.signal,
    ),
  );
  const first = await Promise.any(asked);
  await first.renew();
  stop.abort();
  const ends = await Promise.allSettled(asked);
  expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  expect(first.check()).toBeNull();
});

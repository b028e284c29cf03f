// Claims about the one writer's lease, against a real server.
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { Lease, LeaseLostError } from '../../../connectors/nats/lease.js';
import { until } from '../../engine/e2e/until.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let connection: NatsConnection;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectNats({ url: nats.url, reconnectMaxMs: 200 });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

const ask = (key: string, holder: string, durationMs = 500): Promise<Lease> =>
  Lease.acquire(connection, { bucket: 'leases', key, holder, durationMs });

it('a silent holder is replaced by one with a newer fence, and cannot renew', async () => {
  const old = await ask('silent', 'a');
  const heard: string[] = [];
  old.onLost = (error) => heard.push(error.message);
  const next = await ask('silent', 'b');
  expect(next.fence).toBeGreaterThan(old.fence);
  expect(old.state).not.toBe('held');
  await expect(old.renew()).rejects.toThrow(LeaseLostError);
  expect(old.state).toBe('lost');
  expect(heard).toEqual([expect.stringContaining('was taken by b')]);
});

it('one that is kept is never taken, and a rival is told whose it is', async () => {
  const kept = await ask('kept', 'a', 4_000);
  kept.keep();
  const stop = new AbortController();
  const seen: string[] = [];
  const options = { bucket: 'leases', key: 'kept', holder: 'b', durationMs: 4_000 };
  const asked = Lease.acquire(connection, options, {
    signal: stop.signal,
    onWait: (holder) => {
      seen.push(holder);
      // Twenty looks a duration: for one and a half of them.
      if (seen.length === 30) stop.abort();
    },
  });
  await expect(asked).rejects.toThrow();
  expect(new Set(seen)).toEqual(new Set(['a']));
  expect(kept.state).toBe('held');
  await kept.release();
});

it('one that expired is held again where nobody took it', async () => {
  const lease = await ask('expired', 'a', 200);
  await until('it has expired', () => lease.state === 'expired');
  await lease.renew();
  expect(lease.state).toBe('held');
});

it('a released lease is free at once, with a newer fence', async () => {
  const old = await ask('released', 'a', 60_000);
  await old.release();
  const next = await ask('released', 'b', 60_000);
  expect(next.fence).toBeGreaterThan(old.fence);
  expect(old.state).toBe('lost');
  expect(next.state).toBe('held');
});

it('one whose name was had by an engine that is gone has its lease at once, with a newer fence', async () => {
  const options = { bucket: 'leases', key: 'heir', holder: 'a', durationMs: 60_000 };
  const killed = await Lease.acquire(connection, options);
  const heir = await Lease.acquire(connection, { ...options, isSuccessor: true });
  expect(heir.fence).toBeGreaterThan(killed.fence);
  await expect(killed.renew()).rejects.toThrow(LeaseLostError);
});

it('outlives a server that goes away and comes back', async () => {
  const lease = await ask('outage', 'a', 1_000);
  lease.keep();
  await nats.kill();
  await until('it has expired', () => lease.state === 'expired');
  await nats.restart();
  await until('it is held again', () => lease.state === 'held');
  await lease.release();
});

it('of two that ask at once one gets it', async () => {
  const stop = new AbortController();
  const asked = ['a', 'b'].map((holder) =>
    Lease.acquire(
      connection,
      { bucket: 'leases', key: 'raced', holder, durationMs: 60_000 },
      { signal: stop.signal },
    ),
  );
  const first = await Promise.any(asked);
  await first.renew();
  stop.abort();
  const ends = await Promise.allSettled(asked);
  expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  expect(first.state).toBe('held');
});

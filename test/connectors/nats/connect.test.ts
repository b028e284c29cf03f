// Claims about the connection, against real servers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectNats, type NatsStatus } from '../../../connectors/nats/connect.js';
import { findNatsServer } from '../../../connectors/nats/find-server.js';
import { startLocalNats } from '../../../connectors/nats/local-server.js';
import { parseServers, withoutSecrets } from '../../../connectors/nats/server-url.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(async () => {
  await nats.stop();
});

const told = (statuses: NatsStatus[]): string =>
  statuses.map((status) => (status.state === 'up' ? 'up' : `down: ${status.reason}`)).join('; ');

describe('connectNats', () => {
  it('comes back after kill -9 of the server and reports down and up', async () => {
    const statuses: NatsStatus[] = [];
    const connection = await connectNats({
      url: nats.url,
      onStatus: (status) => void statuses.push(status),
    });
    await nats.kill();
    await vi.waitUntil(() => statuses.at(-1)?.state === 'down', { timeout: 10_000 });
    await nats.restart();
    await vi.waitUntil(() => statuses.length === 3, { timeout: 10_000 });
    await connection.flush();
    await connection.close();
    await vi.waitUntil(() => statuses.length === 4, { timeout: 10_000 });
    expect(told(statuses)).toBe('up; down: connection lost; up; down: closed');
  });

  it('leaves a server that hangs, says why, and is back when it goes on', async () => {
    const server = (await findNatsServer(process.env)) ?? '';
    const dir = await mkdtemp(join(tmpdir(), 'nats-hang-'));
    const hanging = await startLocalNats({ server, dir });
    const statuses: NatsStatus[] = [];
    const connection = await connectNats({
      url: hanging.url,
      pingIntervalMs: 100,
      onStatus: (status) => void statuses.push(status),
    });
    hanging.kill('SIGSTOP');
    await vi.waitUntil(() => statuses.length >= 2, { timeout: 10_000 });
    expect(statuses[1]).toEqual({ state: 'down', reason: 'the server does not answer pings' });
    hanging.kill('SIGCONT');
    await vi.waitUntil(() => statuses.at(-1)?.state === 'up', { timeout: 20_000 });
    await connection.close();
    await hanging.stop();
    await rm(dir, { recursive: true });
  });

  it('tries the first connection up to its limit and then says what to do', async () => {
    const url = 'nats://me:secret@127.0.0.1:1';
    const first = connectNats({ url, firstConnectTimeoutMs: 300 });
    await expect(first).rejects.toThrow(/cannot connect to NATS at nats:\/\/127\.0\.0\.1:1 within/);
    await expect(first).rejects.toThrow(/start nats-server/);
  });

  it('waits for a server that starts later than the engine', async () => {
    await nats.halt();
    const connecting = connectNats({ url: nats.url });
    await nats.restart();
    const connection = await connecting;
    expect(connection.isClosed()).toBe(false);
    await connection.close();
  });

  it('takes user and password from options or address, and reports a refusal at once', async () => {
    const server = (await findNatsServer(process.env)) ?? '';
    const dir = await mkdtemp(join(tmpdir(), 'nats-auth-'));
    const settings = 'authorization { user: ann, password: "p@ss" }';
    const closed = await startLocalNats({ server, dir, settings });
    const byOption = await connectNats({ url: closed.url, user: 'ann', password: 'p@ss' });
    await byOption.close();
    const address = closed.url.replace('//', '//ann:p%40ss@');
    await (await connectNats({ url: address })).close();
    const wrong = connectNats({ url: closed.url, user: 'ann', password: 'no' });
    await expect(wrong).rejects.toThrow(/refuses the credentials/);
    await closed.stop();
    await rm(dir, { recursive: true });
  });

  it('names a credentials file that cannot be read', async () => {
    const connecting = connectNats({ url: nats.url, credentialsFile: '/nowhere/x.creds' });
    await expect(connecting).rejects.toThrow(/credentials file \/nowhere\/x\.creds/);
  });
});

describe('parseServers', () => {
  it('reads lists, ports, secrets and tls', () => {
    expect(parseServers('localhost')).toEqual({ servers: ['localhost:4222'], secure: false });
    expect(parseServers('tls://a:1, nats://[::1]:2')).toEqual({
      servers: ['a:1', '[::1]:2'],
      secure: true,
    });
    expect(parseServers('nats://t0ken@a:1')).toMatchObject({ token: 't0ken' });
    expect(parseServers('nats://u:p%3A@a:1')).toMatchObject({ user: 'u', password: 'p:' });
    expect(() => parseServers('http://a:1')).toThrow(
      /nats\.url: "http:\/\/a:1" is no NATS address/,
    );
    expect(withoutSecrets('nats://u:p@a:1,nats://t@b')).toBe('nats://a:1,nats://b');
    expect(withoutSecrets('nats://u:p/q,r@s@a:1')).toBe('nats://a:1');
  });
});

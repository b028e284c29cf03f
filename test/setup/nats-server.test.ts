// The order in which a nats-server is looked for, and what is said when there is none.
import { chmod, mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runQuiet } from '#setup/children.mjs';
import { NATS_VERSION, releasePath } from '#setup/nats-release.mjs';
import { ensureNatsServer, onPath, throughApt, throughDocker, WAYS } from '#setup/nats-server.mjs';
import { put, scratch } from './scratch.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const say = () => undefined;
const real = onPath({ env: process.env });
const realPath = 'no' in real ? null : (real.env.STOCKPULSE_NATS_SERVER ?? null);

async function executable(root: string, path: string): Promise<string> {
  await put(root, path, '#!/bin/sh\n');
  await chmod(join(root, path), 0o755);
  return join(root, path);
}

it('takes the server that STOCKPULSE_NATS_URL names before all else', async () => {
  const root = await scratch({});
  const env = { PATH: '', STOCKPULSE_NATS_URL: 'nats://127.0.0.1:1', STOCKPULSE_NATS_SERVER: 'x' };
  const found = await ensureNatsServer({ root, env, say });
  expect(found).toMatchObject({ kind: 'url', env: {} });
});

it('takes the binary or image that STOCKPULSE_NATS_SERVER names before PATH', async () => {
  const root = await scratch({});
  const server = await executable(root, 'mine/nats-server');
  const found = await ensureNatsServer({ root, env: { STOCKPULSE_NATS_SERVER: server }, say });
  expect(found).toMatchObject({ kind: 'binary', env: { STOCKPULSE_NATS_SERVER: server } });
  const image = { STOCKPULSE_NATS_SERVER: 'docker:nats:2.14.3' };
  expect(await ensureNatsServer({ root, env: image, say })).toMatchObject({ kind: 'docker' });
});

it('refuses a STOCKPULSE_NATS_SERVER that cannot be run rather than taking another', async () => {
  const root = await scratch({ 'nats-server': 'not executable' });
  const env = { STOCKPULSE_NATS_SERVER: join(root, 'nats-server') };
  await expect(ensureNatsServer({ root, env, say })).rejects.toThrow('no executable file');
});

it('takes the first on PATH, then the folders of the package', async () => {
  const root = await scratch({ 'c/nats-server': 'not executable' });
  const first = await executable(root, 'a/nats-server');
  await executable(root, 'b/nats-server');
  await mkdir(join(root, 'd/nats-server'), { recursive: true });
  const folders = ['c', 'd', 'a', 'b'].map((one) => join(root, one));
  expect(onPath({ env: { PATH: folders.join(delimiter) }, extraFolders: [] })).toMatchObject({
    env: { STOCKPULSE_NATS_SERVER: first },
  });
  expect(onPath({ env: { PATH: '' }, extraFolders: [join(root, 'a')] })).toMatchObject({
    env: { STOCKPULSE_NATS_SERVER: first },
  });
  expect(onPath({ env: { PATH: join(root, 'c') }, extraFolders: [] })).toHaveProperty('no');
});

it.skipIf(realPath === null)('finds a nats-server that really runs', async () => {
  const { output } = await runQuiet(realPath ?? '', ['--version'], { timeoutMs: 10_000 });
  expect(output).toMatch(/nats-server: v2\.\d+\.\d+/);
});

it('takes an earlier download before anything that must be fetched', async () => {
  const root = await scratch({});
  const binary = await executable(releasePath(root), '../nats-server');
  const ways = WAYS.filter((way) => way.name !== 'onPath');
  const found = await ensureNatsServer({ root, env: { PATH: '' }, say, ways });
  expect(found.env.STOCKPULSE_NATS_SERVER).toBe(binary);
});

it('goes on without Docker where there is no docker command', async () => {
  const outcome = await throughDocker({ env: { PATH: '/nowhere' }, say });
  expect(outcome).toMatchObject({ no: expect.stringContaining('no Docker engine') });
});

const docker = await runQuiet('docker', ['--version'], { timeoutMs: 10_000 });

it.skipIf(docker.code !== 0)('goes on when a docker command waits for a mute engine', async () => {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
  const address = mute.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const env = { ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${port}` };
  const outcome = await throughDocker({ env, say, askLimitMs: 1_000 });
  expect(outcome).toEqual({ no: 'no Docker engine (no answer in time)' });
});

it.skipIf(process.getuid?.() !== 0 || realPath !== '/usr/sbin/nats-server')(
  'installs the package by apt-get as root, saying so first',
  async () => {
    const said: string[] = [];
    const found = await throughApt({ env: process.env, say: (line) => said.push(line) });
    expect(said).toEqual([expect.stringContaining('apt-get, as root')]);
    expect(found).toMatchObject({ env: { STOCKPULSE_NATS_SERVER: '/usr/sbin/nats-server' } });
  },
  240_000,
);

it('says what was tried and the three ways out when nothing works', async () => {
  const root = await scratch({});
  const ways = [() => ({ no: 'no nats-server on PATH' }), () => ({ no: '' })];
  const failure = await ensureNatsServer({ root, env: {}, say, ways }).catch(
    (error: Error) => error.message,
  );
  expect(failure).toContain('  - no nats-server on PATH\n');
  expect(failure).toContain('1. install it');
  expect(failure).toContain(`nats:${NATS_VERSION}`);
  expect(failure).toContain('3. set STOCKPULSE_NATS_URL');
});

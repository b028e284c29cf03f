// Claims about the nats-server that we start ourselves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findNatsServer } from '../../../connectors/nats/find-server.js';
import { startLocalNats } from '../../../connectors/nats/local-server.js';
import { startTestNats } from '../../servers/nats.js';

let dir = '';
let server = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'local-nats-'));
  server = (await findNatsServer(process.env)) ?? 'nats-server';
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('startLocalNats', () => {
  it('answers with JetStream on a free loopback port, and is gone after stop', async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const nats = await startLocalNats({ server, dir: join(dir, 'plain'), log });
    const connection = await connect({ servers: nats.url });
    expect(connection.info?.jetstream).toBe(true);
    expect(connection.info?.host).toBe('127.0.0.1');
    await connection.close();
    expect(isAlive(nats.pid)).toBe(true);
    await nats.stop();
    await nats.stop();
    expect(isAlive(nats.pid)).toBe(false);
    expect(await nats.exited).toMatch(/exit code|signal/);
    expect(lines.join('\n')).toContain('Server is ready');
  });

  it('says which port is taken, with the last lines of the log', async () => {
    const first = await startLocalNats({ server, dir: join(dir, 'first') });
    const second = startLocalNats({ server, dir: join(dir, 'second'), port: first.port });
    await expect(second).rejects.toThrow(`port ${first.port} is taken`);
    await expect(second).rejects.toThrow(/address already in use/);
    await first.stop();
  });

  it('says what to do when there is no such binary', async () => {
    const start = startLocalNats({ server: join(dir, 'absent'), dir: join(dir, 'none') });
    await expect(start).rejects.toThrow(/cannot run nats-server .*absent.*STOCKPULSE_NATS_SERVER/);
  });

  it('names the folder that it cannot write to', async () => {
    const file = join(dir, 'a-file');
    await writeFile(file, '');
    const start = startLocalNats({ server, dir: join(file, 'below') });
    await expect(start).rejects.toThrow(/cannot write to the folder .*below/);
  });

  it('reports an early end with what the server said, and a silent one after the limit', async () => {
    const script = async (name: string, body: string): Promise<string> => {
      const path = join(dir, name);
      const version = '[ "$1" = --version ] && { echo "nats-server: v2.9.0"; exit 0; }';
      await writeFile(path, `#!/bin/sh\n${version}\n${body}\n`, { mode: 0o755 });
      return path;
    };
    const dies = await script('dies', 'echo "[FTL] disk on fire" >&2; exit 3');
    const early = startLocalNats({ server: dies, dir: join(dir, 'early') });
    await expect(early).rejects.toThrow(/ended before it answered \(exit code 3\)/);
    await expect(early).rejects.toThrow(/disk on fire/);
    const hangs = await script('hangs', 'echo thinking; exec sleep 600');
    const options = { server: hangs, dir: join(dir, 'mute'), startTimeoutMs: 300 };
    await expect(startLocalNats(options)).rejects.toThrow(
      /does not answer after 300 ms.*thinking/s,
    );
  });

  it('asks only servers that know the setting to sync at intervals', async () => {
    const fake = join(dir, 'newer');
    const body = '[ "$1" = --version ] && { echo "nats-server: v2.12.3"; exit 0; }; exit 1';
    await writeFile(fake, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    await expect(startLocalNats({ server: fake, dir: join(dir, 'new') })).rejects.toThrow();
    expect(await readFile(join(dir, 'new/nats-server.conf'), 'utf8')).toContain(
      'sync_interval: "5s"',
    );
  });

  it('ends with its parent even when that is killed hard', async () => {
    const url = new URL('../../../connectors/nats/local-server.ts', import.meta.url).href;
    const code = `
      const { startLocalNats } = await import(${JSON.stringify(url)});
      const nats = await startLocalNats({
        server: ${JSON.stringify(server)}, dir: ${JSON.stringify(join(dir, 'orphan'))} });
      console.log(nats.pid);
      setInterval(() => undefined, 1000);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', code];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000 });
  });
});

describe('findNatsServer', () => {
  it('takes the named server first, then PATH, and knows the folders that PATH often lacks', async () => {
    const named = { STOCKPULSE_NATS_SERVER: 'docker:nats:2.12', PATH: '/usr/sbin' };
    expect(await findNatsServer(named)).toBe('docker:nats:2.12');
    const own = join(dir, 'nats-server');
    await writeFile(own, '#!/bin/sh\n', { mode: 0o755 });
    expect(await findNatsServer({ PATH: `/nowhere:${dir}` })).toBe(own);
  });
});

describe('startTestNats', () => {
  it('comes back on the same port after kill -9', async () => {
    const nats = await startTestNats();
    await nats.kill();
    await nats.restart();
    const connection = await connect({ servers: nats.url });
    expect(connection.info?.port).toBe(nats.port);
    await connection.close();
    await nats.stop();
  });
});

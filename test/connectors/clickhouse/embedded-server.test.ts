// The process that holds the engine: crashes, a second one, the end of its parent.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClickHouse } from '../../../connectors/clickhouse/client.js';
import {
  type EmbeddedClickHouse,
  startEmbeddedClickHouse,
} from '../../../connectors/clickhouse/embedded-server.js';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-embedded-'));
  undo.push(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

async function started(
  options: Parameters<typeof startEmbeddedClickHouse>[0],
): Promise<EmbeddedClickHouse> {
  const server = await startEmbeddedClickHouse(options);
  undo.push(() => server.stop());
  return server;
}

function clientOf(server: EmbeddedClickHouse) {
  const client = createClickHouse({
    url: server.url,
    username: server.username,
    password: server.password,
    database: 'default',
  });
  undo.push(() => client.close());
  return client;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const patience = { timeout: 20_000, interval: 50 };

describe('startEmbeddedClickHouse', () => {
  it('keeps the data over a stop and a start', async () => {
    const dir = await folder();
    const first = await started({ dir });
    await clientOf(first).command({
      query: 'CREATE TABLE kept ENGINE = MergeTree ORDER BY n AS SELECT 7 AS n',
    });
    await first.stop();
    await first.stop();
    expect(first.state).toBe('stopped');
    const client = clientOf(await started({ dir }));
    const result = await client.query({ query: 'SELECT n FROM kept', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ n: 7 }]);
  });

  it('starts again after a crash, at the same address and with the data', async () => {
    const restarts: number[] = [];
    const server = await started({ dir: await folder(), onRestart: (n) => restarts.push(n) });
    const client = clientOf(server);
    await client.command({
      query: 'CREATE TABLE kept ENGINE = MergeTree ORDER BY n AS SELECT 7 AS n',
    });
    const { pid, url } = server;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(restarts).toEqual([1]), patience);
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    const result = await client.query({ query: 'SELECT n FROM kept', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ n: 7 }]);
  });

  it('gives up, and says so, when it crashes again and again', async () => {
    const server = await started({ dir: await folder(), maxRestarts: 0 });
    process.kill(server.pid, 'SIGKILL');
    expect(await server.gaveUp).toContain('SIGKILL');
    expect(server.state).toBe('failed');
  });

  it('can be stopped while it is down and about to start again', async () => {
    const server = await started({ dir: await folder() });
    process.kill(server.pid, 'SIGKILL');
    await vi.waitFor(() => expect(server.state).toBe('down'), patience);
    await server.stop();
    expect(server.state).toBe('stopped');
    expect(alive(server.pid)).toBe(false);
  });

  it('refuses a data folder that another process uses, and names it', async () => {
    const dir = await folder();
    await started({ dir });
    await expect(startEmbeddedClickHouse({ dir })).rejects.toThrow(
      `${dir} is in use by another process`,
    );
  });

  it('says what to do where the package is missing or broken', async () => {
    const dir = await folder();
    await expect(startEmbeddedClickHouse({ dir, chdb: join(dir, 'none') })).rejects.toThrow(
      'did not start',
    );
  });

  it('ends with its parent, also when that is killed', async () => {
    const dir = await folder();
    const script = join(dir, 'parent.mts');
    const source = pathToFileURL(join('connectors', 'clickhouse', 'embedded-server.ts')).href;
    await writeFile(
      script,
      `import { startEmbeddedClickHouse } from ${JSON.stringify(source)};
       const server = await startEmbeddedClickHouse({ dir: ${JSON.stringify(join(dir, 'data'))} });
       process.send(server.pid);
       setInterval(() => undefined, 1000);`,
    );
    const parent = fork(script, [], { execArgv: ['--import', 'tsx'] });
    const [pid]: number[] = await once(parent, 'message');
    expect(alive(pid ?? 0)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(alive(pid ?? 0)).toBe(false), patience);
  });
});

// `stockpulse doctor` against real servers, real faults, and a machine where all is well.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { whyNoChdb } from '#setup/chdb.mjs';
import { loadSettings } from '../../../config/settings.js';
import { findNatsServer } from '../../../connectors/nats/find-server.js';
import { asTable, diagnose, registerDoctor } from '../../../engine/cli/doctor.js';
import { checkNode } from '../../../engine/cli/doctor-machine.js';
import { checkClickHouse } from '../../../engine/cli/doctor-servers.js';
import { startBareNats } from '../../servers/nats.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const server = await findNatsServer(process.env);

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-doctor-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** This machine without whatever settings it has, and with `more`. */
async function environment(more: Record<string, string> = {}) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^STOCKPULSE_(?!NATS_SERVER|CHDB)/.test(name),
  );
  const basic = { STOCKPULSE_DATA_DIR: await folder(), STOCKPULSE_HTTP_PORT: '0' };
  return { ...Object.fromEntries(own), ...basic, ...more };
}

async function check(part: string, more: Record<string, string>) {
  const { checks } = await diagnose({ env: await environment(more) });
  return checks.find((one) => one.part === part);
}

describe.skipIf(server === null || server.startsWith('docker:'))('stockpulse doctor', () => {
  it('finds a prepared machine healthy, part by part', async () => {
    const { checks, healthy } = await diagnose({ env: await environment() });
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(healthy).toBe(true);
    expect(checks.find(({ part }) => part === 'NATS')?.found).toMatch(/JetStream on, 0 streams/);
    expect(checks.find(({ part }) => part === 'ClickHouse')?.found).toMatch(/^embedded, \d+\./);
    expect(checks.find(({ part }) => part === 'TensorFlow')?.found).toMatch(/^(wasm|tfjs-node), /);
  });

  it('says which NATS cannot be reached, without its password', async () => {
    const finding = await check('NATS', {
      STOCKPULSE_NATS_URL: 'nats://127.0.0.1:1',
      STOCKPULSE_NATS_USER: 'me',
      STOCKPULSE_NATS_PASSWORD: 'hidden-word',
    });
    expect(finding).toMatchObject({ state: 'failed', todo: expect.stringContaining('nats.url') });
    expect(finding?.found).toContain('nats://127.0.0.1:1 cannot be reached');
    expect(JSON.stringify(finding)).not.toContain('hidden-word');
  });

  it('shows no password, token or key, wherever it was given', async () => {
    const { checks } = await diagnose({
      env: await environment({
        STOCKPULSE_NATS_URL: 'nats://me:hidden%2Fword@127.0.0.1:1',
        STOCKPULSE_CLICKHOUSE_URL: 'http://me:hidden-word@127.0.0.1:1',
        STOCKPULSE_CLICKHOUSE_PASSWORD: 'hidden-word',
        STOCKPULSE_HTTP_TOKEN: 'hidden-token-of-http',
      }),
    });
    const found = (part: string) => checks.find((one) => one.part === part)?.found ?? '';
    expect(found('NATS')).toContain('127.0.0.1:1');
    expect(found('ClickHouse')).toContain('@127.0.0.1:1');
    expect(JSON.stringify(checks)).not.toContain('hidden');
  });

  it('says that a NATS server has no JetStream, and how it gets it', async () => {
    const finding = await check('NATS', { STOCKPULSE_NATS_URL: await startBareNats() });
    expect(finding).toMatchObject({ state: 'failed', todo: expect.stringContaining('-js') });
    expect(finding?.found).toContain('has no JetStream');
  });

  it('says that ClickHouse does not answer, and that history may be switched off', async () => {
    const url = { STOCKPULSE_CLICKHOUSE_URL: 'http://127.0.0.1:1' };
    expect(await check('ClickHouse', url)).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('http://127.0.0.1:1 does not answer'),
    });
    const off = { ...url, STOCKPULSE_CLICKHOUSE_ENABLED: 'false' };
    expect(await check('ClickHouse', off)).toMatchObject({ state: 'ok' });
  });

  it('notes that chdb is not installed yet, since run installs it by itself', async () => {
    const { clickhouse } = loadSettings({ env: {} });
    const finding = await checkClickHouse(clickhouse, {}, { root: await folder() });
    expect(finding).toMatchObject({
      state: whyNoChdb() === null ? 'note' : 'failed',
      todo: expect.stringContaining('STOCKPULSE_CLICKHOUSE_URL'),
    });
  });

  it('finds a data folder that cannot be written to', async () => {
    const file = join(await folder(), 'file');
    await writeFile(file, '');
    for (const dir of [join(file, 'data'), '/proc/data']) {
      const finding = await check('data folder', { STOCKPULSE_DATA_DIR: dir });
      expect(finding).toMatchObject({ state: 'failed', todo: expect.stringContaining('data.dir') });
    }
  });

  it('tells a port that another program has from one that stockpulse has', async () => {
    const mute = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    const own = createHttpServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    onTestFinished(() => void [mute, own].map((one) => one.close()));
    await vi.waitUntil(() => mute.listening && own.listening);
    const port = (one: { address(): unknown }) => String((one.address() as AddressInfo).port);
    expect(await check('HTTP port', { STOCKPULSE_HTTP_PORT: port(mute) })).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('EADDRINUSE'),
    });
    expect(await check('HTTP port', { STOCKPULSE_HTTP_PORT: port(own) })).toMatchObject({
      state: 'note',
    });
  });

  it('names wrong settings and goes on with the other parts', async () => {
    const env = await environment({ STOCKPULSE_BATCH_MAX: '0', STOCKPULSE_BATCH_MAKS: '1' });
    const { healthy, checks } = await diagnose({ env });
    expect(healthy).toBe(false);
    const settings = checks.find(({ part }) => part === 'settings');
    expect(settings).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('batch.max'),
    });
    expect(checks.length).toBeGreaterThan(6);
    const mistyped = await check('settings', { STOCKPULSE_BATCH_MAKS: '1' });
    expect(mistyped).toMatchObject({ state: 'note', found: expect.stringContaining('BATCH_MAX') });
  });

  it('with --json prints one object and fails when something needed is missing', async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    vi.stubEnv('STOCKPULSE_NATS_URL', 'nats://127.0.0.1:1');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      process.exitCode = undefined;
    });
    const program = new Command('stockpulse');
    registerDoctor(program);
    await program.parseAsync(['doctor', '--json'], { from: 'user' });
    write.mockRestore();
    expect(process.exitCode).toBe(1);
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ healthy: false });
  });
});

it('refuses an old Node.js', async () => {
  expect(await checkNode('20.18.9')).toMatchObject({ state: 'failed' });
  expect(await checkNode('20.19.0')).toMatchObject({ state: 'note' });
  expect(await checkNode('24.1.0')).toMatchObject({ state: 'ok' });
});

it('shows a table in which nothing is cut off, however narrow', () => {
  const found = `a path ${'/long'.repeat(40)} and a few words more`;
  const checks = [{ part: 'NATS', state: 'failed', found, todo: 'start it' }] as const;
  const table = asTable({ healthy: false, checks }, 60);
  const cells = table.split('\n').map((line) => line.split('│')[3]?.trim() ?? '');
  expect(cells.join('').replaceAll(/\s/g, '')).toContain(found.replaceAll(/\s/g, ''));
  expect(table).toContain('→ start it');
  expect(table).toContain('Needed and not here, or wrong: NATS.');
  for (const line of table.split('\n')) expect(line.length).toBeLessThan(80);
});

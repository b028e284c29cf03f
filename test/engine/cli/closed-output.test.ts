// Commands whose reader goes away before they are done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startTestNats } from '../../servers/nats.js';
import { StockpulseProcess } from '../e2e/stockpulse-process.js';
import { until } from '../e2e/until.js';
import { stockpulseCommand } from './stockpulse-command.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-pipe-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

/** Runs a command whose outputs nobody reads; gives its exit code. */
async function unread(args: readonly string[], closed: readonly ('stdout' | 'stderr')[]) {
  const all = [...(await stockpulseCommand()), ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const name of ['stdout', 'stderr'] as const) {
    if (closed.includes(name)) child[name].destroy();
    else child[name].on('data', (chunk) => (said += String(chunk)));
  }
  const [code] = await once(child, 'close');
  return { code: code as number, said };
}

it('asyncapi ends with 0 and without a word where nobody reads it', async () => {
  expect(await unread(['asyncapi'], ['stdout'])).toEqual({ code: 0, said: '' });
});

it('replay ends with the code that it would have had', async () => {
  const dir = await folder();
  const good = join(dir, 'good.ndjson');
  const torn = join(dir, 'torn.ndjson.gz');
  await writeFile(good, '{"id":"t","type":"control.tick","time":"2026-01-01T00:00:00Z"}\n');
  await writeFile(torn, Buffer.from([0x1f, 0x8b, 8, 0, 0]));
  const replay = (file: string) => ['replay', file, '--out', join(dir, 'out')];
  expect(await unread(replay(good), ['stdout', 'stderr'])).toMatchObject({ code: 0 });
  expect(await unread(replay(torn), ['stdout', 'stderr'])).toMatchObject({ code: 1 });
});

it('an engine goes on deciding when nobody takes its log any more', async () => {
  const nats = await startTestNats();
  onTestFinished(() => nats.stop());
  const dir = await folder();
  const settings = {
    nats: { url: nats.url },
    clickhouse: { enabled: false },
    data: { dir: join(dir, 'data') },
    http: { port: 0 },
    log: { level: 'debug', pretty: 'never' },
    snapshot: { interval: '1s' },
  };
  const engine = await StockpulseProcess.run({ dir, settings: JSON.stringify(settings) });
  onTestFinished(() => engine.signal('SIGKILL'));
  const url = await engine.up();
  engine.closeOutput();
  // Losing NATS is logged, and so is having it again.
  await nats.halt();
  const ready = async () => (await fetch(new URL('/readyz', url))).status;
  await until('it sees that NATS is away', async () => (await ready()) !== 200);
  await nats.restart();
  await until('it is ready again', async () => (await ready()) === 200);
  engine.signal('SIGTERM');
  expect(await engine.ended).toBe(0);
});

// Recorded events reach a real NATS server, paced or not, once, and whole.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jetstreamManager } from '@nats-io/jetstream';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats } from '../../../connectors/nats/connect.js';
import { runProgram } from '../../../engine/cli/exit.js';
import { registerPublish } from '../../../engine/cli/publish.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';

let nats: TestNats;
let folder: string;

beforeAll(async () => {
  nats = await startTestNats();
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-publish-'));
});

afterAll(async () => {
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await withManager(async (manager) => {
    await manager.streams.delete('EVENTS').catch(() => false);
  });
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

async function withManager<T>(
  use: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>,
): Promise<T> {
  const connection = await connectNats({ url: nats.url });
  try {
    return await use(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}

/** Messages of stream EVENTS in order. */
async function stored(): Promise<{ subject: string; id: string; data: string }[]> {
  return await withManager(async (manager) => {
    const { state } = await manager.streams.info('EVENTS');
    const messages = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage('EVENTS', { seq });
      if (message === null) continue;
      const id = message.header.get('Nats-Msg-Id');
      messages.push({ subject: message.subject, id, data: message.string() });
    }
    return messages;
  });
}

async function publish(...args: string[]) {
  const out: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(String(text));
    return true;
  });
  const err: string[] = [];
  const program = new Command('stockpulse');
  registerPublish(program);
  const all = ['publish', '--url', nats.url, '--json', ...args];
  const code = await runProgram(program, all, { err: { write: (text) => err.push(text) } });
  vi.restoreAllMocks();
  const text = out.join('');
  const summary = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { code, summary, err: err.join('') };
}

function event(i: number, time: string | number = `2026-01-01T00:00:${10 + i}Z`): string {
  const lines = [{ sku: `SKU-${i}`, quantity: 1 }];
  return JSON.stringify({
    id: `e${i}`,
    type: 'order.placed',
    time,
    orderId: `o${i}`,
    location: 'L1',
    lines,
  });
}

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

describe('publish', () => {
  it('sends every line of plain and packed files, in order, under its id, as it stands', async () => {
    const a = await file('a.ndjson', [event(1), event(2)]);
    const b = await file('b.ndjson.gz', [event(3)]);
    const { code, summary } = await publish(a, b);
    expect(code).toBe(0);
    expect(summary).toMatchObject({
      published: 3,
      malformed: 0,
      lastLine: 3,
      firstTime: '2026-01-01T00:00:11.000Z',
      lastTime: '2026-01-01T00:00:13.000Z',
      interrupted: false,
      problems: [],
    });
    expect(await stored()).toEqual(
      [1, 2, 3].map((i) => ({ subject: 'events.order.L1', id: `e${i}`, data: event(i) })),
    );
  });

  it('twice stores once', async () => {
    const path = await file('twice.ndjson', [event(1), event(2), 'not json']);
    await publish(path);
    await publish(path);
    expect(await stored()).toHaveLength(3);
  });

  it('sends what is no event whole, for the engine to refuse', async () => {
    const odd = ['{"id":1}', 'not json', '[]', event(1), '{"id":"x","type":"stock.counted"}'];
    const { code, summary, err } = await publish(await file('odd.ndjson', odd));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(summary).toMatchObject({ published: 5, malformed: 4 });
    const messages = await stored();
    expect(messages.map((m) => m.data)).toEqual(odd);
    expect(messages.map((m) => m.subject)).toEqual([
      'events.unknown',
      'events.unknown',
      'events.unknown',
      'events.order.L1',
      'events.stock',
    ]);
  });

  it('reads the place of a CloudEvent from its data', async () => {
    const cloud = JSON.stringify({
      specversion: '1.0',
      source: 'shop',
      id: 'c1',
      type: 'stock.counted',
      time: '2026-01-01T00:00:00Z',
      data: { location: 'L 2', sku: 'a', quantity: 1 },
    });
    await publish(await file('cloud.ndjson', [cloud]));
    expect(await stored()).toEqual([{ subject: 'events.stock.L%202', id: 'c1', data: cloud }]);
  });

  it('packs several events into a message where that is wanted', async () => {
    const path = await file(
      'pack.ndjson',
      [1, 2, 3, 4, 5].map((i) => event(i)),
    );
    expect((await publish('--pack', '2', path)).summary).toMatchObject({ published: 5 });
    const messages = await stored();
    expect(messages).toHaveLength(3);
    expect(messages.map((m) => m.data.trimEnd()).join('\n')).toBe(
      [1, 2, 3, 4, 5].map((i) => event(i)).join('\n'),
    );
  });

  it('goes on after a line', async () => {
    const path = await file('after.ndjson', [event(1), event(2), event(3)]);
    expect((await publish('--after', '2', path)).summary).toMatchObject({
      published: 1,
      lastLine: 3,
    });
    expect((await stored()).map((m) => m.id)).toEqual(['e3']);
  });

  it('keeps the recorded time, so many times faster', async () => {
    const path = await file('paced.ndjson', [event(0, 0), event(1, 60_000), event(2, 30_000)]);
    const { summary } = await publish('--speed', '200', path);
    expect(summary).toMatchObject({ published: 3 });
    // A minute 200 times faster; the late one after it waits for nothing.
    expect(summary.seconds).toBeGreaterThanOrEqual(0.298);
  });

  it('ends with 1 where a file cannot be read whole, and still sends what it could', async () => {
    const path = join(folder, 'torn.ndjson.gz');
    const whole = gzipSync(`${[1, 2, 3].map((i) => event(i)).join('\n')}\n`);
    await writeFile(path, whole.subarray(0, whole.length - 9));
    const { code, summary } = await publish(path);
    expect(code).toBe(1);
    expect(summary.problems).toEqual([expect.stringContaining('torn.ndjson.gz')]);
  });

  it('ends with 2 where a file is missing, and sends nothing of the others', async () => {
    const missing = join(folder, 'nowhere.ndjson');
    const { code, err } = await publish(await file('there.ndjson', [event(1)]), missing);
    expect({ code, err }).toEqual({ code: 2, err: `stockpulse: ${missing}: no such file\n` });
    await withManager(async (manager) => {
      await expect(manager.streams.info('EVENTS')).rejects.toThrow();
    });
  });

  it.each([
    [['--speed', '0'], '--speed must be a number above 0, or max, got "0"'],
    [['--speed', 'fast'], '--speed must be'],
    [['--pack', '0'], '--pack must be a whole number >= 1'],
    [['--after', '-1'], '--after must be'],
    [['--url', 'http://x'], 'option nats.url must be nats://HOST:PORT'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, err } = await publish(...args, await file('x.ndjson', [event(1)]));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('stops at Ctrl-C with everything acknowledged, and says where to go on', async () => {
    const times = Array.from({ length: 2000 }, (_, i) => event(i, i * 20));
    const path = await file('long.ndjson', times);
    const script = `
      import { Command } from 'commander';
      import { runProgram } from './engine/cli/exit.ts';
      import { registerPublish } from './engine/cli/publish.ts';
      const program = new Command('stockpulse');
      registerPublish(program);
      process.exitCode = await runProgram(program, process.argv.slice(1));
    `;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, '--'];
    const child = spawn(
      process.execPath,
      [...args, 'publish', '--url', nats.url, '--speed', '1', '--json', path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    await expect
      .poll(
        () =>
          stored().then(
            (m) => m.length,
            () => 0,
          ),
        { timeout: 60_000, interval: 250 },
      )
      .toBeGreaterThan(3);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const summary = JSON.parse(out) as {
      published: number;
      lastLine: number;
      interrupted: boolean;
    };
    expect(summary.interrupted).toBe(true);
    expect(summary.lastLine).toBe(summary.published);
    expect(summary.published).toBeLessThan(2000);
    expect(await stored()).toHaveLength(summary.published);
  }, 90_000);
});

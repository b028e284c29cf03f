// `stockpulse replay` as it is called: exit codes, what is written, and what never is by halves.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../../engine/cli/exit.js';
import { registerReplay } from '../../../engine/cli/replay.js';
import { stockpulseCommand } from './stockpulse-command.js';

const OUTPUTS = ['alerts', 'forecasts', 'positions', 'refused', 'signals'];
const FILES = [...OUTPUTS.map((name) => `${name}.ndjson`), 'summary.json'];

let folder: string;
let events: string;

interface Summary {
  readonly events: { readonly read: number; readonly applied: number };
  readonly problems: readonly { file: string; line: number; reason: string }[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-replay-'));
  events = join(folder, 'events.ndjson');
  await writeFile(events, linesOf(20));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** A count of ten units, then orders of one each. */
function linesOf(count: number): string {
  const place = { sku: 'a', quantity: 10, location: 'L1' };
  const time = (i: number): string => new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString();
  const orders = Array.from({ length: count - 1 }, (_, i) => ({
    id: `o${i}`,
    type: 'order.placed',
    time: time(i + 1),
    orderId: `o${i}`,
    location: 'L1',
    lines: [{ sku: 'a', quantity: 1 }],
  }));
  const all = [{ id: 'c', type: 'stock.counted', time: time(0), ...place }, ...orders];
  return all.map((event) => `${JSON.stringify(event)}\n`).join('');
}

async function outFolder(): Promise<string> {
  return join(await mkdtemp(join(folder, 'run-')), 'deep', 'out');
}

async function run(...args: string[]) {
  const out: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(String(text));
    return true;
  });
  const warned: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    warned.push(String(text));
    return true;
  });
  const err: string[] = [];
  const program = new Command('stockpulse');
  registerReplay(program);
  const code = await runProgram(program, ['replay', ...args], {
    env: {},
    err: { write: (text) => err.push(text) },
  });
  vi.restoreAllMocks();
  return { code, out: out.join(''), err: err.join('') + warned.join('') };
}

async function summaryIn(out: string): Promise<Summary> {
  return JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as Summary;
}

describe('stockpulse replay', () => {
  it('ends with 0, makes the folder, writes all files, prints what it found', async () => {
    const out = await outFolder();
    const { code, out: printed } = await run(events, '--out', out);
    expect(code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(FILES);
    expect(printed).toMatch(/events read +20/);
    expect(printed).toMatch(/turnover a year +too short to say/);
    const positions = await readFile(join(out, 'positions.ndjson'), 'utf8');
    expect(JSON.parse(positions)).toMatchObject({
      ...{ sku: 'a', location: 'L1', onHand: 10, allocated: 10, backordered: 9, available: 0 },
    });
  });

  it('prints the summary as JSON with --json, the same as in the file', async () => {
    const out = await outFolder();
    const { out: printed } = await run(events, '--out', out, '--json');
    expect(JSON.parse(printed)).toEqual(await summaryIn(out));
  });

  it('reads several files in the order given, packed or not', async () => {
    const [head, tail] = [join(folder, 'head.ndjson.gz'), join(folder, 'tail.ndjson')];
    const lines = linesOf(20).split('\n');
    await writeFile(head, gzipSync(`${lines.slice(0, 7).join('\n')}\n`));
    await writeFile(tail, lines.slice(7).join('\n'));
    const [whole, parts] = [await outFolder(), await outFolder()];
    await run(events, '--out', whole);
    await run(head, tail, '--out', parts);
    for (const name of OUTPUTS) {
      const read = (dir: string) => readFile(join(dir, `${name}.ndjson`), 'utf8');
      expect(await read(parts)).toBe(await read(whole));
    }
  });

  it('ends with 1 where a gzip file is torn, writes what was read, and says so', async () => {
    const torn = join(folder, 'torn.ndjson.gz');
    const packed = gzipSync(linesOf(5_000));
    await writeFile(torn, packed.subarray(0, Math.floor(packed.length * 0.6)));
    const out = await outFolder();
    const { code, err } = await run(torn, '--out', out);
    expect(code).toBe(1);
    expect((await readdir(out)).sort()).toEqual(FILES);
    const summary = await summaryIn(out);
    expect(summary.problems).toEqual([
      { file: torn, line: summary.events.read + 1, reason: expect.stringContaining('cannot be') },
    ]);
    expect(summary.events.read).toBeGreaterThan(100);
    expect(summary.events.read).toBeLessThan(5_000);
    expect(summary.events.applied).toBe(summary.events.read);
    expect(err).toContain(torn);
  });

  it('ends with 2 and writes nothing where files are missing or folders, and names each', async () => {
    const out = await outFolder();
    const missing = join(folder, 'nowhere.ndjson');
    const { code, err } = await run(events, missing, folder, join(events, 'x'), '--out', out);
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      `stockpulse: ${missing}: no such file`,
      `${folder}: is a folder; name the files in it`,
      `${join(events, 'x')}: no such file`,
      '',
    ]);
    expect(await readdir(join(out, '..', '..'))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('ends with 2 where a file may not be read', async () => {
    const locked = join(folder, 'locked.ndjson');
    await writeFile(locked, '', { mode: 0 });
    const { code, err } = await run(locked, '--out', await outFolder());
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no right to read') });
  });

  it.each([
    { args: ['--out', 'x'], says: "missing required argument 'files'" },
    { args: ['events.ndjson'], says: "required option '--out <dir>' not specified" },
    { args: ['events.ndjson', '--out', 'x', '--fast'], says: "unknown option '--fast'" },
    { args: ['events.ndjson', '--out', 'x', '--config', 'none.yaml'], says: 'none.yaml cannot be' },
  ])('ends with 2 and writes nothing for $args', async ({ args, says }) => {
    const { code, err, out } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });

  it('ends with 1 and says what is wrong where it cannot write', async () => {
    const taken = join(folder, 'a-file');
    await writeFile(taken, '');
    const { code, err } = await run(events, '--out', join(taken, 'out'));
    expect(code).toBe(1);
    expect(err).toContain(join(taken, 'out'));
  });

  it('leaves no summary and no half file under its name when it is killed', async () => {
    const out = await outFolder();
    await run(events, '--out', out);
    const before = await readFile(join(out, 'positions.ndjson'), 'utf8');
    const args = [...(await stockpulseCommand()), 'replay', '-', '--out', out];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', done));
    // Its input stays open: it has begun and cannot end.
    child.stdin.write(linesOf(1_000));
    const names = async (): Promise<string[]> => (await readdir(out)).sort();
    await expect
      .poll(names, { timeout: 60_000, interval: 50 })
      .toEqual(expect.arrayContaining(['positions.ndjson.partial']));
    child.kill('SIGKILL');
    await ended;
    expect(await names()).not.toContain('summary.json');
    expect(await readFile(join(out, 'positions.ndjson'), 'utf8')).toBe(before);
    expect((await run(events, '--out', out)).code).toBe(0);
    expect(await names()).toEqual(FILES);
  }, 90_000);
});

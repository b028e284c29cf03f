// Whatever the set-up starts ends with it, and hears a signal exactly once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { runQuiet } from '#setup/children.mjs';

const CHILDREN = fileURLToPath(new URL('../../engine/setup/children.mjs', import.meta.url));

/** Counts its interrupts; a second program that it started would outlive it by far. */
const SERVICE = `
  const { spawn } = require('node:child_process');
  const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  let heard = 0;
  process.on('SIGINT', () => {
    heard++;
    setTimeout(() => { console.log('heard ' + heard); process.exit(7); }, 200);
  });
  setInterval(() => {}, 1000);
  console.log('helper ' + helper.pid);
`;

const OUTER = `
  const { passSignalsOn, runHere } = await import(${JSON.stringify(CHILDREN)});
  passSignalsOn();
  process.exitCode = await runHere(process.execPath, ['-e', ${JSON.stringify(SERVICE)}], {});
`;

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('a signal reaches the child once, its exit code comes back, and its helpers end', async () => {
  const outer = spawn(process.execPath, ['--input-type=module', '-e', OUTER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: outer.stdout }).on('line', (line) => lines.push(line));
  await vi.waitUntil(() => lines.length > 0, { timeout: 20_000 });
  const helper = Number(lines[0]?.split(' ')[1]);
  expect(alive(helper)).toBe(true);
  const exit = once(outer, 'close');
  outer.kill('SIGINT');
  expect((await exit)[0]).toBe(7);
  expect(lines.slice(1)).toEqual(['heard 1']);
  await vi.waitUntil(() => !alive(helper), { timeout: 10_000 });
});

it('a command that takes too long is ended with what it started', async () => {
  const script = 'sleep 600 & echo $!; wait';
  const result = await runQuiet('sh', ['-c', script], { timeoutMs: 1_000 });
  expect(result.timedOut).toBe(true);
  await vi.waitUntil(() => !alive(Number(result.output)), { timeout: 10_000 });
});

it('a command is ended with what it started when its signal is aborted', async () => {
  const script = 'sleep 600 & echo $!; wait';
  const signal = AbortSignal.timeout(500);
  const result = await runQuiet('sh', ['-c', script], { timeoutMs: 60_000, signal });
  expect(result).toMatchObject({ timedOut: false, code: 143 });
  await vi.waitUntil(() => !alive(Number(result.output)), { timeout: 10_000 });
});

it('a command that does not exist is an exit code and a reason, not a crash', async () => {
  const result = await runQuiet('/no/such/command', [], { timeoutMs: 1_000 });
  expect(result).toMatchObject({ code: 127, output: expect.stringContaining('ENOENT') });
});

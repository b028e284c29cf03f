// Claims about the lock of a folder: one holder, whatever became of the one before.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FolderLockedError, lockFolder } from '../../../connectors/files/folder-lock.js';

vi.setConfig({ testTimeout: 60_000 });

let dir = '';
let children: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await rm(dir, { recursive: true, force: true });
});

/** Another process that holds the lock of the folder. */
async function holder(): Promise<ChildProcess> {
  const module = new URL('../../../connectors/files/folder-lock.ts', import.meta.url);
  const program =
    `import { lockFolder } from ${JSON.stringify(module.href)};` +
    `await lockFolder(${JSON.stringify(dir)}); console.log('held'); setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

it('is refused while another process holds it, which it names', async () => {
  const child = await holder();
  await expect(lockFolder(dir)).rejects.toThrow(FolderLockedError);
  await expect(lockFolder(dir)).rejects.toThrow(`process ${child.pid} uses the data folder ${dir}`);
});

it('is refused while its holder is stopped and answers nothing', async () => {
  const child = await holder();
  child.kill('SIGSTOP');
  await expect(lockFolder(dir)).rejects.toThrow(FolderLockedError);
  child.kill('SIGCONT');
});

it('is free after its holder was killed, and leaves nothing else behind', async () => {
  const child = await holder();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  const lock = await lockFolder(dir);
  expect(await readdir(dir)).toEqual(['engine.lock']);
  await expect(lockFolder(dir)).rejects.toThrow(FolderLockedError);
  await lock.release();
  expect(await readdir(dir)).toEqual([]);
});

it('is had by one of many that come for what a killed one left', async () => {
  for (let round = 0; round < 10; round++) {
    const child = await holder();
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(dir)));
    const held = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(held.length).toBe(1);
    await held[0]?.release();
    expect(await readdir(dir)).toEqual([]);
  }
}, 60_000);

it('is had although one was killed while it removed what another one had left', async () => {
  const child = await holder();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  const guard = join(dir, 'engine.lock.clearing');
  await mkdir(guard);
  await utimes(guard, new Date(0), new Date(0));
  const lock = await lockFolder(dir);
  expect(await readdir(dir)).toEqual(['engine.lock']);
  await lock.release();
});

it('holds a folder whose path is longer than a socket may have', async () => {
  const deep = join(dir, ...Array.from({ length: 20 }, () => 'quite-a-long-name'));
  const lock = await lockFolder(deep);
  expect(await readdir(deep)).toEqual(['engine.lock']);
  await expect(lockFolder(deep)).rejects.toThrow(FolderLockedError);
  await lock.release();
  expect(await readdir(deep)).toEqual([]);
});

it('says what is wrong where a folder cannot be made', async () => {
  await writeFile(join(dir, 'file'), '');
  await expect(lockFolder(join(dir, 'file', 'below'))).rejects.toThrow(/ENOTDIR/);
});

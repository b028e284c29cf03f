// A lock on a folder that one process holds and that ends with it, however it ends.
import { mkdir, mkdtemp, rm, rmdir, stat, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from './durable.js';

/** Somebody else holds the lock. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
}

export interface FolderLock {
  release(): Promise<void>;
}

const NAME = 'engine.lock';
/** Systems take about a hundred bytes for a socket's path, and some cut a longer one silently. */
const LONGEST_FOLDER = 85;
/** Made by the one process that may remove what a dead one left. */
const GUARD = 'engine.lock.clearing';
const TRIES = 200;
const PAUSE_MS = 50;
/** A guard that is so old was left by a process that died with it. */
const GUARD_OLD_MS = 5_000;
/** A holder that is stopped takes connections and says nothing: it still holds the lock. */
const ANSWER_WITHIN_MS = 500;

/**
 * The lock is a socket in the folder that its holder listens on. The system closes it when the
 * process ends, kill -9 included; then nobody answers and the next one takes its place. It holds
 * between processes of one machine, containers included, not between machines.
 * @throws FolderLockedError when another process holds it; Error when the folder takes no sockets.
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  await mkdir(dir, { recursive: true });
  if (Buffer.byteLength(resolve(dir)) <= LONGEST_FOLDER) {
    const server = await take(resolve(dir), dir);
    return { release: () => closed(server) };
  }
  const near = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    await symlink(resolve(dir), join(near, 'at'));
    const server = await take(join(near, 'at'), dir);
    // The name by which the system knows it is gone by then.
    return { release: () => rm(join(dir, NAME), { force: true }).then(() => closed(server)) };
  } finally {
    await rm(near, { recursive: true });
  }
}

/** @param near the folder by a path that is short enough; `dir` as it is told to people. */
async function take(near: string, dir: string): Promise<Server> {
  const path = join(near, NAME);
  for (let tries = 0; tries < TRIES; tries++) {
    const server = await listen(path);
    if (server !== null) return server;
    const holder = await holderOf(path);
    if (holder !== null) throw lockedBy(dir, holder);
    await clear(near, dir);
  }
  throw new Error(`cannot lock ${dir}: others take and leave the lock all the time; try again`);
}

/** Null: the name is taken. */
function listen(path: string): Promise<Server | null> {
  return new Promise((done, failed) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(null);
      else failed(new Error(`cannot lock ${path}: ${errorText(error)}`, { cause: error }));
    });
    server.listen(path, () => done(server.unref()));
  });
}

/** Who listens, as it says itself ('' where it says nothing); null: nobody. */
function holderOf(path: string): Promise<string | null> {
  return new Promise((done) => {
    let answer = '';
    const socket = connect(path);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.on('data', (text) => {
      answer += text.toString();
    });
    socket.on('close', () => done(answer));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isNobody = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      done(isNobody ? null : answer);
    });
  });
}

/**
 * Removes what a process that is gone has left, one process at a time: between a look and the
 * removal another one could have done both and taken the lock.
 */
async function clear(near: string, dir: string): Promise<void> {
  const guard = join(near, GUARD);
  try {
    await mkdir(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotClear(dir, error);
    await wait(PAUSE_MS);
    const made = await stat(guard).catch(() => null);
    if (made !== null && Date.now() - made.mtimeMs > GUARD_OLD_MS) await removed(guard);
    return;
  }
  try {
    const path = join(near, NAME);
    if (!(await isLeft(path))) return;
    // One that is just being taken answers a moment later.
    await wait(PAUSE_MS);
    if (await isLeft(path)) await rm(path, { force: true });
  } catch (error) {
    throw cannotClear(dir, error);
  } finally {
    await removed(guard);
  }
}

/** It is there, and nobody listens. One that is not there may be anybody's the next moment. */
async function isLeft(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && (await holderOf(path)) === null;
}

/** Somebody else may have removed it. */
async function removed(guard: string): Promise<void> {
  await rmdir(guard).catch(() => undefined);
}

function cannotClear(dir: string, error: unknown): Error {
  return new Error(`cannot remove the lock left in ${dir}: ${errorText(error)}`, { cause: error });
}

function lockedBy(dir: string, holder: string): FolderLockedError {
  const who = holder === '' ? 'another process' : `process ${holder}`;
  return new FolderLockedError(`${who} uses the data folder ${resolve(dir)}: stop it first`);
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

// A lock on a folder that one process holds and that ends with it, however it ends.
import { randomUUID } from 'node:crypto';
import { link, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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
const TRIES = 5;
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
    await takeAway(near, dir);
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
 * Removes what a process that is gone has left. Another one may have done so and taken the lock
 * just before: what was moved aside is looked at again, and put back if somebody answers.
 */
async function takeAway(near: string, dir: string): Promise<void> {
  const path = join(near, NAME);
  const aside = join(near, `${randomUUID().slice(0, 8)}.tmp`);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new Error(`cannot remove the lock left in ${dir}: ${errorText(error)}`, { cause: error });
  }
  const holder = await holderOf(aside);
  if (holder !== null) await link(aside, path);
  await rm(aside, { force: true });
  if (holder !== null) throw lockedBy(dir, holder);
}

function lockedBy(dir: string, holder: string): FolderLockedError {
  const who = holder === '' ? 'another process' : `process ${holder}`;
  return new FolderLockedError(`${who} uses the data folder ${resolve(dir)}: stop it first`);
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

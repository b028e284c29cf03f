// dist/: built when missing or made from other sources than those that lie here now.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { npm } from './npm.mjs';
import { SetupError } from './say.mjs';

const BUILD_LIMIT_MS = 10 * 60_000;
const SOURCES = ['config', 'connectors', 'dashboards', 'engine', 'operators'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Whether dist/ was made from exactly these sources. */
export async function isBuilt(root) {
  const built = await readOr(stampOf(root), '');
  return existsSync(join(root, 'dist', 'engine')) && built === (await hashSources(root));
}

/** Builds unless it is built. True: it was built now. */
export async function ensureBuilt({ root, env, say }) {
  if (await isBuilt(root)) return false;
  say('building; about half a minute');
  const { code, output } = await npm(['run', 'build'], {
    cwd: root,
    root,
    env,
    timeoutMs: BUILD_LIMIT_MS,
  });
  if (code !== 0) throw new SetupError(`the build failed (exit ${code}) in ${root}.`, output);
  return true;
}

/**
 * Before a build, whoever called it: from now on dist/ counts as made from nothing, and the hash is
 * taken of what the build sees, not of what was changed while it ran.
 */
export async function beginStamp(root) {
  await rm(stampOf(root), { force: true });
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(pendingOf(root), await hashSources(root));
}

/** After a build that has gone well. */
export async function endStamp(root) {
  await rename(pendingOf(root), stampOf(root));
}

function stampOf(root) {
  return join(root, 'dist', '.sources');
}

function pendingOf(root) {
  return join(root, 'dist', '.sources-of-build');
}

/** SHA-256 over names and contents: file times say nothing after a clone or a checkout. */
async function hashSources(root) {
  const hash = createHash('sha256');
  const files = FILES.map((name) => join(root, name));
  for (const folder of SOURCES) files.push(...(await filesUnder(join(root, folder))));
  for (const file of files.sort()) {
    const bytes = existsSync(file) ? await readFile(file) : Buffer.alloc(0);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

async function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function readOr(file, otherwise) {
  return existsSync(file) ? await readFile(file, 'utf8') : otherwise;
}

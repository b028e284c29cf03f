// dist/: built when missing or made from other sources than those that lie here now.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { npm } from './npm.mjs';
import { SetupError } from './say.mjs';

const BUILD_LIMIT_MS = 10 * 60_000;
const SOURCES = ['config', 'connectors', 'dashboards', 'engine', 'operators'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Builds unless dist/ was made from exactly these sources. True: it was built now. */
export async function ensureBuilt({ root, env, say }) {
  const stamp = join(root, 'dist', '.sources');
  const now = await hashSources(root);
  if (existsSync(join(root, 'dist', 'engine')) && (await readOr(stamp, '')) === now) return false;
  say('building; about half a minute');
  const { code, output } = await npm(['run', 'build'], {
    cwd: root,
    root,
    env,
    timeoutMs: BUILD_LIMIT_MS,
  });
  if (code !== 0) throw new SetupError(`the build failed (exit ${code}) in ${root}.`, output);
  await writeFile(stamp, now);
  return true;
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

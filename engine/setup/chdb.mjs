// The embedded ClickHouse (npm package chdb): found, or installed beside node_modules.
// Some registries serve one platform's build only, so a lock file cannot name them all and `npm ci`
// would refuse it: it stays out of package.json, in a folder that `npm ci` leaves alone.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { npm, QUIET } from './npm.mjs';
import { PACKAGE_ROOT } from './root.mjs';
import { SetupError, say as sayLine } from './say.mjs';

export const CHDB_VERSION = '3.4.0';

const INSTALL_LIMIT_MS = 15 * 60_000;
const BUILDS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const WAY_OUT = 'Set STOCKPULSE_CLICKHOUSE_URL to a ClickHouse server, e.g. http://127.0.0.1:8123.';

/** @see chdb.d.mts */
export async function ensureChdb(options = {}) {
  const { root = PACKAGE_ROOT, env = process.env, say = sayLine, signal } = options;
  const found = findChdb({ root, env });
  if (found !== null) return found;
  const why = whyNoChdb();
  if (why !== null) throw new SetupError(`no embedded ClickHouse: ${why}. ${WAY_OUT}`);
  say(`installing the embedded ClickHouse, chdb ${CHDB_VERSION} (550 MB on disk), once`);
  await install({ root, env, signal });
  const installed = findChdb({ root, env });
  if (installed !== null) return installed;
  throw new SetupError(`chdb ${CHDB_VERSION} was installed and yet is not whole. ${WAY_OUT}`);
}

/** @see chdb.d.mts */
export function findChdb({ root = PACKAGE_ROOT, env = process.env } = {}) {
  const named = env.STOCKPULSE_CHDB;
  if (named) {
    if (isAbsolute(named) && packageAt(named)?.name === 'chdb') return named;
    throw new SetupError(
      `STOCKPULSE_CHDB is ${named}, which is not the absolute path of a chdb package. ` +
        'Correct it or unset it.',
    );
  }
  // Ours first; then one that somebody put into node_modules by hand.
  const folders = [join(home(root), 'node_modules', 'chdb'), join(root, 'node_modules', 'chdb')];
  return folders.find(isWhole) ?? null;
}

/** @see chdb.d.mts */
export function whyNoChdb() {
  const platform = `${process.platform}-${process.arch}`;
  if (!BUILDS.includes(platform)) return `chdb has no build for ${platform}`;
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (process.platform === 'linux' && glibc === undefined) {
    return 'chdb needs the GNU C library, and this Linux has another one (musl)';
  }
  return null;
}

function home(root) {
  return join(root, '.stockpulse', 'chdb');
}

/** The version asked for, and the native library that goes with it. */
function isWhole(folder) {
  const found = packageAt(folder);
  if (found?.name !== 'chdb' || found.version !== CHDB_VERSION) return false;
  const suffix = process.platform === 'linux' ? '-gnu' : '';
  const library = `@chdb/lib-${process.platform}-${process.arch}${suffix}/package.json`;
  try {
    createRequire(join(folder, 'package.json')).resolve(library);
    return true;
  } catch (error) {
    // A package that hides its package.json is there all the same.
    return error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

function packageAt(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    // No package there, or half of one: as good as none.
    return null;
  }
}

/** Into a folder of its own, then renamed: whoever looks sees all of it or nothing. */
async function install({ root, env, signal }) {
  const target = home(root);
  try {
    await mkdir(dirname(target), { recursive: true });
    const work = await mkdtemp(`${target}-`);
    try {
      await installInto(work, { root, env, signal });
      await rm(target, { recursive: true, force: true });
      await rename(work, target);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`cannot install chdb under ${target}: ${error.message}. ${WAY_OUT}`);
  }
}

async function installInto(work, { root, env, signal }) {
  await writeFile(join(work, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--save-exact', ...QUIET, `chdb@${CHDB_VERSION}`];
  const timeoutMs = INSTALL_LIMIT_MS;
  const { code, output } = await npm(args, { cwd: work, root, env, timeoutMs, signal });
  if (code === 0) return;
  throw new SetupError(
    `npm cannot install chdb@${CHDB_VERSION} (exit ${code}). ${WAY_OUT}`,
    output,
  );
}

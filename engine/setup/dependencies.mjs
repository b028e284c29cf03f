// node_modules: installed when missing or not what package-lock.json says.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm, QUIET } from './npm.mjs';
import { SetupError } from './say.mjs';

const INSTALL_LIMIT_MS = 15 * 60_000;
const NATIVE_LIMIT_MS = 120_000;

/** Brings node_modules to what package-lock.json says. True: something was installed. */
export async function ensureDependencies({ root, env, say }) {
  const reason = await whyStale(root);
  if (reason === null) return false;
  say(`installing packages (${reason}); half a minute to a few minutes, by the network`);
  // Scripts stay off: every package needed works without, and an optional one's download
  // (TensorFlow's native library) must never fail or hold up the installation.
  const args = ['ci', '--ignore-scripts', ...QUIET];
  const { code, output, timedOut } = await npm(args, {
    cwd: root,
    root,
    env: { ...env, NODE_ENV: 'development' },
    timeoutMs: INSTALL_LIMIT_MS,
  });
  if (code !== 0) {
    const why = timedOut ? `took longer than ${INSTALL_LIMIT_MS / 60_000} minutes` : `exit ${code}`;
    throw new SetupError(`npm ci failed in ${root} (${why}); what it printed is above.`, output);
  }
  return true;
}

/**
 * Null when node_modules holds what package-lock.json asks for, else the reason. npm writes down
 * what it installed in node_modules/.package-lock.json, last of all: an installation that was
 * interrupted has none, and one made by hand counts as well as ours.
 */
export async function whyStale(root) {
  const wanted = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const installed = JSON.parse(await readFile(record, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const have = installed[path];
    if (have === undefined) {
      if (!entry.optional && !entry.devOptional) return `${path} is missing`;
    } else if (have.version !== entry.version) {
      return `${path} is ${have.version}, package-lock.json says ${entry.version}`;
    }
  }
  return null;
}

/**
 * Tries TensorFlow's native library once per installation, with a time limit. Not having it is
 * no failure: engine/workers/tensorflow.ts then takes the WASM backend.
 */
export async function tryNativeTensorFlow({ root, env, say }) {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  const tried = join(folder, '.stockpulse-tried');
  if (!existsSync(folder) || existsSync(tried)) return;
  const reason = await nativeOutcome({ folder, root, env, say });
  await writeFile(tried, `${reason ?? 'installed'}\n`);
  say(`TensorFlow: ${reason === null ? 'native library installed' : `WASM backend (${reason})`}`);
}

async function nativeOutcome({ folder, root, env, say }) {
  if (Number(process.versions.node.split('.')[0]) >= 23) {
    return `the native binding does not run on Node.js ${process.versions.node}`;
  }
  say(`trying TensorFlow's native library, for at most ${NATIVE_LIMIT_MS / 1000} s`);
  const result = await npm(['run', 'install', ...QUIET], {
    cwd: folder,
    root,
    env,
    timeoutMs: NATIVE_LIMIT_MS,
  });
  if (result.timedOut) return `the download took longer than ${NATIVE_LIMIT_MS / 1000} s`;
  if (result.code === 0) return null;
  const line = reasonIn(result.output);
  return `its installation failed: ${line.trim().slice(0, 160)}`;
}

/** The line that names the error; Node.js prints a line of its own code before it. */
function reasonIn(output) {
  const lines = output.split('\n');
  const named = lines.find((line) => /\bError: |ERR! /.test(line));
  return named ?? lines.find((line) => /error/i.test(line)) ?? 'no reason given';
}

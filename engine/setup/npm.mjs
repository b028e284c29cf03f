// How npm is called: the one that runs us, quietly, with a cache that can be written.
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runQuiet } from './children.mjs';

export const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** Runs npm with `args` in `cwd`; see runQuiet for what comes back. */
export function npm(args, { cwd, root, env, timeoutMs, signal }) {
  const script = env.npm_execpath;
  const throughNode = script !== undefined && /\.c?js$/.test(script) && existsSync(script);
  const command = throughNode ? process.execPath : 'npm';
  const cache = writableCache(root, env);
  return runQuiet(command, throughNode ? [script, ...args] : args, {
    cwd,
    env: cache === null ? env : { ...env, npm_config_cache: cache },
    timeoutMs,
    signal,
  });
}

/** Null: npm's own cache will do; else a folder of ours, where home is read-only or missing. */
function writableCache(root, env) {
  const own = env.npm_config_cache ?? join(env.HOME || homedir(), '.npm');
  return isWritable(own) ? null : join(root, '.stockpulse', 'npm-cache');
}

/** Tried, not asked: root may write anywhere by the mode bits, and not on a read-only disk. */
function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    rmdirSync(mkdtempSync(join(folder, 'stockpulse-')));
    return true;
  } catch {
    // Read-only file system or another owner: the caller takes another folder.
    return false;
  }
}

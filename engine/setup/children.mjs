// Child processes of the set-up: none outlives it, a signal reaches each of them exactly once.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 20_000;
const KEPT_OUTPUT_BYTES = 16 * 1024 * 1024;
const onWindows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | null} */
let stoppedBy = null;

/** The signal that asked the set-up to stop, or null. */
export function stopSignal() {
  return stoppedBy;
}

/**
 * Passes Ctrl-C, termination and hang-up on. Every child leads a process group of its own, so a
 * terminal's Ctrl-C does not reach it a second time behind our back.
 */
export function passSignalsOn() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const again = stoppedBy !== null;
      stoppedBy ??= signal;
      if (running.size === 0) process.exit(exitCodeOf(signal));
      for (const child of running) {
        signalGroup(child, again ? 'SIGKILL' : signal);
        setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS).unref();
      }
    });
  }
}

/** Runs a command on this terminal; resolves with its exit code once its whole group is gone. */
export async function runHere(command, args, { cwd, env = process.env }) {
  const child = start(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const { code } = await ended(child);
  return code;
}

/**
 * Runs a command quietly; an abort of `signal` asks it to end.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} output: stdout and
 *   stderr as they came; code 127 where the command could not be started.
 */
export async function runQuiet(command, args, { cwd, env = process.env, timeoutMs, signal }) {
  const child = start(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  let kept = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      kept += chunk.length;
      if (kept <= KEPT_OUTPUT_BYTES) chunks.push(chunk);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(child, 'SIGKILL');
  }, timeoutMs);
  const stop = () => signalGroup(child, 'SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const { code, error } = await ended(child);
  signal?.removeEventListener('abort', stop);
  clearTimeout(timer);
  const output = Buffer.concat(chunks).toString('utf8') + (error === null ? '' : error.message);
  return { code, output, timedOut };
}

function start(command, args, options) {
  const child = spawn(command, args, { ...options, detached: !onWindows, windowsHide: true });
  running.add(child);
  return child;
}

async function ended(child) {
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, error }));
    child.once('close', (code, signal) =>
      resolve({ code: code ?? exitCodeOf(signal), error: null }),
    );
  });
  await endGroup(child);
  running.delete(child);
  return outcome;
}

/** Ends what a child left behind in its group: asked first, then made to. */
async function endGroup(child) {
  if (onWindows || !signalGroup(child, 'SIGTERM')) return;
  for (let tries = 0; tries < 30 && signalGroup(child, 0); tries++) await delay(100);
  signalGroup(child, 'SIGKILL');
}

/** False: nobody is left to hear it. */
function signalGroup(child, signal) {
  if (child.pid === undefined) return false;
  try {
    return onWindows ? child.kill(signal) : process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group is gone, which is what was wanted.
    return false;
  }
}

function exitCodeOf(signal) {
  return { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }[signal] ?? 1;
}

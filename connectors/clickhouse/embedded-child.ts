// Starts the child process with the engine, once, and says when it is ready and when it ended.
import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildAnswer, ChildOrder, ChildSettings } from './embedded-protocol.js';

export interface EmbeddedChild {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** Resolves, with the reason in words, when the process has ended. */
  readonly exited: Promise<string>;
  /** Asks it to end; kills it when it takes longer than `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
}

const KEPT_LINES = 20;

export async function startChild(
  settings: ChildSettings,
  options: { readonly startTimeoutMs: number; readonly log: (line: string) => void },
): Promise<EmbeddedChild> {
  const child = spawnChild();
  const lines = keepLines(child, options.log);
  const exited = endOf(child);
  const ready = await Promise.race([
    firstAnswer(child, settings),
    exited.then((reason): ChildAnswer => ({ kind: 'failed', reason })),
    after(options.startTimeoutMs),
  ]);
  if (ready.kind === 'failed') {
    child.kill('SIGKILL');
    await exited;
    throw new Error(explain(ready.reason, lines.join('\n'), settings.dir));
  }
  release(child);
  return {
    pid: child.pid ?? 0,
    port: ready.port,
    version: ready.version,
    exited,
    stop: async (patienceMs) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      if (child.connected) child.send({ kind: 'stop' } satisfies ChildOrder, () => undefined);
      await exited;
      clearTimeout(timer);
    },
  };
}

function spawnChild(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(`./embedded-main.${source ? 'ts' : 'js'}`, import.meta.url);
  const file = fileURLToPath(entry);
  return fork(file, [], {
    // From the sources (tests, development) the child needs the same loader of TypeScript.
    execArgv: source ? ['--import', 'tsx'] : [],
    cwd: dirname(file),
    // A group of its own: Ctrl-C must reach the parent only, which then ends the child in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
}

function firstAnswer(child: ChildProcess, settings: ChildSettings): Promise<ChildAnswer> {
  return new Promise((done) => {
    child.once('message', (answer: ChildAnswer) => done(answer));
    child.send({ kind: 'start', settings } satisfies ChildOrder, (error) => {
      if (error !== null) done({ kind: 'failed', reason: error.message });
    });
  });
}

function after(timeoutMs: number): Promise<ChildAnswer> {
  return new Promise((done) => {
    const reason = `not ready within ${timeoutMs} ms`;
    setTimeout(() => done({ kind: 'failed', reason }), timeoutMs).unref();
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    // 'close' and not 'exit': by then the last lines have been read.
    child.once('close', (code, signal) =>
      done(signal === null ? `ended with exit code ${code}` : `ended by signal ${signal}`),
    );
  });
}

function keepLines(child: ChildProcess, log: (line: string) => void): string[] {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      log(line);
    });
  }
  return kept;
}

/** The child must not keep a parent alive that has nothing else to do. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

function explain(reason: string, lines: string, dir: string): string {
  if (/Cannot lock file/.test(`${reason}\n${lines}`)) {
    return (
      `ClickHouse's data folder ${dir} is in use by another process: end the other stockpulse ` +
      'that uses it, or choose another data folder'
    );
  }
  return `the embedded ClickHouse did not start in ${dir}: ${reason}${lines && `\n${lines}`}`;
}

// A nats-server as a child process: its log lines, its end, and a watcher that outlives us.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface RunningServer {
  readonly pid: number;
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** The client port, once the server logs that it is ready. */
  listening(signal: AbortSignal): Promise<number>;
  lastLines(): string;
}

const KEPT_LINES = 20;

/** Starts the program in a process group of its own, so that Ctrl-C reaches only us. */
export function runServer(
  program: string,
  args: readonly string[],
  log: ((line: string) => void) | undefined,
): RunningServer {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const watcher = child.pid === undefined ? null : watchOver(child.pid);
  const kept: string[] = [];
  let port = 0;
  let onReady: (port: number) => void = () => undefined;
  const ready = new Promise<number>((done) => {
    onReady = done;
  });
  const onLine = (line: string): void => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    port = listeningPort(line) ?? port;
    if (line.includes('Server is ready')) onReady(port);
    log?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) readLines(stream, onLine);
  const exited = endOf(child).finally(() => watcher?.kill('SIGKILL'));
  child.unref();
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => void child.kill(signal),
    lastLines: () => kept.join('\n'),
    listening: (signal) =>
      new Promise((done, failed) => {
        const giveUp = (): void => failed(new Error('not ready in time'));
        signal.addEventListener('abort', giveUp, { once: true });
        ready.then(done, failed);
      }),
  };
}

/**
 * A shell that waits for the end of its input, which comes when this process ends in whatever
 * way, kill -9 included, and then ends the server. Where there is no sh (Windows) a hard kill
 * leaves the server running.
 */
function watchOver(pid: number): ChildProcess {
  const patience = 'for i in 1 2 3 4 5; do kill -0 "$0" 2>/dev/null || exit 0; sleep 1; done';
  const script = `cat >/dev/null; kill -TERM "$0"; ${patience}; kill -KILL "$0"`;
  const watcher = spawn('sh', ['-c', script, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    // 'close' and not 'exit': by then the last log lines have been read.
    child.once('close', (code, signal) =>
      done(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
  });
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', onLine);
  if (stream instanceof Socket) stream.unref();
}

function listeningPort(line: string): number | null {
  const found = /Listening for client connections on .*:(\d+)\s*$/.exec(line);
  return found === null ? null : Number(found[1]);
}

/** What a server says first to each client, as soon as it takes connections. */
export async function greeting(
  port: number,
  signal: AbortSignal,
): Promise<{ readonly jetstream: boolean; readonly version: string }> {
  const line = await new Promise<string>((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', signal });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\r\n')) return;
      socket.destroy();
      done(text);
    });
    socket.on('error', failed);
    socket.on('close', () => failed(new Error(`port ${port} closed without a greeting`)));
  });
  const found = /^INFO (\{.*\})/.exec(line);
  const info: unknown = found === null ? null : JSON.parse(found[1] ?? '');
  if (typeof info !== 'object' || info === null) {
    throw new Error(`what answers on port ${port} is no NATS server`);
  }
  return {
    jetstream: 'jetstream' in info && info.jetstream === true,
    version: 'version' in info ? String(info.version) : '',
  };
}

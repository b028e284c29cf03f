// Starts a nats-server of our own on loopback, with JetStream in a folder, and stops it again.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { greeting, type RunningServer, runServer } from './server-process.js';

export interface LocalNatsOptions {
  /** Path of a binary, or `docker:nats:<tag>`. See findNatsServer. */
  readonly server: string;
  /** Holds the configuration and the streams; made when absent. */
  readonly dir: string;
  /** 0 (default): a free one. */
  readonly port?: number;
  /** Each line the server logs. */
  readonly log?: (line: string) => void;
  /** How long it may take until it answers. Default 30,000: large streams are checked first. */
  readonly startTimeoutMs?: number;
  /** How long it may take to stop before it is killed. Default 10,000. */
  readonly stopTimeoutMs?: number;
  /**
   * At most so much is lost in a power cut: how often stored messages are forced to disk.
   * Default 5 s. Only nats-server 2.10 and newer can be told (before: 2 minutes).
   */
  readonly syncIntervalSeconds?: number;
  /** Further lines of the server's configuration, such as `authorization {...}`. */
  readonly settings?: string;
}

export interface LocalNats {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** Resolves with the reason when the server has ended, however it came about. */
  readonly exited: Promise<string>;
  /** Asks it to end, waits, kills it at the limit. May be called twice. */
  stop(): Promise<void>;
  /** Sends a signal and does not wait; see `exited`. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * Resolves when the server answers and JetStream is on. The server never outlives this process:
 * a watcher (see server-process.ts) ends it also after a hard kill; in Docker a hard kill leaves
 * the container, whose name starts with `stockpulse-nats-`.
 */
export async function startLocalNats(options: LocalNatsOptions): Promise<LocalNats> {
  const image = dockerImage(options.server);
  const dir = resolve(options.dir);
  await prepareFolder(dir);
  const version = image === null ? await binaryVersion(options.server) : tagVersion(image);
  const port = options.port ?? 0;
  const server =
    image === null
      ? await startBinary(options, dir, { port, version })
      : await startContainer(options, dir, { port, version, image });
  return toLocalNats(server, options.stopTimeoutMs ?? 10_000);
}

interface Plan {
  readonly port: number;
  readonly version: readonly [number, number];
}

async function startBinary(options: LocalNatsOptions, dir: string, plan: Plan): Promise<Answering> {
  const file = join(dir, 'nats-server.conf');
  // Port -1 lets the server choose a free one itself: no gap in which another could take it.
  const port = plan.port === 0 ? -1 : plan.port;
  const store = join(dir, 'jetstream');
  await writeFile(file, configuration({ ...plan, host: '127.0.0.1', port, store }, options));
  const run = runServer(options.server, ['-c', file], options.log);
  return await untilAnswering(run, options, plan.port);
}

async function startContainer(
  options: LocalNatsOptions,
  dir: string,
  plan: Plan & { readonly image: string },
): Promise<Answering> {
  const port = plan.port === 0 ? await freePort() : plan.port;
  const inside = { ...plan, host: '0.0.0.0', port: 4222, store: '/stockpulse/jetstream' };
  await writeFile(join(dir, 'nats-server.conf'), configuration(inside, options));
  const name = `stockpulse-nats-${process.pid}-${port}`;
  const flags = ['run', '--rm', '--init', '--name', name];
  const mounts = ['-p', `127.0.0.1:${port}:4222`, '-v', `${dir}:/stockpulse`];
  const command = [plan.image, '-c', '/stockpulse/nats-server.conf'];
  const run = runServer('docker', [...flags, ...mounts, ...command], options.log);
  return await untilAnswering(run, options, port);
}

type Answering = RunningServer & { readonly port: number };

async function untilAnswering(
  run: RunningServer,
  options: LocalNatsOptions,
  wanted: number,
): Promise<Answering> {
  const limitMs = options.startTimeoutMs ?? 30_000;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), limitMs);
  const ended = run.exited.then((reason) => {
    throw new Error(startError(options, wanted, reason, run.lastLines()));
  });
  try {
    const heard = await Promise.race([run.listening(abort.signal), ended]);
    const port = wanted === 0 ? heard : wanted;
    const info = await Promise.race([greeting(port, abort.signal), ended]);
    if (!info.jetstream) {
      throw new Error(`nats-server ${options.server} runs without JetStream: ${run.lastLines()}`);
    }
    return { ...run, port };
  } catch (error) {
    run.kill('SIGKILL');
    await run.exited;
    if (!abort.signal.aborted) throw error;
    throw new Error(
      `nats-server ${options.server} does not answer after ${limitMs} ms; it last said:\n` +
        run.lastLines(),
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}

function startError(
  options: LocalNatsOptions,
  port: number,
  reason: string,
  lastLines: string,
): string {
  const what = `nats-server ${options.server} ended before it answered (${reason})`;
  if (/address already in use|port is already allocated/i.test(lastLines)) {
    return `${what}: port ${port} is taken; stop what holds it or choose another port\n${lastLines}`;
  }
  const hint = lastLines === '' ? '; it logged nothing' : `; it last said:\n${lastLines}`;
  return what + hint;
}

function toLocalNats(server: Answering, stopTimeoutMs: number): LocalNats {
  return {
    url: `nats://127.0.0.1:${server.port}`,
    pid: server.pid,
    port: server.port,
    exited: server.exited,
    kill: (signal) => server.kill(signal),
    stop: async () => {
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMs);
      await server.exited;
      clearTimeout(timer);
    },
  };
}

function configuration(
  plan: Plan & { readonly host: string; readonly store: string },
  options: LocalNatsOptions,
): string {
  const [major, minor] = plan.version;
  const canSync = major > 2 || (major === 2 && minor >= 10);
  const lines = [
    '# Written at every start by stockpulse; changes here are lost.',
    `host: ${JSON.stringify(plan.host)}`,
    `port: ${plan.port}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(plan.store)}`,
    ...(canSync ? [`  sync_interval: "${options.syncIntervalSeconds ?? 5}s"`] : []),
    '}',
    options.settings ?? '',
  ];
  return `${lines.join('\n')}\n`;
}

async function prepareFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'nats-server.conf'), '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot write to the folder for nats-server, ${dir}: ${reason}`, {
      cause: error,
    });
  }
}

async function binaryVersion(server: string): Promise<readonly [number, number]> {
  try {
    const { stdout } = await promisify(execFile)(server, ['--version'], { timeout: 10_000 });
    return parseVersion(stdout) ?? [2, 0];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `cannot run nats-server ${server}: ${reason}; set STOCKPULSE_NATS_SERVER to a binary, ` +
        'or STOCKPULSE_NATS_URL to a server that runs',
      { cause: error },
    );
  }
}

function dockerImage(server: string): string | null {
  return server.startsWith('docker:') ? server.slice('docker:'.length) : null;
}

/** A tag without a number (`latest`, `alpine`) is a current server. */
function tagVersion(image: string): readonly [number, number] {
  return parseVersion(image.slice(image.lastIndexOf(':') + 1)) ?? [2, 10];
}

function parseVersion(text: string): readonly [number, number] | null {
  const found = /(\d+)\.(\d+)/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, failed) => {
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port on loopback');
  return address.port;
}

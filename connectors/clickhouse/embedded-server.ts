// The embedded ClickHouse as the engine sees it: started, watched, started again after a crash.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { type EmbeddedChild, startChild } from './embedded-child.js';
import { findChdb } from './embedded-package.js';
import type { ChildSettings } from './embedded-protocol.js';

export interface EmbeddedClickHouseOptions {
  /** Data folder; made where it is missing. */
  readonly dir: string;
  /** Folder of the chdb package; default: where `findChdb` finds it. */
  readonly chdb?: string;
  readonly log?: (line: string) => void;
  /** Called when it runs again after a crash. */
  readonly onRestart?: (restarts: number) => void;
  /** Crashes in a row after which it is left down; one that ran for a minute starts the count anew. */
  readonly maxRestarts?: number;
  /** Memory that the engine may take; default a quarter of the machine's, at most 4 GiB. */
  readonly memoryBytes?: number;
  readonly maxBodyBytes?: number;
  readonly maxRunning?: number;
  readonly maxWaiting?: number;
  readonly startTimeoutMs?: number;
}

export interface EmbeddedClickHouse {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly version: string;
  /** Of the running child; of the last one while there is none. */
  readonly pid: number;
  readonly state: 'up' | 'down' | 'failed' | 'stopped';
  /** Resolves, with the reason, if it crashed too often and is left down. */
  readonly gaveUp: Promise<string>;
  /** Ends it in order, with the data safe. May be called twice. */
  stop(): Promise<void>;
}

const STABLE_MS = 60_000;
const STOP_PATIENCE_MS = 10_000;

export async function startEmbeddedClickHouse(
  options: EmbeddedClickHouseOptions,
): Promise<EmbeddedClickHouse> {
  const chdb = options.chdb ?? findChdb(process.env);
  if (chdb === null) {
    throw new Error(
      'the embedded ClickHouse needs the package chdb: run `npm run setup` ' +
        '(or npm run demo), or name a server in STOCKPULSE_CLICKHOUSE_URL',
    );
  }
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const settings: ChildSettings = {
    chdb,
    dir,
    port: 0,
    username: 'stockpulse',
    password: randomBytes(24).toString('base64url'),
    memoryBytes: options.memoryBytes ?? Math.min(Math.floor(totalmem() / 4), 4 * 1024 ** 3),
    maxBodyBytes: options.maxBodyBytes ?? 256 * 1024 ** 2,
    maxRunning: options.maxRunning ?? 4,
    maxWaiting: options.maxWaiting ?? 64,
  };
  const supervisor = new Supervisor(settings, options);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements EmbeddedClickHouse {
  readonly gaveUp: Promise<string>;
  #settings: ChildSettings;
  #child: EmbeddedChild | null = null;
  #state: EmbeddedClickHouse['state'] = 'down';
  #pid = 0;
  #version = '';
  #restarts = 0;
  #giveUp: (reason: string) => void = () => undefined;
  readonly #halt = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(
    settings: ChildSettings,
    private readonly options: EmbeddedClickHouseOptions,
  ) {
    this.#settings = settings;
    this.gaveUp = new Promise((done) => {
      this.#giveUp = done;
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#settings.port}`;
  }
  get username(): string {
    return this.#settings.username;
  }
  get password(): string {
    return this.#settings.password;
  }
  get version(): string {
    return this.#version;
  }
  get pid(): number {
    return this.#pid;
  }
  get state(): EmbeddedClickHouse['state'] {
    return this.#state;
  }

  async start(): Promise<void> {
    const child = await this.#launch();
    // From now on the address stays: clients made once go on after a restart.
    this.#settings = { ...this.#settings, port: child.port };
    this.#watching = this.#watch(child);
  }

  async stop(): Promise<void> {
    this.#halt.abort();
    await this.#child?.stop(STOP_PATIENCE_MS);
    await this.#watching;
    this.#state = 'stopped';
  }

  async #launch(): Promise<EmbeddedChild> {
    const child = await startChild(this.#settings, {
      startTimeoutMs: this.options.startTimeoutMs ?? 30_000,
      log: (line) => this.options.log?.(line),
    });
    this.#child = child;
    this.#pid = child.pid;
    this.#version = child.version;
    this.#state = 'up';
    return child;
  }

  /** Until told to stop: waits for the child's end, starts it again, each time after longer. */
  async #watch(first: EmbeddedChild): Promise<void> {
    let child: EmbeddedChild | null = first;
    let crashes = 0;
    while (!this.#halt.signal.aborted) {
      const startedAt = performance.now();
      const reason: string = child === null ? 'did not start' : await child.exited;
      this.#child = null;
      if (this.#halt.signal.aborted) return;
      this.#state = 'down';
      crashes = performance.now() - startedAt > STABLE_MS ? 1 : crashes + 1;
      if (crashes > (this.options.maxRestarts ?? 10)) {
        this.#state = 'failed';
        this.#giveUp(`the embedded ClickHouse ${reason}, ${crashes} times in a row`);
        return;
      }
      this.options.log?.(`the embedded ClickHouse ${reason}; starting it again (${crashes})`);
      await this.#pause(Math.min(100 * 2 ** (crashes - 1), 10_000));
      if (this.#halt.signal.aborted) return;
      child = await this.#relaunch();
    }
  }

  async #relaunch(): Promise<EmbeddedChild | null> {
    try {
      const child = await this.#launch();
      // stop() may have come while it started, and found no child to end.
      if (this.#halt.signal.aborted) await child.stop(STOP_PATIENCE_MS);
      this.#restarts += 1;
      this.options.onRestart?.(this.#restarts);
      return child;
    } catch (error) {
      this.options.log?.(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      timer.unref();
      const wake = (): void => {
        clearTimeout(timer);
        done();
      };
      this.#halt.signal.addEventListener('abort', wake, { once: true });
    });
  }
}

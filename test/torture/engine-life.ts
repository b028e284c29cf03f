// The engine's process under torture: started again and again, watched, killed.
import { existsSync, type FSWatcher, mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Overview } from '../../dashboards/protocol.js';
import { StockpulseProcess } from '../engine/e2e/stockpulse-process.js';
import { until } from '../engine/e2e/until.js';

export interface LifeOptions {
  /** Folder of the settings file. */
  readonly dir: string;
  readonly dataDir: string;
  readonly settings: string;
}

/** Name of a snapshot's file while it is written. */
const UNFINISHED = 'writing.tmp';
const LOOK_MS = 2;
const WATCH_MS = 500;

export class EngineLife {
  /** Events decided, as it said last. */
  decided = 0;
  #process: StockpulseProcess | null = null;
  #startedAtMs = 0;
  #ready: Promise<number> = Promise.reject(new Error('never started'));
  #isClosed = false;
  readonly #all = new Set<StockpulseProcess>();
  readonly #watcher: NodeJS.Timeout;

  constructor(private readonly options: LifeOptions) {
    this.#ready.catch(() => undefined);
    this.#watcher = setInterval(() => void this.#look(), WATCH_MS);
  }

  /** @throws Error when there is none, or it has ended by itself. */
  get process(): StockpulseProcess {
    if (this.#process === null) throw new Error('the engine does not run');
    return this.#process;
  }

  /** Time since its process began. */
  get ageMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  async start(): Promise<void> {
    this.#startedAtMs = performance.now();
    const { dir, settings } = this.options;
    const process = await StockpulseProcess.run({ dir, settings });
    this.#process = process;
    this.#all.add(process);
    if (this.#isClosed) process.signal('SIGKILL');
    this.#ready = this.#untilReady(process);
    this.#ready.catch(() => undefined);
  }

  /** Resolves with the time that the last start took (ms). */
  async ready(): Promise<number> {
    return await this.#ready;
  }

  /** Resolves when /readyz says so, also where the start was over before. */
  async readyAgain(): Promise<void> {
    await until('the engine is ready', () => this.process.isReady());
  }

  /** Resolves when its log says so. */
  async logged(msg: string): Promise<void> {
    const { process } = this;
    const seen = (): boolean => process.log.some((line) => line.msg === msg);
    await this.#until(`its log says "${msg}"`, seen);
  }

  /** Resolves as soon as it begins to write a snapshot. */
  async savesSnapshot(): Promise<void> {
    const folder = join(this.options.dataDir, 'snapshots');
    mkdirSync(folder, { recursive: true });
    let begun = false;
    const watcher: FSWatcher = watch(folder, (_, name) => {
      begun ||= name === UNFINISHED;
    });
    try {
      await this.#until('it saves a snapshot', () => begun);
    } finally {
      watcher.close();
    }
  }

  get leftUnfinishedSnapshot(): boolean {
    return existsSync(join(this.options.dataDir, 'snapshots', UNFINISHED));
  }

  /** Files with rows of history that ClickHouse did not take yet. */
  waitingFiles(): number {
    const history = join(this.options.dataDir, 'history');
    const names = readdirSync(history, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.spool')).length;
  }

  /** Process id of its ClickHouse. */
  async clickHouse(other = 0): Promise<number> {
    return await until('its ClickHouse runs', async () => {
      const children = await this.process.children();
      const found = children.find(({ command }) => command.includes('embedded-main'));
      return found === undefined || found.pid === other ? null : found.pid;
    });
  }

  /** SIGKILL; resolves when it has ended. */
  async kill(): Promise<void> {
    const { process } = this;
    process.signal('SIGKILL');
    const end = await process.ended;
    this.#process = null;
    if (end !== 'SIGKILL') throw new Error(`the engine had ended with ${end}:\n${process.output}`);
  }

  /** SIGTERM; resolves when it and all that it started is gone. */
  async stop(): Promise<void> {
    const { process } = this;
    await process.noteStarted();
    process.signal('SIGTERM');
    const end = await process.ended;
    this.#process = null;
    if (end !== 0) throw new Error(`the engine was to end with 0, not ${end}:\n${process.output}`);
    for (const each of this.#all) await each.allGone();
  }

  /** Whatever it does: nothing of it is left. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watcher);
    for (const process of this.#all) process.signal('SIGKILL');
    for (const process of this.#all) await process.allGone();
  }

  async overview(): Promise<Overview> {
    return JSON.parse(await this.process.get('/api/overview')) as Overview;
  }

  async #untilReady(process: StockpulseProcess): Promise<number> {
    await process.up();
    await until('it is ready', () => process.isReady());
    return this.ageMs;
  }

  /** Looks as often as it can; fails when the engine ends meanwhile. */
  async #until(what: string, check: () => boolean): Promise<void> {
    const { process } = this;
    const end = performance.now() + 120_000;
    while (!check()) {
      if (process.hasEnded) throw new Error(`the engine ended by itself:\n${process.output}`);
      if (performance.now() > end) throw new Error(`not within 120 s: ${what}`);
      await pause(LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const process = this.#process;
    if (process === null || process.hasEnded) return;
    try {
      await process.noteStarted();
      if (!process.log.some(({ msg }) => msg === 'the engine is up')) return;
      this.decided = (await this.overview()).eventsTotal;
    } catch {
      // It was killed just now, or is on its way up: the next look tells.
    }
  }
}

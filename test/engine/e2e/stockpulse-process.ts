// The real command in a process of its own, watched through its log, as an operator sees it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stockpulseCommand } from '../cli/stockpulse-command.js';
import { type Child, childrenOf, isRunning } from './processes.js';
import { until } from './until.js';

export interface ProcessOptions {
  /** Folder of the settings file; the process runs in the project's folder. */
  readonly dir: string;
  /** Of the settings file, where several are in one folder. */
  readonly name?: string;
  /** Text of the settings file. */
  readonly settings: string;
}

interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly url?: string;
  readonly position?: number;
}

export class StockpulseProcess {
  /** Both outputs, as they came. */
  output = '';
  readonly log: LogLine[] = [];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Processes that it started, so far as they were seen. */
  readonly started = new Set<number>();

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
  }

  /** `stockpulse run` with these settings. */
  static async run({ dir, name, settings }: ProcessOptions): Promise<StockpulseProcess> {
    const config = join(dir, `${name ?? 'stockpulse'}.yaml`);
    await writeFile(config, settings);
    const env = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('STOCKPULSE_') || name === 'STOCKPULSE_CHDB',
    );
    const args = [...(await stockpulseCommand()), 'run', '--config', config];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    return new StockpulseProcess(
      spawn(process.execPath, args, { stdio, env: Object.fromEntries(env) }),
    );
  }

  /** Resolves with the address when it is up; rejects when it has ended instead. */
  async up(): Promise<string> {
    const line = until('the engine is up', () =>
      this.log.find(({ msg }) => msg === 'the engine is up'),
    );
    const ended = this.ended.then((code) => {
      throw new Error(`it ended with ${code}`);
    });
    try {
      return (await Promise.race([line, ended])).url ?? '';
    } catch (error) {
      throw new Error(`the engine does not start; its output:\n${this.output}`, { cause: error });
    } finally {
      // The loser of the race may fail later, when nobody is interested any more.
      line.catch(() => undefined);
      ended.catch(() => undefined);
    }
  }

  /** Resolves with the first line of the log that says so. */
  async logged(msg: string): Promise<LogLine> {
    return await until(`its log says "${msg}"`, () => this.log.find((line) => line.msg === msg));
  }

  /** Whether /readyz says so, at the address that it logged last. */
  async isReady(): Promise<boolean> {
    const url = this.log.findLast((line) => line.url !== undefined)?.url ?? '';
    return (await fetch(new URL('readyz', url))).ok;
  }

  async get(path: string): Promise<string> {
    return await (await fetch(new URL(path, await this.up()))).text();
  }

  /** Nobody reads what it writes any more. */
  closeOutput(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Processes that it has started; while it runs. */
  async children(): Promise<Child[]> {
    return await childrenOf(this.child.pid ?? 0);
  }

  /** Notes which those are. */
  async noteStarted(): Promise<void> {
    for (const { pid } of await this.children()) this.started.add(pid);
  }

  /** Resolves when none of the processes that it started is left. */
  async allGone(): Promise<void> {
    await this.ended;
    await until('its processes are gone', () => ![...this.started].some(isRunning));
  }

  #take(line: string): void {
    this.output += `${line}\n`;
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      // A line for people, not of the log: it is in `output`.
    }
  }
}

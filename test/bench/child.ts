// Roles that measure from processes of their own, so that none takes the engine's event loop.
import { type ChildProcess, fork } from 'node:child_process';
import type { ListenerTask } from './listener.js';
import type { ParserTask } from './parser.js';
import type { PublisherTask } from './publisher.js';

export type Task = PublisherTask | ParserTask | ListenerTask;

const SCRIPTS = { publisher: './publisher.ts', parser: './parser.ts', listener: './listener.ts' };

/** A measuring process: says `ready`, begins at `go`, ends with its result at `finish`. */
export class Child<Result> {
  readonly #process: ChildProcess;
  readonly #heard: unknown[] = [];
  readonly #waiting: (() => void)[] = [];
  #ended: string | null = null;

  constructor(
    private readonly task: Task,
    private readonly limitMs: number,
  ) {
    const script = new URL(SCRIPTS[task.role], import.meta.url);
    this.#process = fork(script, [JSON.stringify(task)], { serialization: 'advanced' });
    this.#process.on('message', (message) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.#process.on('close', (code, signal) => {
      this.#ended = String(signal ?? code);
      this.#wake();
    });
  }

  async ready(): Promise<void> {
    if ((await this.#next()) !== 'ready') throw new Error(`${this.task.role} is not ready`);
  }

  go(): void {
    this.#process.send('go');
  }

  finish(): void {
    this.#process.send('finish');
  }

  async result(): Promise<Result> {
    return (await this.#next()) as Result;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async #next(): Promise<unknown> {
    const endMs = performance.now() + this.limitMs;
    while (this.#heard.length === 0) {
      if (this.#ended !== null) throw new Error(`${this.task.role} ended with ${this.#ended}`);
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`${this.task.role} said nothing for ${this.limitMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#heard.shift();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

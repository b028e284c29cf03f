// Puts virtual time in the place of Node's clocks and timers, for whatever code asks for them.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Entry, Scheduler } from './scheduler.js';

export interface VirtualTime {
  readonly scheduler: Scheduler;
  /** False: the process is dead, and what is left of its code starts no timer any more. */
  readonly isAlive: () => boolean;
  /** What a look at the clock costs the process (ms): it stands for the work done since. */
  readonly lookMs: () => number;
  /** By how much a timer is late (ms). */
  readonly lateMs: () => number;
}

type Callback = (...args: unknown[]) => void;
interface SignalOptions {
  readonly signal?: AbortSignal;
}

/**
 * Replaced are the globals and `node:timers/promises`, not parameters of the code under test: so
 * a timer or a clock that somebody adds there tomorrow is virtual too. Returns what undoes it.
 */
export function installVirtualTime(time: VirtualTime): () => void {
  const promises = createRequire(import.meta.url)('node:timers/promises') as object;
  const now = (): number => {
    time.scheduler.nowMs += time.lookMs();
    return time.scheduler.nowMs;
  };
  const undo = [
    replace(globalThis, {
      setTimeout: (run: Callback, ms = 0, ...args: unknown[]) => timer(time, run, ms, args, false),
      setInterval: (run: Callback, ms = 0, ...args: unknown[]) => timer(time, run, ms, args, true),
      setImmediate: (run: Callback, ...args: unknown[]) => timer(time, run, 0, args, false),
      clearTimeout: stop,
      clearInterval: stop,
      clearImmediate: stop,
    }),
    replace(Date, { now: () => Math.floor(time.scheduler.nowMs) }),
    replace(performance, { now }),
    replace(promises, {
      setImmediate: (value?: unknown) => wait(time, 0, value, {}),
      setTimeout: (ms?: number, value?: unknown, options: SignalOptions = {}) =>
        wait(time, ms ?? 0, value, options),
    }),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const back of undo) back();
    syncBuiltinESMExports();
  };
}

class Timer {
  entry: Entry | null = null;
  constructor(readonly scheduler: Scheduler) {}
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

function timer(
  time: VirtualTime,
  run: Callback,
  ms: number,
  args: readonly unknown[],
  repeats: boolean,
): Timer {
  const made = new Timer(time.scheduler);
  const begin = (): void => {
    if (!time.isAlive()) return;
    made.entry = time.scheduler.after(
      ms + time.lateMs(),
      () => {
        made.entry = null;
        if (repeats) begin();
        run(...args);
      },
      true,
    );
  };
  begin();
  return made;
}

function stop(made: unknown): void {
  if (!(made instanceof Timer) || made.entry === null) return;
  made.scheduler.cancel(made.entry);
  made.entry = null;
}

function wait(
  time: VirtualTime,
  ms: number,
  value: unknown,
  { signal }: SignalOptions,
): Promise<unknown> {
  return new Promise((done, failed) => {
    if (signal?.aborted) return failed(signal.reason);
    const made = timer(time, end, ms, [], false);
    function end(): void {
      signal?.removeEventListener('abort', giveUp);
      done(value);
    }
    function giveUp(): void {
      stop(made);
      failed(signal?.reason);
    }
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}

/** The old ones come back as they were, own properties or inherited. */
function replace(target: object, members: Readonly<Record<string, unknown>>): () => void {
  const before = Object.keys(members).map((name) => {
    return { name, old: Object.getOwnPropertyDescriptor(target, name) };
  });
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const { name, old } of before) {
      if (old === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, old);
    }
  };
}

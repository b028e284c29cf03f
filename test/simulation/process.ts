// A run of the engine's process: alive until it is killed; then nothing it does reaches the world.
import type { Faults } from './faults.js';
import type { Scheduler } from './scheduler.js';

export interface World {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** A line of the trace. */
  readonly trace: (line: string) => void;
}

/**
 * Every call to the world passes here. A crash strikes before the call or after it, so it falls
 * between any two effects, whatever awaits or microtasks lie between them; the code that was
 * running goes on for a moment as a ghost: its calls do nothing and are never answered.
 */
export class Process {
  isAlive = true;
  readonly #onCrash: () => void;

  constructor(
    readonly world: World,
    readonly number: number,
    onCrash: () => void,
  ) {
    this.#onCrash = onCrash;
  }

  /** Does `effect` unless the process is dead, or dies here and now. */
  do(what: string, effect: () => void): void {
    if (!this.isAlive) return;
    const { faults, trace } = this.world;
    const dies = faults.strikes('crash');
    if (dies && faults.dice.is('crash/before', 0.5)) {
      trace(`  crash before: ${what}`);
      this.kill();
      return;
    }
    effect();
    if (!dies) return;
    trace(`  crash after: ${what}`);
    this.kill();
  }

  /** The answer of the world to a call, if the process lives to hear it. */
  answer(delayMs: number, tell: () => void): void {
    this.world.scheduler.after(delayMs, () => {
      if (this.isAlive) tell();
    });
  }

  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.world.scheduler.dropProcess();
    this.#onCrash();
  }
}

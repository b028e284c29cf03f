// Recorded time against the clock: how long until an event is due.
import { setTimeout as wait } from 'node:timers/promises';

/** Node's timers take no more than this, and a day-long wait may as well look up once an hour. */
const longestWaitMs = 3_600_000;
/** Timers are about so exact: shorter waits would only add up to a delay. */
const shortestWaitMs = 2;

export interface PacerOptions {
  /** Recorded milliseconds a millisecond; Infinity: nothing is ever waited for. */
  readonly speed: number;
  readonly nowMs?: () => number;
}

/**
 * The first event sets the start; each later one is due when the recorded time since then,
 * divided by the speed, has passed. What comes late in the recording is due at once.
 */
export class Pacer {
  readonly #speed: number;
  readonly #nowMs: () => number;
  #offsetMs: number | null = null;

  constructor(options: PacerOptions) {
    this.#speed = options.speed;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Milliseconds until an event of this time is due; 0: now. */
  dueInMs(timeMs: number | null): number {
    if (timeMs === null || this.#speed === Number.POSITIVE_INFINITY) return 0;
    const now = this.#nowMs();
    this.#offsetMs ??= now - timeMs / this.#speed;
    const waitMs = this.#offsetMs + timeMs / this.#speed - now;
    return waitMs < shortestWaitMs ? 0 : waitMs;
  }

  /** Waits until the event is due, or the signal aborts. */
  async wait(timeMs: number | null, signal: AbortSignal): Promise<void> {
    for (;;) {
      const waitMs = this.dueInMs(timeMs);
      if (waitMs === 0 || signal.aborted) return;
      // An abort rejects the wait; the caller sees it by the signal.
      await wait(Math.min(waitMs, longestWaitMs), undefined, { signal }).catch(() => undefined);
    }
  }
}

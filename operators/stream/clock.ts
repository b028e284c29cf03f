// Stream time: the greatest event time seen, and the watermark behind it. No real clock.
import type { Stateful, StateReader, StateWriter } from './state.js';

export interface ClockOptions {
  /** How far out of order events may come without being late (ms). */
  readonly disorderMs: number;
  /** Grid of stream time on which time steps happen (ms), so that quiet ones cost nothing. */
  readonly tickMs: number;
}

/**
 * Watermark = greatest event time seen - disorder; it never goes back.
 * Time steps: operators hear of time on a grid of `tickMs`, and at moments they asked for.
 */
export class Clock implements Stateful {
  /** Greatest event time seen; -Infinity before the first event. */
  streamTimeMs = Number.NEGATIVE_INFINITY;
  /** Last time step that the operators have heard of. */
  steppedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ClockOptions) {}

  get watermarkMs(): number {
    return this.streamTimeMs - this.options.disorderMs;
  }

  /** Takes an event's time; returns the time step that is due by now. */
  see(occurredAtMs: number): number {
    if (occurredAtMs > this.streamTimeMs) this.streamTimeMs = occurredAtMs;
    const { tickMs } = this.options;
    return Math.floor(this.watermarkMs / tickMs) * tickMs;
  }

  save(out: StateWriter): void {
    out.put('clock', Float64Array.of(this.streamTimeMs, this.steppedMs));
  }

  load(from: StateReader): void {
    const saved = from.float64('clock');
    this.streamTimeMs = saved[0] as number;
    this.steppedMs = saved[1] as number;
  }
}

// Plays recorded demand to all that follow it, in time order.
import { setImmediate } from 'node:timers/promises';
import { DAY_MS, firstLine, HOUR_MS, type RecordedDemand } from './recorded-demand.js';

/** Something that demand and time happen to. */
export interface Player {
  /** All that was to come up to `toMs` happens: receipts. */
  advance(toMs: number): void;
  /** An hour begins. */
  tick(atMs: number): void;
  demand(s: number, atMs: number, units: number): void;
}

export interface Span {
  /** Whole hours (ms). */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Watch {
  readonly signal?: AbortSignal;
  /** A simulated day is over. */
  readonly onDay?: () => void;
}

/** In the order of the players, who may rest on those before them. */
export async function play(
  { lines }: RecordedDemand,
  { fromMs, toMs }: Span,
  players: readonly Player[],
  { signal, onDay }: Watch = {},
): Promise<void> {
  let i = firstLine(lines, fromMs);
  for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) {
    for (const player of players) {
      player.advance(hourMs);
      player.tick(hourMs);
    }
    for (; (lines.timeMs[i] as number) < hourMs + HOUR_MS; i++) {
      const atMs = lines.timeMs[i] as number;
      for (const player of players) {
        player.advance(atMs);
        player.demand(lines.series[i] as number, atMs, lines.units[i] as number);
      }
    }
    if ((hourMs + HOUR_MS - fromMs) % DAY_MS !== 0) continue;
    onDay?.();
    await setImmediate();
    signal?.throwIfAborted();
  }
  for (const player of players) {
    player.advance(toMs);
    player.tick(toMs);
  }
}

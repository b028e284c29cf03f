// Plays a timeline: the warm-up as fast as it goes, then in its own time, so many times faster.
import type { InventoryEvent } from '../../operators/events/event.js';
import { CART_SPAN_MS } from './carts.js';
import type { Timeline } from './timeline.js';

export interface PaceClock {
  /** Milliseconds from any fixed moment on; never goes back. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface PaceOptions {
  readonly clock: PaceClock;
  /** Up to here everything leaves as fast as it is taken. */
  readonly warmUntilMs: number;
  /** Stream milliseconds a millisecond. */
  readonly speed: number;
  /** How much faster still where nothing happens: nights and closed days. */
  readonly idleSpeedup?: number;
  /** Milliseconds between two looks at the clock. */
  readonly stepMs?: number;
  /** After a stall the stream goes on from where it was, with at most this much to catch up. */
  readonly maxCatchUpMs?: number;
  /** Stream time of one piece of the warm-up: a limit on how much is held at once. */
  readonly warmPieceMs?: number;
  /** Ends the play. */
  readonly signal?: AbortSignal;
}

const DEFAULTS = { idleSpeedup: 20, stepMs: 50, maxCatchUpMs: 500, warmPieceMs: 6 * 3_600_000 };
/** Nothing for longer than this is idle time. */
const IDLE_AFTER_MS = CART_SPAN_MS + 15 * 60_000;

export interface Piece {
  readonly phase: 'warm-up' | 'paced';
  /** In order of time; never empty. */
  readonly events: readonly InventoryEvent[];
}

/** Pieces of the timeline until the recording has ended or `signal` aborts. */
export async function* play(timeline: Timeline, options: PaceOptions): AsyncGenerator<Piece> {
  const settings = { ...DEFAULTS, ...options };
  const { clock, warmUntilMs, signal } = settings;
  while (timeline.nowMs < warmUntilMs && !timeline.ended && !signal?.aborted) {
    const untilMs = Math.min(warmUntilMs, timeline.nowMs + settings.warmPieceMs);
    const events = await timeline.next(untilMs);
    if (events.length > 0) yield { phase: 'warm-up', events };
  }
  let lastMs = clock.nowMs();
  while (!timeline.ended && !signal?.aborted) {
    await clock.sleep(settings.stepMs, signal);
    const wallMs = clock.nowMs();
    const budgetMs = Math.min(wallMs - lastMs, settings.maxCatchUpMs) * settings.speed;
    lastMs = wallMs;
    const dueMs = await timeline.nextDueMs();
    const untilMs = streamTime(timeline.nowMs, dueMs, budgetMs, settings.idleSpeedup);
    const events = await timeline.next(untilMs);
    if (events.length > 0) yield { phase: 'paced', events };
  }
}

/** Where the stream's time is after `budgetMs`: idle time costs less of it. */
function streamTime(
  nowMs: number,
  dueMs: number | null,
  budgetMs: number,
  idleSpeedup: number,
): number {
  if (dueMs === null || dueMs - nowMs <= IDLE_AFTER_MS) return nowMs + budgetMs;
  // Carts begin before the order that is due: the last hour is not skipped.
  const idleMs = Math.min(dueMs - CART_SPAN_MS - nowMs, budgetMs * idleSpeedup);
  return nowMs + idleMs + (budgetMs - idleMs / idleSpeedup);
}

// How open signals end, and what is published of one that is not needed any more.
import type { Signal } from '../events/result.js';
import { formatTime } from '../events/time.js';

/** Reasons that need to be told: who has not acted on the signal yet need not any more. */
export const WITHDRAWN_BY = ['stock', 'demand', 'not-replenished', 'rejected'] as const;

export type ClosingReason =
  | 'purchase-order'
  /** Another signal has taken its place: of a larger quantity, or approved. */
  | 'updated'
  | (typeof WITHDRAWN_BY)[number];

export function isWithdrawn(reason: ClosingReason): boolean {
  return (WITHDRAWN_BY as readonly string[]).includes(reason);
}

/** An open signal that has ended. Published where it is withdrawn. */
export interface SignalClosing {
  readonly signal: Signal;
  readonly row: number;
  readonly timeMs: number;
  readonly reason: ClosingReason;
}

/** Its quantity is 0, and its id follows from that of the signal, which ends once. */
export function withdrawalOf({ signal, timeMs, reason }: SignalClosing): Signal {
  return {
    ...signal,
    id: `${signal.id}/withdrawn`,
    state: 'withdrawn',
    time: formatTime(timeMs),
    quantity: 0,
    reasons: [],
    replaces: signal.id,
    because: reason,
  };
}

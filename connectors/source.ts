// The contract of every source of events: batches pulled in order, positions to go on from.

/** Sequence number of a message in its log, from 1. The log alone gives it; it never repeats. */
export type Position = number;

/** One message as the log holds it. `data` may hold several events, separated by newlines. */
export interface Delivery {
  readonly position: Position;
  readonly subject: string;
  /** When the log stored the message (ms since 1970, UTC); null where the log does not say. */
  readonly storedAtMs: number | null;
  readonly data: Uint8Array;
}

/**
 * An ordered log that is read once, from a position on.
 *
 * Guarantee: deliveries come in ascending position without gaps of the source's own making, at
 * least once; after `open(p)` the first delivery has the first position above p that is stored.
 */
export interface Source {
  readonly name: string;
  /** Opens for reading after `after` (null: from the first message stored). */
  open(after: Position | null): Promise<void>;
  /**
   * Hands over what has arrived, 1 to `max` deliveries, as soon as there is one.
   * Waits while there is none. Null: the source has ended, or `close` was called.
   */
  nextBatch(max: number): Promise<readonly Delivery[] | null>;
  /** All up to and with `through` is in a snapshot: the source need not keep it for us. */
  commit(through: Position): Promise<void>;
  /** Ends a waiting `nextBatch` with null and lets go of what was held. May be called twice. */
  close(): Promise<void>;
  /** What is stored and not yet handed over, for the lag metrics; null where unknown. */
  pending(): Promise<number | null>;
}

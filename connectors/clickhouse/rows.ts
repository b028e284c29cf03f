// The rows of the history tables, in the engine's names and units; the columns are their snake case.
//
// Times are whole milliseconds since 1970 (UTC), quantities units of the SKU. A row written twice
// counts once: the tables keep one row per key (and the newest version where there is one), so
// ask them with FINAL. Quantities must be finite; null stands for "not known" where allowed.

/**
 * One line of an event. Key: position, entry. Every message leaves at least one row, so that
 * `uniqExact(position)` equals the number of messages: an event without lines (a tick), and one
 * that changed nothing, has a row with an empty SKU and quantity 0.
 */
export interface EventRow {
  readonly position: number;
  /** Running number of the line within the message, from 0, over all events that it holds. */
  readonly entry: number;
  readonly id: string;
  /** The event's type (`order.placed`), or what became of it instead (`refused`). */
  readonly kind: string;
  readonly timeMs: number;
  /** When the log stored it; null where the log does not say. */
  readonly storedAtMs: number | null;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  /** Id of the order, cart, purchase order or transfer; empty without one. */
  readonly reference: string;
}

/** What a SKU had at a location after a change. Key: sku, location, position. */
export interface PositionRow {
  readonly position: number;
  readonly timeMs: number;
  readonly sku: string;
  readonly location: string;
  readonly onHand: number;
  readonly allocated: number;
  readonly backordered: number;
  readonly onOrder: number;
  readonly inTransit: number;
  readonly available: number;
  readonly inventoryPosition: number;
}

/**
 * A closed bucket of demand with the forecast made before it.
 * Key: sku, location, bucket, startMs; of several the one of the highest position stands.
 */
export interface BucketRow {
  /** Position in the log at which the bucket was closed, or corrected by a late event. */
  readonly position: number;
  readonly sku: string;
  readonly location: string;
  readonly startMs: number;
  /** Length of the bucket: `hour` or `day`. */
  readonly bucket: string;
  readonly units: number;
  /** Null while there is no forecast yet; so the limits below. */
  readonly forecast: number | null;
  readonly lower80: number | null;
  readonly upper80: number | null;
  readonly lower95: number | null;
  readonly upper95: number | null;
  /** Share of the bucket's time with stock, 0-1. */
  readonly inStockShare: number;
  /** The forecaster whose forecast it is; empty without one. */
  readonly champion: string;
  readonly cartAdds: number;
  readonly cartRemovals: number;
  readonly cartsAbandoned: number;
  readonly views: number;
}

/**
 * A signal as it stands. Key: sku, location, kind, id; of several the highest version stands.
 * `timeMs` is when it was raised and stays the same in all versions of one id.
 */
export interface SignalRow {
  readonly id: string;
  readonly kind: string;
  readonly timeMs: number;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  /** Empty where there is none; so `fromLocation` and `replaces`. */
  readonly supplier: string;
  readonly fromLocation: string;
  readonly neededByMs: number | null;
  readonly policy: string;
  readonly onHand: number;
  readonly allocated: number;
  readonly backordered: number;
  readonly onOrder: number;
  readonly inTransit: number;
  readonly inventoryPosition: number;
  readonly reorderPoint: number;
  readonly orderUpToLevel: number;
  readonly safetyStock: number;
  readonly leadTimeDemandMean: number;
  readonly leadTimeDemandSd: number;
  readonly leadTimeDemandQuantile: number;
  readonly leadTimeDemandLevel: number;
  /** JSON: [{factor, value, contribution}]. */
  readonly reasons: string;
  readonly counterfactual: number;
  readonly causeId: string;
  readonly causePosition: number;
  readonly replaces: string;
  readonly state:
    | 'proposed'
    | 'raised'
    | 'updated'
    | 'ordered'
    | 'part-received'
    | 'closed'
    | 'withdrawn';
  readonly stateTimeMs: number;
  /** Position in the log at which the state was reached. */
  readonly version: number;
}

/** An alert raised or cleared. Key: sku, location, kind, timeMs, id, state. */
export interface AlertRow {
  readonly id: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'raised' | 'cleared';
  readonly timeMs: number;
  readonly sku: string;
  readonly location: string;
  readonly score: number;
  readonly threshold: number;
  /** JSON: the numbers behind it by name. */
  readonly evidence: string;
  readonly causeId: string;
  readonly causePosition: number;
}

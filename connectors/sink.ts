// The contract of every sink of results.

/**
 * Takes rows somewhere. `write` resolves when the rows are as safe as this sink promises and
 * rejects when they are not; the same rows written twice must have the effect of once.
 */
export interface Sink<Row> {
  readonly name: string;
  write(rows: readonly Row[], signal: AbortSignal): Promise<void>;
  /** Writes out what is held back, within the sink's own limit, then lets go. */
  close(): Promise<void>;
}

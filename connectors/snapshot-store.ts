// The contract of a place that keeps snapshots of the engine's state.
import type { Position } from './source.js';

/** The state after all events up to and with `position`, and none after it. */
export interface Snapshot {
  /** Version of the state's layout; one that cannot be read is not loaded. */
  readonly schema: number;
  readonly position: Position;
  /** Of the engine that saved it, greater with every take-over. Absent or 0: not known. */
  readonly fence?: number;
  readonly bytes: Uint8Array;
}

/** Why a stored snapshot was passed over. */
export interface RefusedSnapshot {
  readonly name: string;
  readonly reason: string;
}

/** Null: a snapshot of this layout can be read. Otherwise why not, and what to do. */
export type LayoutCheck = (schema: number) => string | null;

export interface SnapshotStore {
  /** Resolves when the snapshot would survive a power cut; a torn write leaves the one before. */
  save(snapshot: Snapshot): Promise<void>;
  /**
   * The newest whole snapshot of this schema, or of one that the check lets pass (null: none), and
   * those newer that were refused.
   */
  newest(schema: number | LayoutCheck): Promise<{
    readonly snapshot: Snapshot | null;
    readonly refused: readonly RefusedSnapshot[];
    /** Where the snapshot was found, for people. */
    readonly from?: string;
  }>;
}

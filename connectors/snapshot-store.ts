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

/** What a store has, and what of it was passed over. */
export interface NewestSnapshot {
  /** Null: none. */
  readonly snapshot: Snapshot | null;
  /** Those newer. */
  readonly refused: readonly RefusedSnapshot[];
  /** Where the snapshot was found, for people. */
  readonly from?: string;
}

export interface SnapshotStore {
  /** Resolves when the snapshot would survive a power cut; a torn write leaves the one before. */
  save(snapshot: Snapshot): Promise<void>;
  /** The newest whole snapshot of this schema, or of one that the check lets pass. */
  newest(schema: number | LayoutCheck): Promise<NewestSnapshot>;
}

export function checkOf(schema: number | LayoutCheck): LayoutCheck {
  if (typeof schema === 'function') return schema;
  return (found) => (found === schema ? null : `layout ${found}, this version reads ${schema}`);
}

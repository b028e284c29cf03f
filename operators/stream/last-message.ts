// The last message that the state holds: what its log must still have at that position.
import type { Stateful, StateReader, StateWriter } from './state.js';

/** A message by where it stands and when the log stored it: no other one has both. */
export interface MessageMark {
  readonly position: number;
  /** ms since 1970, UTC. */
  readonly storedAtMs: number;
}

/**
 * A position alone does not say which log it is of. One that was set back and has grown since
 * holds another message there, stored later; so the state names the message that it ends with.
 */
export class LastMessage implements Stateful {
  /** Null: none yet, or the log does not say when it stored it. */
  mark: MessageMark | null = null;

  note(position: number, storedAtMs: number): void {
    this.mark = Number.isNaN(storedAtMs) ? null : { position, storedAtMs };
  }

  save(out: StateWriter): void {
    if (this.mark === null) return;
    out.put('last-message', Float64Array.of(this.mark.position, this.mark.storedAtMs));
  }

  load(from: StateReader): void {
    // States of versions that did not keep it have none.
    if (!from.has('last-message')) return;
    const [position, storedAtMs] = from.float64('last-message');
    this.note(position as number, storedAtMs as number);
  }
}

// Events set aside: those that made an operator throw, left out on every later run.
import type { Stateful, StateReader, StateWriter } from './state.js';

/** One event of one message, and why it is left out. */
export interface SetAsideEvent {
  readonly position: number;
  /** Which event of the message, from 0. */
  readonly index: number;
  readonly detail: string;
}

/**
 * Part of the state, so that a restart leaves out the same events: an error may pass, and the
 * event would have an effect in one run and none in another.
 */
export class SetAside implements Stateful {
  private readonly byPlace = new Map<string, SetAsideEvent>();

  get size(): number {
    return this.byPlace.size;
  }

  add(event: SetAsideEvent): void {
    this.byPlace.set(`${event.position}/${event.index}`, event);
  }

  /** Undefined: the event is applied like any other. */
  find(position: number, index: number): SetAsideEvent | undefined {
    return this.byPlace.get(`${position}/${index}`);
  }

  save(out: StateWriter): void {
    // Nothing set aside, as it should be: the state is what it was before there was this section.
    if (this.size === 0) return;
    const events = [...this.byPlace.values()];
    out.put(
      'set-aside.positions',
      Float64Array.from(events, ({ position }) => position),
    );
    out.put(
      'set-aside.indexes',
      Uint32Array.from(events, ({ index }) => index),
    );
    out.put(
      'set-aside.details',
      events.map(({ detail }) => detail),
    );
  }

  load(from: StateReader): void {
    if (!from.has('set-aside.positions')) return;
    const indexes = from.uint32('set-aside.indexes');
    const details = from.texts('set-aside.details');
    from.float64('set-aside.positions').forEach((position, i) => {
      this.add({ position, index: indexes[i] as number, detail: details[i] as string });
    });
  }
}

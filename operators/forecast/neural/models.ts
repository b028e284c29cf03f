// The operator that puts a new model in force when its event comes, and makes the rows' states.
import { TYPE } from '../../events/event.js';
import { refuse } from '../../events/refuse.js';
import type { Batch } from '../../stream/batch.js';
import type { Operator } from '../../stream/operator.js';
import type { Steps } from '../../stream/slices.js';
import type { StateReader, StateWriter } from '../../stream/state.js';
import type { Neural } from './neural.js';

/** Rows that are taken over with each event, a twentieth of a millisecond each. */
const EVENT_ROWS = 4;

/**
 * A model takes effect through the log, so that a replay has it from the same event on. Rows are
 * taken over a few an event: not by time, which may pass by hours at once and would have all of them
 * made at once, too.
 */
export class Models implements Operator {
  readonly name = 'models';

  constructor(private readonly neural: Neural) {}

  onEvent(batch: Batch, i: number): boolean {
    if (this.neural.stale > 0) this.neural.refresh(EVENT_ROWS);
    if (batch.type[i] !== TYPE['control.model']) return true;
    const found = batch.model.get(i);
    if (found === undefined) return true;
    const refusal = this.neural.refusal(found.model);
    if (refusal !== null) return refuse(batch, i, 'wrong-field', refusal);
    this.neural.use(found.model, found.version);
    return true;
  }

  *onTime(): Steps {
    // Nothing that time brings about.
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  save(out: StateWriter): void {
    this.neural.save(out);
  }

  load(from: StateReader): void {
    this.neural.load(from);
  }
}

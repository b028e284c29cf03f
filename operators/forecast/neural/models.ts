// The operator that puts a new model in force when its event comes, and makes the rows' states.
import { TYPE } from '../../events/event.js';
import { refuse } from '../../events/refuse.js';
import type { Batch } from '../../stream/batch.js';
import type { Moment, Operator } from '../../stream/operator.js';
import { inSlices, type Steps } from '../../stream/slices.js';
import type { StateReader, StateWriter } from '../../stream/state.js';
import type { Neural } from './neural.js';

/** Rows of one time step: 30 ms or so, once a minute of stream time. */
const STEP_ROWS = 256;
/** Rows between two pauses are so many times dearer than others: 28 steps of the network each. */
const ROW_COST = 16;

/**
 * A model takes effect through the log, so that a replay has it from the same event on. Rows are
 * taken over a few a time step; one whose bucket closes before is taken over then.
 */
export class Models implements Operator {
  readonly name = 'models';

  constructor(private readonly neural: Neural) {}

  onEvent(batch: Batch, i: number): boolean {
    if (batch.type[i] !== TYPE['control.model']) return true;
    const found = batch.model.get(i);
    if (found === undefined) return true;
    const refusal = this.neural.refusal(found.model);
    if (refusal !== null) return refuse(batch, i, 'wrong-field', refusal);
    this.neural.use(found.model, found.version);
    return true;
  }

  *onTime(_moment: Moment, sliceRows: number): Steps {
    const rows = Math.min(STEP_ROWS, this.neural.stale);
    const slice = Math.max(1, Math.floor(sliceRows / ROW_COST));
    yield* inSlices(rows, slice, () => this.neural.refresh(1));
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

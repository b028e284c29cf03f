// The contract of an operator, and the chain that takes each event through all of them.
import { refuse } from '../events/refuse.js';
import type { Batch } from './batch.js';
import { OUTCOME } from './batch.js';
import type { Clock } from './clock.js';
import type { Dedupe } from './dedupe.js';
import type { LastMessage } from './last-message.js';
import { OperatorError } from './operator-error.js';
import type { Outbox } from './outbox.js';
import type { SetAside } from './set-aside.js';
import { SLICE_ROWS, type Steps } from './slices.js';
import type { Stateful } from './state.js';

/** What is being decided, and because of what. One object, changed from event to event. */
export interface Moment {
  /** Greatest event time seen, this event's included (ms). */
  streamTimeMs: number;
  /** Time that has passed for certain (ms): behind it events are late. */
  watermarkMs: number;
  /** Event that caused what happens now. */
  causeId: string;
  causePosition: number;
  /** Time of the decision: the stream time, or the step's own time during a time step (ms). */
  nowMs: number;
  /** True during a time step. */
  isStep: boolean;
}

/**
 * One idea applied to each event. Synchronous and total: it never throws for what an event says,
 * reads no clock, no random source and no network, so the same log gives the same results.
 */
export interface Operator extends Stateful {
  readonly name: string;
  /** Applies event `i`. False: refused (by `batch.refuse`); the operators behind do not see it. */
  onEvent(batch: Batch, i: number, moment: Moment): boolean;
  /**
   * Time has passed up to `moment.nowMs`. Yields between slices of `sliceRows` rows or documents;
   * nothing is applied in between, so where it yields changes no result.
   */
  onTime(moment: Moment, sliceRows: number): Steps;
  /** The step is over for all operators: what was kept for those behind may go. */
  afterTime?(sliceRows: number): Steps;
  /** Next moment at which `onTime` must be called, whatever the grid; Infinity: none. */
  nextTimeMs(): number;
}

export interface ChainParts {
  readonly clock: Clock;
  readonly dedupe: Dedupe;
  readonly outbox: Outbox;
  readonly setAside: SetAside;
  readonly lastMessage: LastMessage;
  readonly operators: readonly Operator[];
  /** Rows, lines or documents between two yields. */
  readonly sliceRows?: number;
}

/**
 * Takes each event through all operators before the next event: how events are cut into batches
 * can then change nothing. Batches only carry events, in and out.
 */
export class Chain {
  private readonly moment: Moment = {
    streamTimeMs: Number.NEGATIVE_INFINITY,
    watermarkMs: Number.NEGATIVE_INFINITY,
    causeId: '',
    causePosition: 0,
    nowMs: Number.NEGATIVE_INFINITY,
    isStep: false,
  };

  private readonly sliceRows: number;
  private busy = false;

  constructor(private readonly parts: ChainParts) {
    this.sliceRows = parts.sliceRows ?? SLICE_ROWS;
  }

  /**
   * True: a batch has begun and not ended, or ended by an error: the state is half-changed, so it
   * must not be saved.
   */
  get isBusy(): boolean {
    return this.busy;
  }

  /**
   * Applies a batch. Yields between slices of events and of the rows of a time step, so that a
   * caller that serves others too can let them run; the batch is done when the generator ends, and
   * nothing may be applied in between.
   * @throws OperatorError when an operator throws; then this chain and its state are void.
   */
  *steps(batch: Batch): Steps {
    const { dedupe, clock, lastMessage } = this.parts;
    let i = 0;
    let rest = this.sliceRows;
    this.busy = true;
    try {
      for (; i < batch.count; i++) {
        rest -= 1 + (batch.lineStart[i + 1] as number) - (batch.lineStart[i] as number);
        if (rest < 0) {
          yield;
          rest = this.sliceRows;
        }
        if (this.isOut(batch, i)) continue;
        const id = batch.id[i] as string;
        const due = clock.see(batch.occurredAtMs[i] as number);
        this.begin(batch, i);
        if (due > clock.steppedMs) yield* this.passTime(due);
        if (this.applyEvent(batch, i)) dedupe.add(id, clock.streamTimeMs);
      }
    } catch (error) {
      throw this.failure(batch, i, error);
    }
    // Every message has an event at least: one that is none is refused as one.
    if (i > 0) lastMessage.note(batch.position[i - 1] as number, batch.storedAtMs[i - 1] as number);
    this.busy = false;
  }

  /** Applies a batch without a pause. */
  run(batch: Batch): void {
    const steps = this.steps(batch);
    while (!steps.next().done);
  }

  /** Refused by the decoder, set aside before, or a duplicate: it has no effect, not on time either. */
  private isOut(batch: Batch, i: number): boolean {
    const { dedupe, clock, outbox, setAside } = this.parts;
    if (batch.outcome[i] !== OUTCOME.pending) {
      outbox.refused(batch, i);
      return true;
    }
    if (setAside.size > 0) {
      const found = setAside.find(batch.position[i] as number, batch.index[i] as number);
      if (found !== undefined) {
        refuse(batch, i, 'failed', found.detail);
        outbox.refused(batch, i);
        return true;
      }
    }
    if (!dedupe.has(batch.id[i] as string, clock.streamTimeMs)) return false;
    batch.outcome[i] = OUTCOME.duplicate;
    outbox.counts.duplicate++;
    return true;
  }

  private failure(batch: Batch, i: number, cause: unknown): OperatorError {
    const stepMs = this.moment.isStep ? this.moment.nowMs : null;
    const [id, position] = [batch.id[i] as string, batch.position[i] as number];
    return new OperatorError({ id, position, index: batch.index[i] as number, stepMs }, cause);
  }

  private begin(batch: Batch, i: number): void {
    const { clock } = this.parts;
    this.moment.streamTimeMs = clock.streamTimeMs;
    this.moment.watermarkMs = clock.watermarkMs;
    this.moment.nowMs = clock.streamTimeMs;
    this.moment.causeId = batch.id[i] as string;
    this.moment.causePosition = batch.position[i] as number;
  }

  private *passTime(due: number): Steps {
    const { clock, operators } = this.parts;
    this.moment.isStep = true;
    while (clock.steppedMs < due) {
      let next = due;
      for (const operator of operators) next = Math.min(next, operator.nextTimeMs());
      // A moment that was asked for and has passed already is served now.
      clock.steppedMs = Math.max(next, clock.steppedMs);
      this.moment.nowMs = clock.steppedMs;
      for (const operator of operators) yield* operator.onTime(this.moment, this.sliceRows);
      for (const operator of operators) {
        if (operator.afterTime !== undefined) yield* operator.afterTime(this.sliceRows);
      }
      yield;
    }
    this.moment.isStep = false;
    this.moment.nowMs = clock.streamTimeMs;
  }

  private applyEvent(batch: Batch, i: number): boolean {
    const { outbox, operators } = this.parts;
    for (const operator of operators) {
      if (operator.onEvent(batch, i, this.moment)) continue;
      outbox.refused(batch, i);
      return false;
    }
    if (batch.outcome[i] === OUTCOME.pending) batch.outcome[i] = OUTCOME.applied;
    else outbox.refused(batch, i);
    outbox.counts.applied++;
    return true;
  }
}

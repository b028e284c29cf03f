// The contract of an operator, and the chain that takes each event through all of them.
import type { Batch } from './batch.js';
import { OUTCOME } from './batch.js';
import type { Clock } from './clock.js';
import type { Dedupe } from './dedupe.js';
import type { Outbox } from './outbox.js';
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
  /** Time has passed up to `moment.nowMs`. */
  onTime(moment: Moment): void;
  /** Next moment at which `onTime` must be called, whatever the grid; Infinity: none. */
  nextTimeMs(): number;
}

export interface ChainParts {
  readonly clock: Clock;
  readonly dedupe: Dedupe;
  readonly outbox: Outbox;
  readonly operators: readonly Operator[];
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

  constructor(private readonly parts: ChainParts) {}

  /**
   * Applies a batch. Yields after each time step, so that a caller that serves others too can let
   * them run; the batch is done when the generator ends, and nothing may be applied in between.
   */
  *steps(batch: Batch): Generator<void, void, void> {
    const { dedupe, clock, outbox } = this.parts;
    for (let i = 0; i < batch.count; i++) {
      if (batch.outcome[i] !== OUTCOME.pending) {
        outbox.refused(batch, i);
        continue;
      }
      const id = batch.id[i] as string;
      if (dedupe.has(id, clock.streamTimeMs)) {
        batch.outcome[i] = OUTCOME.duplicate;
        outbox.counts.duplicate++;
        continue;
      }
      const due = clock.see(batch.occurredAtMs[i] as number);
      this.begin(batch, i);
      if (due > clock.steppedMs) yield* this.passTime(due);
      if (this.applyEvent(batch, i)) dedupe.add(id, clock.streamTimeMs);
    }
  }

  /** Applies a batch without a pause. */
  run(batch: Batch): void {
    const steps = this.steps(batch);
    while (!steps.next().done);
  }

  private begin(batch: Batch, i: number): void {
    const { clock } = this.parts;
    this.moment.streamTimeMs = clock.streamTimeMs;
    this.moment.watermarkMs = clock.watermarkMs;
    this.moment.nowMs = clock.streamTimeMs;
    this.moment.causeId = batch.id[i] as string;
    this.moment.causePosition = batch.position[i] as number;
  }

  private *passTime(due: number): Generator<void, void, void> {
    const { clock, operators } = this.parts;
    this.moment.isStep = true;
    while (clock.steppedMs < due) {
      let next = due;
      for (const operator of operators) next = Math.min(next, operator.nextTimeMs());
      // A moment that was asked for and has passed already is served now.
      clock.steppedMs = Math.max(next, clock.steppedMs);
      this.moment.nowMs = clock.steppedMs;
      for (const operator of operators) operator.onTime(this.moment);
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

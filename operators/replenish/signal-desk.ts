// The signal desk: each signal's life from raised to ordered or withdrawn, for one kind of signal.
import type { Signal } from '../events/result.js';
import { formatTime } from '../events/time.js';
import { type ClosingReason, isWithdrawn } from '../stream/closing.js';
import type { Moment } from '../stream/operator.js';
import type { Outbox } from '../stream/outbox.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import { OpenSignals } from './open-signals.js';

/**
 * A signal is raised as proposed or approved; a proposed one becomes approved, under an id of its
 * own that replaces it. It ends ordered, or withdrawn with the reason. One that a person rejected
 * is remembered: the same need does not raise it again, only one that is larger by more than
 * `updateAbove`.
 */
export class SignalDesk implements Stateful {
  readonly open: OpenSignals;
  /** Quantity of the signal that was rejected, by row. */
  private readonly rejected = new Map<number, number>();

  /**
   * @param scope name of its state
   * @param updateAbove share of its quantity by which a need must have grown to be raised anew
   */
  constructor(
    private readonly scope: string,
    private readonly outbox: Outbox,
    private readonly updateAbove: number,
  ) {
    this.open = new OpenSignals(scope);
  }

  /** False: the row's open or rejected signal already asks for about as much. */
  isNews(row: number, quantity: number): boolean {
    const asked = this.open.get(row)?.quantity ?? this.rejected.get(row);
    return asked === undefined || quantity > asked * (1 + this.updateAbove);
  }

  /** Raises a signal; it takes the place of the row's open one. */
  raise(row: number, signal: Signal, nowMs: number): void {
    const before = this.open.get(row);
    if (before !== undefined) {
      this.outbox.close({ signal: before, row, timeMs: nowMs, reason: 'updated' });
    }
    this.rejected.delete(row);
    this.outbox.signal(signal);
    this.open.put(row, signal);
  }

  /** Ends the row's open signal, if there is one, and gives it back. */
  close(row: number, reason: ClosingReason, nowMs: number): Signal | undefined {
    const signal = this.open.get(row);
    if (isWithdrawn(reason)) this.rejected.delete(row);
    if (signal === undefined) return undefined;
    this.open.delete(row);
    if (reason === 'rejected') this.rejected.set(row, signal.quantity);
    this.outbox.close({ signal, row, timeMs: nowMs, reason });
    return signal;
  }

  /** Sends the row's proposed signal; nothing where it is approved already. */
  approve(row: number, moment: Moment): void {
    const proposed = this.open.get(row);
    if (proposed?.state !== 'proposed') return;
    const { because: _, ...signal } = proposed;
    this.raise(
      row,
      {
        ...signal,
        id: `${proposed.id}/approved`,
        state: 'approved',
        time: formatTime(moment.nowMs),
        replaces: proposed.id,
        cause: { id: moment.causeId, position: moment.causePosition },
      },
      moment.nowMs,
    );
  }

  save(out: StateWriter): void {
    this.open.save(out);
    out.put(`${this.scope}.rejectedRows`, new Int32Array([...this.rejected.keys()]));
    out.put(`${this.scope}.rejected`, new Float64Array([...this.rejected.values()]));
  }

  load(from: StateReader): void {
    this.open.load(from);
    const quantities = from.float64(`${this.scope}.rejected`);
    from.int32(`${this.scope}.rejectedRows`).forEach((row, i) => {
      this.rejected.set(row, quantities[i] as number);
    });
  }
}

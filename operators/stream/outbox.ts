// The outbox: what one batch has brought about, taken by the sinks when the batch is done.
import type { Alert, Refusal, Signal } from '../events/result.js';
import type { Batch } from './batch.js';
import { isWithdrawn, type SignalClosing, withdrawalOf } from './closing.js';
import type { Stateful, StateReader, StateWriter } from './state.js';
import { Touched } from './touched.js';

/** A demand bucket that has closed, with the forecast that was made before it. */
export interface ClosedBucket {
  readonly row: number;
  readonly startMs: number;
  readonly units: number;
  /** NaN while the forecaster is cold; so are the bounds. */
  readonly forecast: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly inStockShare: number;
  readonly champion: string;
  readonly cartAdds: number;
  readonly cartRemovals: number;
  readonly cartsAbandoned: number;
  readonly views: number;
}

/** What became of a signal that was ordered. Not published: history has it. */
export interface SignalProgress {
  readonly signal: Signal;
  readonly row: number;
  readonly timeMs: number;
  readonly state: 'part-received' | 'closed';
}

/** What a batch has brought about, in the order in which it was decided. */
export interface Results {
  readonly signals: readonly Signal[];
  /** Signals and withdrawals as they are told to others. */
  readonly told: readonly Signal[];
  readonly closings: readonly SignalClosing[];
  readonly progress: readonly SignalProgress[];
  readonly alerts: readonly Alert[];
  readonly refusals: readonly Refusal[];
  readonly buckets: readonly ClosedBucket[];
  /** Rows whose quantities changed, each once. */
  readonly changedRows: readonly number[];
}

export interface Counts {
  applied: number;
  duplicate: number;
  refused: number;
  late: number;
  signals: number;
  alerts: number;
  /** Signals that were withdrawn. */
  withdrawn: number;
}

const COUNT_NAMES = [
  'applied',
  'duplicate',
  'refused',
  'late',
  'signals',
  'alerts',
  'withdrawn',
] as const;

export class Outbox implements Stateful {
  readonly counts: Counts = {
    applied: 0,
    duplicate: 0,
    refused: 0,
    late: 0,
    signals: 0,
    alerts: 0,
    withdrawn: 0,
  };
  /** Refused and late events by reason, since the first event. */
  readonly refusedByReason = new Map<string, number>();
  private readonly changed = new Touched();
  private signals: Signal[] = [];
  private told: Signal[] = [];
  private closings: SignalClosing[] = [];
  private progresses: SignalProgress[] = [];
  private alerts: Alert[] = [];
  private refusals: Refusal[] = [];
  private buckets: ClosedBucket[] = [];

  signal(signal: Signal): void {
    this.counts.signals++;
    this.signals.push(signal);
    this.told.push(signal);
  }

  close(closing: SignalClosing): void {
    this.closings.push(closing);
    if (!isWithdrawn(closing.reason)) return;
    this.counts.withdrawn++;
    this.told.push(withdrawalOf(closing));
  }

  progress(progress: SignalProgress): void {
    this.progresses.push(progress);
  }

  alert(alert: Alert): void {
    this.counts.alerts++;
    this.alerts.push(alert);
  }

  bucket(bucket: ClosedBucket): void {
    this.buckets.push(bucket);
  }

  /** Closed buckets that nobody has taken yet. */
  get waitingBuckets(): number {
    return this.buckets.length;
  }

  /** Hands over the closed buckets alone, while a batch is still being decided. */
  takeBuckets(): readonly ClosedBucket[] {
    const { buckets } = this;
    this.buckets = [];
    return buckets;
  }

  rowChanged(row: number): void {
    this.changed.add(row);
  }

  /** Event i was refused, or came late: its reason is in the batch. */
  refused(batch: Batch, i: number): void {
    const refusal = batch.refusal.get(i);
    if (refusal === undefined) throw new RangeError(`event ${i} is refused without a reason`);
    if (refusal.reason === 'late') this.counts.late++;
    else this.counts.refused++;
    const { reason } = refusal;
    this.refusedByReason.set(reason, (this.refusedByReason.get(reason) ?? 0) + 1);
    this.refusals.push(refusal);
  }

  /** Hands over what has come together and starts anew. */
  take(): Results {
    const { signals, told, closings, progresses: progress, alerts, refusals, buckets } = this;
    const changedRows = [...this.changed.rows];
    this.changed.clear();
    this.signals = [];
    this.told = [];
    this.closings = [];
    this.progresses = [];
    this.alerts = [];
    this.refusals = [];
    this.buckets = [];
    return { signals, told, closings, progress, alerts, refusals, buckets, changedRows };
  }

  save(out: StateWriter): void {
    out.put(
      'outbox.counts',
      Float64Array.from(COUNT_NAMES, (name) => this.counts[name]),
    );
    out.put('outbox.reasons', [...this.refusedByReason.keys()]);
    out.put('outbox.refused', Float64Array.from(this.refusedByReason.values()));
  }

  load(from: StateReader): void {
    const counts = from.float64('outbox.counts');
    COUNT_NAMES.forEach((name, i) => {
      this.counts[name] = counts[i] as number;
    });
    const refused = from.float64('outbox.refused');
    from.texts('outbox.reasons').forEach((reason, i) => {
      this.refusedByReason.set(reason, refused[i] as number);
    });
  }
}

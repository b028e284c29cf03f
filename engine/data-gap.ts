// Alerts of what the broker lost: beside the core, because the log cannot tell of what it lacks.
import {
  type PositionGap,
  PositionGapError,
  StreamRewoundError,
} from '../connectors/nats/position-gap.js';
import type { ResultPublisher } from '../connectors/nats/publisher.js';
import { subjectToken } from '../connectors/nats/subject.js';
import type { Alert } from '../operators/events/result.js';
import { formatTime } from '../operators/events/time.js';
import type { Logger } from './log.js';

export interface DataGapsOptions {
  readonly stream: string;
  readonly publisher: Pick<ResultPublisher, 'write'>;
  readonly signal: AbortSignal;
  /** An earlier run has found the same gap, and its alert is out. */
  readonly isStored: (id: string) => boolean;
  /** Stream time of the core (ms); -Infinity before its first event. */
  readonly streamTimeMs: () => number;
  /** Screens and metrics; `missing` messages will never be read. */
  readonly onAlert: (alert: Alert, missing: number) => void;
  /** An alert cannot be stored: no snapshot may say that it was. */
  readonly onFailure: (error: unknown) => void;
  readonly log: Logger;
  /** Alerts of one run, at most: a stream can be all holes. Further gaps are counted only. */
  readonly maxAlerts?: number;
}

/**
 * The core decides from the log alone, so that the same log gives the same state and results. A
 * gap is what a broker did to the log: a replay of what is left does not see it. So its alert
 * never goes through the core, its outbox or its counts; nothing of it is in a snapshot. The id is
 * made of the positions: after a restart that finds the same gap the broker absorbs it.
 */
export class DataGaps {
  #stored: Promise<void> = Promise.resolve();
  #untold: Alert[] = [];
  #alerts = 0;

  constructor(private readonly options: DataGapsOptions) {}

  /** Positions are gone and reading goes on behind them. */
  note({ from, through }: PositionGap): void {
    this.#raise({
      key: `${from}-${through}`,
      severity: 'critical',
      missing: through - from + 1,
      position: from,
      evidence: { from, through },
      isSkipped: true,
    });
  }

  /** Tells of a gap that ended reading; every other error is no business of this. */
  noteError(error: unknown): void {
    if (error instanceof PositionGapError) this.note(error.gap);
    if (!(error instanceof StreamRewoundError)) return;
    const { read, first, last, how, missing } = error.rewound;
    this.#raise({
      key: `${read}/${how}/${first}-${last}`,
      severity: 'critical',
      missing,
      position: read,
      evidence: { read, first, last },
      isSkipped: false,
    });
  }

  /** Resolves when all alerts so far are stored. @throws what kept one from being stored */
  async settled(): Promise<void> {
    await this.#stored;
  }

  /** Alerts that history does not have yet, handed over once. */
  takeUntold(): readonly Alert[] {
    const untold = this.#untold;
    if (untold.length > 0) this.#untold = [];
    return untold;
  }

  #raise(found: Found): void {
    const { options } = this;
    this.#alerts += 1;
    const alert = this.#alertOf(found);
    options.onAlert(alert, found.isSkipped ? found.missing : 0);
    const limit = options.maxAlerts ?? 1_000;
    if (this.#alerts > limit) return;
    options.log.error(
      { stream: options.stream, ...alert.evidence },
      'data gap: messages that should be in the stream are not',
    );
    if (this.#alerts === limit) options.log.error('further gaps are counted, and not told');
    this.#untold.push(alert);
    if (options.isStored(alert.id)) return;
    const { subject, id } = { subject: `alerts.data-gap.${subjectToken('')}`, id: alert.id };
    const write = options.publisher.write(
      [{ subject, id, data: JSON.stringify(alert) }],
      options.signal,
    );
    this.#stored = Promise.all([this.#stored, write]).then(() => undefined);
    this.#stored.catch(options.onFailure);
  }

  /** It concerns the whole stream: no SKU, no location. */
  #alertOf({ key, severity, missing, position, evidence }: Found): Alert {
    const { stream, streamTimeMs } = this.options;
    const timeMs = streamTimeMs();
    return {
      id: `data-gap/${stream}/${key}`,
      kind: 'data-gap',
      severity,
      state: 'raised',
      // Before the first event there is no stream time; the id stays the same whatever it says.
      time: formatTime(Number.isFinite(timeMs) ? timeMs : Date.now()),
      sku: '',
      location: '',
      score: missing,
      threshold: 0,
      evidence: { missing, ...evidence },
      cause: { id: `${stream}/${key}`, position },
    };
  }
}

interface Found {
  readonly key: string;
  readonly severity: Alert['severity'];
  readonly missing: number;
  readonly position: number;
  readonly evidence: Record<string, number>;
  /** Reading goes on, or would: what is missing is missing for good. */
  readonly isSkipped: boolean;
}

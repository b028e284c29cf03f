// Alerts: each condition of a SKU-location is raised once and cleared once.
import { resultId } from '../events/ids.js';
import type { Alert, AlertKind } from '../events/result.js';
import { formatTime } from '../events/time.js';
import type { Moment } from '../stream/operator.js';
import type { Outbox } from '../stream/outbox.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';

/** What was found at a row: the condition holds, does not hold, or stays as it was. */
export interface Finding {
  readonly kind: AlertKind;
  readonly severity: Alert['severity'];
  readonly verdict: 'holds' | 'ended' | 'as-before';
  readonly score: number;
  readonly threshold: number;
  readonly evidence: Record<string, number>;
}

export interface OpenAlert {
  readonly kind: AlertKind;
  readonly severity: Alert['severity'];
  readonly raisedAtMs: number;
}

export class Alerts implements Stateful {
  private readonly byRow = new Map<number, OpenAlert[]>();
  openCount = 0;

  constructor(
    private readonly table: Table,
    private readonly outbox: Outbox,
  ) {}

  /** Open alerts of a row. */
  of(row: number): readonly OpenAlert[] {
    return this.byRow.get(row) ?? [];
  }

  isOpen(row: number, kind: AlertKind): boolean {
    return this.of(row).some((alert) => alert.kind === kind);
  }

  /** All open alerts of all rows. */
  *all(): Generator<readonly [number, OpenAlert]> {
    for (const [row, alerts] of this.byRow) for (const alert of alerts) yield [row, alert];
  }

  /** Raises or clears what has changed; says nothing of what has not. */
  report(row: number, finding: Finding, moment: Moment): void {
    if (finding.verdict === 'as-before') return;
    const holds = finding.verdict === 'holds';
    if (holds === this.isOpen(row, finding.kind)) return;
    if (holds) this.raise(row, finding, moment);
    else this.clear(row, finding.kind);
    const sku = this.table.sku(row);
    const location = this.table.location(row);
    const state = holds ? 'raised' : 'cleared';
    this.outbox.alert({
      id: `${resultId(finding.kind, location, sku, moment)}/${state}`,
      kind: finding.kind,
      severity: finding.severity,
      state,
      time: formatTime(moment.nowMs),
      sku,
      location,
      score: finding.score,
      threshold: finding.threshold,
      evidence: finding.evidence,
      cause: { id: moment.causeId, position: moment.causePosition },
    });
  }

  save(out: StateWriter): void {
    const open: OpenAlert[] = [];
    const rows = new Int32Array(this.openCount);
    const raisedAtMs = new Float64Array(this.openCount);
    for (const [row, alerts] of this.byRow) {
      for (const alert of alerts) {
        rows[open.length] = row;
        raisedAtMs[open.length] = alert.raisedAtMs;
        open.push(alert);
      }
    }
    const { length } = open;
    out.put('alerts.rows', rows);
    out.put('alerts.kinds', { length, at: (i) => open[i]?.kind });
    out.put('alerts.severities', { length, at: (i) => open[i]?.severity });
    out.put('alerts.raisedAtMs', raisedAtMs);
  }

  load(from: StateReader): void {
    const kinds = from.texts('alerts.kinds');
    const severities = from.texts('alerts.severities');
    const raisedAtMs = from.float64('alerts.raisedAtMs');
    from.int32('alerts.rows').forEach((row, i) => {
      this.add(row, {
        kind: kinds[i] as AlertKind,
        severity: severities[i] as Alert['severity'],
        raisedAtMs: raisedAtMs[i] as number,
      });
    });
  }

  private raise(row: number, { kind, severity }: Finding, moment: Moment): void {
    this.add(row, { kind, severity, raisedAtMs: moment.nowMs });
  }

  private add(row: number, alert: OpenAlert): void {
    this.openCount++;
    const open = this.byRow.get(row);
    if (open === undefined) this.byRow.set(row, [alert]);
    else open.push(alert);
  }

  private clear(row: number, kind: AlertKind): void {
    this.openCount--;
    const left = this.of(row).filter((alert) => alert.kind !== kind);
    if (left.length === 0) this.byRow.delete(row);
    else this.byRow.set(row, left);
  }
}

// The stock alerts operator: stockout and its risk, negative stock, late supply, doubtful orders.
import type { Demand } from '../demand/demand.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Replenish } from '../replenish/replenish.js';
import type { Catalog } from '../replenish/terms.js';
import type { Batch } from '../stream/batch.js';
import type { Moment, Operator } from '../stream/operator.js';
import { inSlices, type Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Touched } from '../stream/touched.js';
import type { Alerts } from './alerts.js';

export interface StockAlertOptions {
  /** A risk is over when cover has risen this share above the lead time. */
  readonly clearMargin: number;
  /** A purchase order is late when this much has passed since it was expected (ms). */
  readonly lateGraceMs: number;
}

export interface StockAlertParts {
  readonly touched: Touched;
  readonly ledger: Ledger;
  readonly demand: Demand;
  readonly replenish: Replenish;
  readonly catalog: Catalog;
  readonly alerts: Alerts;
}

const DAY_MS = 86_400_000;

/** Purchase orders of a row that are still open. */
interface Supply {
  /** Units of orders that are late, and how late the oldest of them is (ms). */
  readonly lateUnits: number;
  readonly lateByMs: number;
  /** Next arrival that is not late (ms); Infinity: none. */
  readonly nextArrivalMs: number;
}

export class StockAlerts implements Operator {
  readonly name = 'stock-alerts';
  /** When the next open purchase order becomes late; rows are looked through then. */
  private nextLateMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly parts: StockAlertParts,
    private readonly options: StockAlertOptions,
  ) {}

  onEvent(_batch: Batch, _i: number, moment: Moment): boolean {
    for (const row of this.parts.touched.rows) this.watch(row, moment);
    return true;
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    for (const closing of this.parts.demand.closings) {
      yield* this.parts.demand.forRows(closing, sliceRows, (row) => this.watch(row, moment));
    }
    for (const row of this.parts.replenish.doubts.ended) this.watchDoubt(row, moment);
    if (moment.nowMs < this.nextLateMs) return;
    this.nextLateMs = Number.POSITIVE_INFINITY;
    const rows = this.parts.ledger.purchases.rows();
    yield* inSlices(rows.length, sliceRows, (i) => this.watchSupply(rows[i] as number, moment));
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Days that the available stock lasts at the expected demand; NaN: no forecast or no demand. */
  daysOfCover(row: number): number {
    const perDay = this.parts.replenish.demandPerDay(row);
    if (!(perDay > 0)) return Number.NaN;
    return Math.max(0, this.parts.ledger.positions.available(row)) / perDay;
  }

  save(out: StateWriter): void {
    this.parts.alerts.save(out);
    out.put('stockAlerts.nextLateMs', Float64Array.of(this.nextLateMs));
  }

  load(from: StateReader): void {
    this.parts.alerts.load(from);
    this.nextLateMs = from.float64('stockAlerts.nextLateMs')[0] as number;
  }

  private watch(row: number, moment: Moment): void {
    const supply = this.watchSupply(row, moment);
    this.watchDoubt(row, moment);
    const { positions } = this.parts.ledger;
    if (!positions.isTold(row)) return;
    const onHand = positions.onHand(row);
    const available = positions.available(row);
    const isKept = !this.parts.catalog.of(row).isDiscontinued;
    const { backordered, onOrder } = positions.read(row);
    this.parts.alerts.report(
      row,
      {
        kind: 'negative-stock',
        severity: 'warning',
        verdict: onHand < 0 ? 'holds' : 'ended',
        score: onHand,
        threshold: 0,
        evidence: { onHand },
      },
      moment,
    );
    this.parts.alerts.report(
      row,
      {
        kind: 'stockout',
        severity: 'critical',
        verdict: available <= 0 && isKept ? 'holds' : 'ended',
        score: available,
        threshold: 0,
        evidence: { available, backordered, onOrder },
      },
      moment,
    );
    this.watchCover(row, supply, moment);
  }

  /**
   * Risk: what is available lasts neither the lead time nor until the next arrival. A stockout is
   * no risk any more: it has its own alert.
   */
  private watchCover(row: number, supply: Supply, moment: Moment): void {
    const { leadTimeDays, isDiscontinued } = this.parts.replenish.terms(row);
    const available = this.parts.ledger.positions.available(row);
    const cover = this.daysOfCover(row);
    const untilArrival = (supply.nextArrivalMs - moment.nowMs) / DAY_MS;
    const threshold = Math.min(leadTimeDays, Math.max(0, untilArrival));
    const isRisk = available > 0 && !isDiscontinued && cover < threshold;
    const isOver = !(available > 0 && cover < threshold * (1 + this.options.clearMargin));
    this.parts.alerts.report(
      row,
      {
        kind: 'stockout-risk',
        severity: 'warning',
        verdict: isRisk ? 'holds' : isOver || isDiscontinued ? 'ended' : 'as-before',
        score: Number.isNaN(cover) ? 0 : cover,
        threshold,
        evidence: {
          available,
          daysOfCover: Number.isNaN(cover) ? 0 : cover,
          leadTimeDays,
          demandPerDay: this.parts.replenish.demandPerDay(row) || 0,
        },
      },
      moment,
    );
  }

  /** An order far beyond the usual: a mistake, a trick, or very good news. */
  private watchDoubt(row: number, moment: Moment): void {
    const { doubts } = this.parts.replenish;
    const doubtfulUnits = doubts.units(row);
    const threshold = doubts.limitOf(row);
    this.parts.alerts.report(
      row,
      {
        kind: 'demand-spike',
        severity: 'warning',
        verdict: doubtfulUnits > 0 ? 'holds' : 'ended',
        score: doubtfulUnits,
        threshold,
        evidence: { doubtfulUnits, usualAtMost: threshold },
      },
      moment,
    );
  }

  private watchSupply(row: number, moment: Moment): Supply {
    const supply = this.supplyOf(row, moment.nowMs);
    this.parts.alerts.report(
      row,
      {
        kind: 'late-supply',
        severity: 'warning',
        verdict: supply.lateUnits > 0 ? 'holds' : 'ended',
        score: supply.lateByMs / DAY_MS,
        threshold: this.options.lateGraceMs / DAY_MS,
        evidence: { lateUnits: supply.lateUnits, daysLate: supply.lateByMs / DAY_MS },
      },
      moment,
    );
    return supply;
  }

  private supplyOf(row: number, nowMs: number): Supply {
    let lateUnits = 0;
    let lateByMs = 0;
    let nextArrivalMs = Number.POSITIVE_INFINITY;
    this.parts.ledger.purchases.forOpenLines(row, (units, dueAtMs) => {
      if (Number.isNaN(dueAtMs)) return;
      const lateAtMs = dueAtMs + this.options.lateGraceMs;
      if (nowMs >= lateAtMs) {
        lateUnits += units;
        lateByMs = Math.max(lateByMs, nowMs - dueAtMs);
        return;
      }
      nextArrivalMs = Math.min(nextArrivalMs, dueAtMs);
      this.nextLateMs = Math.min(this.nextLateMs, lateAtMs);
    });
    return { lateUnits, lateByMs, nextArrivalMs };
  }
}

// The replenish operator: compares position and reorder point after every event, raises signals.
import type { Demand } from '../demand/demand.js';
import { TYPE } from '../events/event.js';
import type { Forecast } from '../forecast/forecast.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Batch } from '../stream/batch.js';
import type { Column } from '../stream/columns.js';
import type { Moment, Operator } from '../stream/operator.js';
import type { ClosingReason, Outbox } from '../stream/outbox.js';
import type { Steps } from '../stream/slices.js';
import type { StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { Touched } from '../stream/touched.js';
import { OpenSignals } from './open-signals.js';
import { type LeadTimeDemand, levelsOf, needOf, notReplenished, type Plan } from './policy.js';
import { leadTimeDemandSd } from './safety-stock.js';
import { signalOf } from './signal.js';
import type { Catalog, Terms } from './terms.js';

export interface ReplenishOptions {
  /** An open signal is corrected when the quantity grows by more than this share of it. */
  readonly updateAbove: number;
}

/** Most buckets over which demand ahead is averaged. */
const MAX_HORIZON = 400;

export interface ReplenishParts {
  readonly table: Table;
  readonly touched: Touched;
  readonly ledger: Ledger;
  readonly demand: Demand;
  readonly forecast: Forecast;
  readonly catalog: Catalog;
  readonly outbox: Outbox;
}

export class Replenish implements Operator {
  readonly name = 'replenish';
  readonly open = new OpenSignals();
  /** Expected units a bucket over the lead time behind the running bucket; NaN: cold. */
  private readonly ahead: Column<Float64Array>;
  private readonly lastPosition: Column<Float64Array>;
  private readonly scratch = new Float64Array(MAX_HORIZON);

  constructor(
    private readonly parts: ReplenishParts,
    private readonly options: ReplenishOptions,
  ) {
    const columns = parts.table.columns('replenish');
    this.ahead = columns.float64('ahead', 1, Number.NaN);
    this.lastPosition = columns.float64('lastPosition');
  }

  onEvent(batch: Batch, i: number, moment: Moment): boolean {
    const item = batch.catalog.get(i);
    if (item !== undefined) this.takeItem(batch, i, item);
    const signalId = batch.signalId.get(i);
    if (batch.type[i] === TYPE['purchase.ordered'] && signalId !== undefined) {
      const row = this.open.rowOf(signalId);
      this.close(row, 'purchase-order', moment);
      // An order for another place than the signal's leaves the need where it was.
      if (row >= 0) this.parts.touched.add(row);
    }
    for (const row of this.parts.touched.rows) {
      const position = this.parts.ledger.positions.inventoryPosition(row);
      const mayClose = item !== undefined || position > (this.lastPosition.values[row] as number);
      this.lastPosition.values[row] = position;
      this.parts.outbox.rowChanged(row);
      this.review(row, moment, { mayClose, isReview: false });
    }
    return true;
  }

  *onTime(moment: Moment, sliceRows: number): Steps {
    for (const closing of this.parts.demand.closings) {
      yield* this.parts.demand.forRows(closing, sliceRows, (row) => {
        this.lookAhead(row);
        const isReview = closing.bucket % this.reviewBuckets(row) === 0;
        this.review(row, moment, { mayClose: true, isReview });
      });
    }
  }

  nextTimeMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Null: nothing is planned for the row: stock never told, or no forecast and no given levels. */
  plan(row: number, nowMs: number): Plan | null {
    const terms = this.parts.catalog.of(row);
    if (!this.parts.ledger.positions.isTold(row) || notReplenished(terms) !== null) return null;
    const isCold = Number.isNaN(this.ahead.values[row] as number);
    const isGiven = !Number.isNaN(terms.reorderPoint) || !Number.isNaN(terms.orderUpToLevel);
    if (isCold && !isGiven) return null;
    const demand = isCold ? NO_DEMAND : this.leadTimeDemand(row, terms, nowMs);
    return { terms, demand, levels: levelsOf(terms, demand) };
  }

  /** Expected units a day over the lead time; NaN: cold. */
  demandPerDay(row: number): number {
    return (this.ahead.values[row] as number) / this.parts.forecast.bucketDays;
  }

  save(out: StateWriter): void {
    this.parts.catalog.save(out);
    this.open.save(out);
  }

  load(from: StateReader): void {
    this.parts.catalog.load(from);
    this.open.load(from);
  }

  private takeItem(batch: Batch, i: number, item: Parameters<Catalog['put']>[2]): void {
    const n = batch.lineStart[i] as number;
    const sku = batch.lineSku[n] as number;
    this.parts.catalog.put(sku, batch.lineRow[n] as number, item, batch.occurredAtMs[i] as number);
    for (const row of this.parts.table.rowsOf(sku)) this.lookAhead(row);
  }

  private review(
    row: number,
    moment: Moment,
    when: { mayClose: boolean; isReview: boolean },
  ): void {
    const { positions } = this.parts.ledger;
    const open = this.open.get(row);
    const plan = this.plan(row, moment.nowMs);
    if (plan === null) {
      if (open !== undefined && when.mayClose) this.close(row, 'not-replenished', moment);
      return;
    }
    const position = positions.inventoryPosition(row);
    const need = needOf(plan.terms, plan.levels, position);
    if (need === null) {
      const reason = moment.isStep ? 'demand' : 'stock';
      if (open !== undefined && when.mayClose) this.close(row, reason, moment);
      return;
    }
    if (plan.terms.policy === 'RS' && !when.isReview) return;
    if (open !== undefined && need.quantity <= open.quantity * (1 + this.options.updateAbove))
      return;
    const { table } = this.parts;
    const signal = signalOf({
      sku: table.sku(row),
      location: table.location(row),
      quantities: positions.read(row),
      plan,
      need,
      moment,
      replaces: open?.id,
    });
    if (open !== undefined) {
      this.parts.outbox.close({ signal: open, row, timeMs: moment.nowMs, reason: 'updated' });
    }
    this.parts.outbox.signal(signal);
    this.open.put(row, signal);
  }

  private close(row: number, reason: ClosingReason, moment: Moment): void {
    const open = this.open.get(row);
    if (open === undefined) return;
    this.open.delete(row);
    this.parts.outbox.close({ signal: open, row, timeMs: moment.nowMs, reason });
  }

  /** Averages the forecast over the lead time that begins behind the next bucket. */
  private lookAhead(row: number): void {
    const buckets = this.leadTimeBuckets(this.parts.catalog.of(row));
    const horizon = Math.min(MAX_HORIZON, Math.max(1, Math.ceil(buckets)) + 1);
    if (!this.parts.forecast.predict(row, horizon, this.scratch)) {
      this.ahead.values[row] = Number.NaN;
      return;
    }
    let sum = 0;
    for (let h = 1; h < horizon; h++) sum += this.scratch[h] as number;
    this.ahead.values[row] = sum / (horizon - 1);
  }

  /**
   * Mean: the nowcast rest of the running bucket, then the average ahead for what is left of the
   * lead time. Sd: of forecast errors and lead time together.
   */
  private leadTimeDemand(row: number, terms: Terms, nowMs: number): LeadTimeDemand {
    const { forecast } = this.parts;
    const buckets = this.leadTimeBuckets(terms);
    const ahead = this.ahead.values[row] as number;
    const rest = forecast.rest(row, nowMs);
    const inRest = rest.buckets > 0 ? Math.min(1, buckets / rest.buckets) : 0;
    const behind = Math.max(0, buckets - rest.buckets);
    const sd = leadTimeDemandSd({
      demandMean: ahead,
      demandSd: forecast.errorSd(row),
      leadTimeMean: buckets,
      leadTimeSd: terms.leadTimeSdDays / forecast.bucketDays,
    });
    const mean = rest.units * inRest + behind * ahead;
    return { mean, sd, perDay: ahead / forecast.bucketDays };
  }

  private leadTimeBuckets(terms: Terms): number {
    const days = terms.leadTimeDays + (terms.policy === 'RS' ? terms.reviewDays : 0);
    return days / this.parts.forecast.bucketDays;
  }

  private reviewBuckets(row: number): number {
    const { reviewDays } = this.parts.catalog.of(row);
    return Math.max(1, Math.round(reviewDays / this.parts.forecast.bucketDays));
  }
}

const NO_DEMAND: LeadTimeDemand = { mean: 0, sd: 0, perDay: 0 };

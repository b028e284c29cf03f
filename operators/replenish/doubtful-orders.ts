// Doubtful orders: order lines far outside of what their SKU sells, whose stock is not bought blindly.
import type { Forecast } from '../forecast/forecast.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Batch } from '../stream/batch.js';
import type { Moment } from '../stream/operator.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { OrderSizes } from './order-sizes.js';

export interface DoubtOptions {
  /** A line of more than so many times the usual line and the 99.5 % quantile of a bucket. */
  readonly times: number;
  /** Units that a doubtful line has at least. */
  readonly units: number;
  /** How long it stays so (ms), if nobody decides and it is not cancelled before. */
  readonly holdMs: number;
}

export interface DoubtParts {
  readonly ledger: Ledger;
  readonly forecast: Forecast;
  readonly sizes: OrderSizes;
}

interface Doubt {
  readonly row: number;
  readonly orderId: string;
  readonly untilMs: number;
  /** Units up to which it would not have been doubtful. */
  readonly limit: number;
}

/**
 * The largest order of the shop's records, 80,995 pieces of one SKU, was cancelled after twelve
 * minutes. An order line beyond `times` both the SKU's usual line and the 99.5 % quantile of its own
 * next bucket is doubtful for a while: its units count as promised, but what they alone make due is proposed, not sent.
 * A SKU without a forecast has nothing to doubt by.
 */
export class DoubtfulOrders implements Stateful {
  private readonly byRow = new Map<number, Doubt[]>();
  private nextMs = Number.POSITIVE_INFINITY;
  /** Rows whose doubts have ended in the present step of time. */
  ended: number[] = [];

  constructor(
    private readonly parts: DoubtParts,
    private readonly options: DoubtOptions,
  ) {}

  /** When the next doubt ends by itself; Infinity: there is none. */
  get nextTimeMs(): number {
    return this.nextMs;
  }

  /** Looks at the lines of an order that was placed. */
  onOrder(batch: Batch, i: number, moment: Moment): void {
    for (let n = batch.lineStart[i] as number; n < (batch.lineStart[i + 1] as number); n++) {
      const units = batch.lineQuantity[n] as number;
      if (units < this.options.units) continue;
      const row = batch.lineRow[n] as number;
      const limit = this.limit(row, units);
      if (units <= limit) continue;
      const untilMs = moment.nowMs + this.options.holdMs;
      this.add({ row, orderId: batch.reference[i] as string, untilMs, limit });
    }
  }

  /** Units of doubtful lines of a row that are still open. */
  units(row: number): number {
    const doubts = this.byRow.get(row);
    if (doubts === undefined) return 0;
    let sum = 0;
    for (const { orderId } of doubts) sum += this.parts.ledger.orders.openUnits(orderId, row);
    return sum;
  }

  /** Units up to which the row's doubtful orders would not have been; 0: there are none. */
  limitOf(row: number): number {
    return this.byRow.get(row)?.[0]?.limit ?? 0;
  }

  /** The row's orders are taken for real. */
  trust(row: number): void {
    this.byRow.delete(row);
  }

  /** Ends doubts that have lasted long enough; the rows that had some are in `ended`. */
  expire(nowMs: number): void {
    if (this.ended.length > 0) this.ended = [];
    if (nowMs < this.nextMs) return;
    this.nextMs = Number.POSITIVE_INFINITY;
    for (const [row, doubts] of this.byRow) {
      const left = doubts.filter((doubt) => doubt.untilMs > nowMs && this.isOpen(doubt));
      for (const { untilMs } of left) this.nextMs = Math.min(this.nextMs, untilMs);
      if (left.length === doubts.length) continue;
      this.ended.push(row);
      if (left.length > 0) this.byRow.set(row, left);
      else this.byRow.delete(row);
    }
  }

  save(out: StateWriter): void {
    const all = [...this.byRow.values()].flat();
    out.put(
      'doubts.rows',
      Int32Array.from(all, ({ row }) => row),
    );
    out.put(
      'doubts.orders',
      all.map(({ orderId }) => orderId),
    );
    out.put(
      'doubts.untilMs',
      Float64Array.from(all, ({ untilMs }) => untilMs),
    );
    out.put(
      'doubts.limits',
      Float64Array.from(all, ({ limit }) => limit),
    );
    out.put('doubts.nextMs', Float64Array.of(this.nextMs));
  }

  load(from: StateReader): void {
    const rows = from.int32('doubts.rows');
    const untilMs = from.float64('doubts.untilMs');
    const limits = from.float64('doubts.limits');
    from.texts('doubts.orders').forEach((orderId, i) => {
      const [row, limit] = [rows[i] as number, limits[i] as number];
      this.add({ row, orderId, untilMs: untilMs[i] as number, limit });
    });
    this.nextMs = from.float64('doubts.nextMs')[0] as number;
  }

  /** Of what the usual order line allows, which is cheap to know, and the whole next bucket. */
  private limit(row: number, units: number): number {
    const { forecast, sizes } = this.parts;
    const bySize = this.options.times * sizes.usual(row);
    return units <= bySize ? bySize : Math.max(bySize, this.options.times * forecast.most(row));
  }

  private isOpen({ orderId, row }: Doubt): boolean {
    return this.parts.ledger.orders.openUnits(orderId, row) > 0;
  }

  private add(doubt: Doubt): void {
    const doubts = this.byRow.get(doubt.row) ?? [];
    if (doubts.some(({ orderId }) => orderId === doubt.orderId)) return;
    this.byRow.set(doubt.row, [...doubts, doubt]);
    this.nextMs = Math.min(this.nextMs, doubt.untilMs);
  }
}

// The simulated stock of all series: demand takes from it, orders arrive after a random lead time.
import { Agenda } from '../demo/agenda.js';
import { Random } from '../demo/random.js';
import { Measures } from './measures.js';
import { DAY_MS, type Series } from './recorded-demand.js';

export interface LeadTimeDays {
  readonly mean: number;
  readonly sd: number;
}

export interface StockOptions {
  readonly leadTime: LeadTimeDays;
  /** The same seed: the same lead time for the n-th order of a series, whatever the policy. */
  readonly seed: string;
  /** What is not on the shelf is not sold; otherwise it waits. */
  readonly isLost: boolean;
}

export interface Receipt {
  readonly s: number;
  readonly units: number;
  readonly atMs: number;
  /** Which order of its series it is, from 1. */
  readonly number: number;
}

/**
 * Stock is measured from `open` on; before it a series has none. An order cycle ends with a
 * receipt; it is clean where nobody came in vain since the receipt before, and nobody was waiting.
 */
export class Stock {
  readonly measures: Measures;
  /** On-hand, less what waits. */
  private readonly net: Float64Array;
  private readonly onOrder: Float64Array;
  private readonly orders: Int32Array;
  private readonly isShort: Uint8Array;
  /** Up to when the series is measured; NaN: it is not open. */
  private readonly measuredMs: Float64Array;
  private readonly agenda = new Agenda<Receipt>();

  constructor(
    private readonly series: readonly Series[],
    private readonly options: StockOptions,
  ) {
    this.measures = new Measures(series.length);
    this.net = new Float64Array(series.length);
    this.onOrder = new Float64Array(series.length);
    this.orders = new Int32Array(series.length);
    this.isShort = new Uint8Array(series.length);
    this.measuredMs = new Float64Array(series.length).fill(Number.NaN);
  }

  isOpen(s: number): boolean {
    return !Number.isNaN(this.measuredMs[s] as number);
  }

  onHand(s: number): number {
    return Math.max(0, this.net[s] as number);
  }

  /** Inventory position: on-hand + on order - waiting. */
  position(s: number): number {
    return (this.net[s] as number) + (this.onOrder[s] as number);
  }

  open(s: number, atMs: number, units: number): void {
    this.measuredMs[s] = atMs;
    this.net[s] = units;
  }

  /** @returns units that were on the shelf */
  take(s: number, atMs: number, units: number): number {
    this.measure(s, atMs);
    const filled = Math.min(units, this.onHand(s));
    this.measures.add('demanded', s, units);
    this.measures.add('filled', s, filled);
    if (filled < units) this.isShort[s] = 1;
    this.net[s] = (this.net[s] as number) - (this.options.isLost ? filled : units);
    return filled;
  }

  /** @returns the receipt to come */
  order(s: number, atMs: number, units: number): Receipt {
    const number = (this.orders[s] as number) + 1;
    this.orders[s] = number;
    this.onOrder[s] = (this.onOrder[s] as number) + units;
    this.measures.add('orders', s, 1);
    const { sku, location } = this.series[s] as Series;
    const days = new Random(this.options.seed, `${location}/${sku}/${number}`).gamma(
      this.options.leadTime,
    );
    const receipt = { s, units, atMs: atMs + Math.round(days * DAY_MS), number };
    this.agenda.add(receipt.atMs, receipt);
    return receipt;
  }

  /** The next receipt up to `toMs`, put on the shelf; null: there is none. */
  receive(toMs: number): Receipt | null {
    if (!((this.agenda.nextMs() ?? Number.POSITIVE_INFINITY) <= toMs)) return null;
    const { value: receipt } = this.agenda.take();
    const { s, units, atMs } = receipt;
    this.measure(s, atMs);
    this.measures.add('cycles', s, 1);
    if (this.isShort[s] === 0) this.measures.add('cleanCycles', s, 1);
    this.net[s] = (this.net[s] as number) + units;
    this.onOrder[s] = (this.onOrder[s] as number) - units;
    this.isShort[s] = (this.net[s] as number) < 0 ? 1 : 0;
    return receipt;
  }

  /** Measures all open series up to `toMs`. */
  end(toMs: number): void {
    for (let s = 0; s < this.series.length; s++) if (this.isOpen(s)) this.measure(s, toMs);
  }

  /**
   * Under periodic review each review begins a cycle. Those that had nothing to order are clean:
   * they are counted here, once, at the end.
   */
  countReviews(s: number, reviewDays: number): void {
    const reviews = Math.round(this.measures.of('measuredMs', s) / (reviewDays * DAY_MS));
    const quiet = Math.max(0, reviews - this.measures.of('cycles', s));
    this.measures.add('cycles', s, quiet);
    this.measures.add('cleanCycles', s, quiet);
  }

  private measure(s: number, toMs: number): void {
    const passedMs = toMs - (this.measuredMs[s] as number);
    if (!(passedMs > 0)) return;
    const net = this.net[s] as number;
    this.measures.add('measuredMs', s, passedMs);
    this.measures.add('onHandMs', s, passedMs * Math.max(0, net));
    this.measures.add('waitingMs', s, passedMs * Math.max(0, -net));
    if (net <= 0) this.measures.add('emptyMs', s, passedMs);
    this.measuredMs[s] = toMs;
  }
}

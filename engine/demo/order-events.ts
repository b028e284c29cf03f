// Turns lines of the Online Retail data set into events of the contract; what is left out is counted.
import type { EventOf, InventoryEvent } from '../../operators/events/event.js';
import type { CsvRecord } from './csv.js';
import { hashText } from './random.js';

type Sale = EventOf<'order.placed'>;
type OrderLine = Sale['lines'][number];

/** A sale that a later C line may take back. */
interface SaleLine {
  readonly orderId: string;
  readonly ts: string;
  readonly quantity: number;
  cancelled: boolean;
}

export interface Conversion {
  readonly events: InventoryEvent[];
  /** Lines by what became of them. */
  readonly counts: Record<string, number>;
}

export interface ConversionOptions {
  readonly location: string;
  /** First and first-not local day, `2011-07-18`. Sales before it are no longer cancelled. */
  readonly from: string;
  readonly to: string;
  /** Local time `2011-07-18T09:12:00` as RFC 3339 with the offset of that day. */
  readonly withOffset: (local: string) => string;
}

/** A C line takes back an equal sale of the same customer at most this much older. */
const CANCEL_WITHIN_MS = 72 * 3_600_000;
/** One in this many lines that come back is not fit for the shelf: simulated, by hash. */
const SPOILT_ONE_IN = 8;

/**
 * Events of all lines from `from` on and before `to`, in time order, ties in the file's order.
 * Sales of one order id are one `order.placed` at the order's first minute.
 */
export function orderEvents(lines: readonly CsvRecord[], options: ConversionOptions): Conversion {
  return new OrderConverter(options).convert(lines);
}

class OrderConverter {
  private readonly counts: Record<string, number> = {};
  private readonly sales = new Map<string, SaleLine[]>();
  private readonly orders = new Map<string, { order: Sale; ts: string }>();
  private readonly timed: { ts: string; event: InventoryEvent }[] = [];
  /** How many corrections one document has for one SKU, by id of the first. */
  private readonly adjustments = new Map<string, number>();
  private readonly open = new Map<string, EventOf<'order.cancelled'> | EventOf<'order.returned'>>();

  constructor(private readonly options: ConversionOptions) {}

  convert(lines: readonly CsvRecord[]): Conversion {
    for (const line of lines) this.take(line);
    // Stable: ties stay in the file's order.
    this.timed.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
    return { events: this.timed.map(({ event }) => event), counts: this.counts };
  }

  private take(line: CsvRecord): void {
    const ts = line.ts as string;
    const day = ts.slice(0, 10);
    if (day >= this.options.to) return;
    const inside = day >= this.options.from;
    const kind = line.kind as string;
    // Earlier sales are read so that a return finds the order that it belongs to.
    if (kind === 'sale') this.remember(line);
    if (!inside) return;
    if (kind === 'sale') this.sale(line);
    else if (kind === 'return') this.comesBack(line);
    else if (kind === 'stock_adjust') this.adjusted(line);
    else this.count(`left out: ${kind}`);
  }

  private sale(line: CsvRecord): void {
    const orderId = line.order_id as string;
    let entry = this.orders.get(orderId);
    if (entry === undefined) {
      const ts = line.ts as string;
      const order: Sale = {
        id: `op-${orderId}`,
        type: 'order.placed',
        time: this.options.withOffset(ts),
        orderId,
        location: this.options.location,
        channel: line.country === 'United Kingdom' ? 'web-uk' : 'web-export',
        lines: [],
      };
      entry = { order, ts };
      this.orders.set(orderId, entry);
      this.timed.push({ ts, event: order });
    }
    if (entry.ts !== line.ts) this.count('sale lines moved to the first minute of their order');
    const sold: OrderLine = {
      sku: skuOf(line),
      quantity: Number(line.qty),
      unitPrice: Number(line.unit_price),
    };
    entry.order.lines.push(sold);
    this.count('sale lines');
  }

  private remember(line: CsvRecord): void {
    if (line.customer === '') return;
    const key = `${line.customer}/${skuOf(line)}`;
    const sales = this.sales.get(key) ?? [];
    this.sales.set(key, sales);
    sales.push({
      orderId: line.order_id as string,
      ts: line.ts as string,
      quantity: Number(line.qty),
      cancelled: false,
    });
  }

  /** A C line: the cancellation of an equal sale shortly before, else goods that come back. */
  private comesBack(line: CsvRecord): void {
    const quantity = -Number(line.qty);
    const sales = this.sales.get(`${line.customer}/${skuOf(line)}`) ?? [];
    const cancelled = sales.findLast((sale) => this.isCancelledBy(sale, line, quantity));
    if (cancelled !== undefined) {
      cancelled.cancelled = true;
      this.cancellation(line, cancelled.orderId, quantity);
      return;
    }
    const sale = sales.findLast(
      (candidate) => !candidate.cancelled && candidate.quantity >= quantity,
    );
    this.returned(line, sale?.orderId ?? (line.order_id as string), quantity);
    this.count(sale ? 'return lines with their order found' : 'return lines without an order');
  }

  private isCancelledBy(sale: SaleLine, line: CsvRecord, quantity: number): boolean {
    const age = Date.parse(`${line.ts}Z`) - Date.parse(`${sale.ts}Z`);
    const isKnown = sale.ts.slice(0, 10) >= this.options.from;
    return isKnown && !sale.cancelled && sale.quantity === quantity && age <= CANCEL_WITHIN_MS;
  }

  private cancellation(line: CsvRecord, orderId: string, quantity: number): void {
    const id = `oc-${line.order_id}-${orderId}`;
    const event = this.eventOf(id, line, () => ({
      id,
      type: 'order.cancelled',
      time: this.options.withOffset(line.ts as string),
      orderId,
      lines: [],
    })) as EventOf<'order.cancelled'>;
    event.lines?.push({ sku: skuOf(line), quantity });
    this.count('cancelled lines');
  }

  private returned(line: CsvRecord, orderId: string, quantity: number): void {
    const id = `or-${line.order_id}-${orderId}`;
    const event = this.eventOf(id, line, () => ({
      id,
      type: 'order.returned',
      time: this.options.withOffset(line.ts as string),
      orderId,
      location: this.options.location,
      lines: [],
    })) as EventOf<'order.returned'>;
    const sku = skuOf(line);
    const restock = hashText(`${line.order_id}/${sku}`) % SPOILT_ONE_IN !== 0;
    event.lines.push({ sku, quantity, restock });
  }

  private eventOf(
    id: string,
    line: CsvRecord,
    make: () => EventOf<'order.cancelled'> | EventOf<'order.returned'>,
  ): EventOf<'order.cancelled'> | EventOf<'order.returned'> {
    const known = this.open.get(id);
    if (known !== undefined) return known;
    const event = make();
    this.open.set(id, event);
    this.timed.push({ ts: line.ts as string, event });
    return event;
  }

  /** The clerk's note stays out: only its group is kept. */
  private adjusted(line: CsvRecord): void {
    const event: EventOf<'stock.adjusted'> = {
      id: `sa-${line.order_id}-${skuOf(line)}`,
      type: 'stock.adjusted',
      time: this.options.withOffset(line.ts as string),
      location: this.options.location,
      sku: skuOf(line),
      quantity: Number(line.qty),
      reason: line.reason === '' ? 'unspecified' : (line.reason as string),
    };
    const before = this.adjustments.get(event.id) ?? 0;
    this.adjustments.set(event.id, before + 1);
    if (before > 0) event.id += `-${before + 1}`;
    this.timed.push({ ts: line.ts as string, event });
    this.count('stock adjustments');
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/** One code in two cases is one product here: 4,070 codes as written are 3,958 upper-cased. */
function skuOf(line: CsvRecord): string {
  return (line.sku as string).trim().toUpperCase();
}

// The contract once more, as naively as it can be said: plain objects, one event at a time.
import type { EventOf, InventoryEvent } from '../../operators/events/event.js';
import { endOfLocalDay, localDate } from './local-days.js';
import { Shelf } from './shelf.js';

export interface OracleOptions {
  readonly disorderMs: number;
  readonly allowedLatenessMs: number;
  readonly dedupeWindowMs: number;
  readonly decrementOn: 'shipped' | 'placed';
  timeZoneOf(location: string): string;
}

export type OracleAnswer = 'applied' | 'duplicate' | 'late' | 'unknown-order' | 'unknown-location';

interface OrderLine {
  readonly sku: string;
  readonly location: string;
  readonly placedAtMs: number;
  open: number;
  /** Units ordered and not cancelled. */
  demanded: number;
}

interface PurchaseLine {
  location: string;
  ordered: number;
  received: number;
}

interface Transfer {
  shipped: number;
  received: number;
}

export class Oracle {
  streamTimeMs = Number.NEGATIVE_INFINITY;
  private readonly takenAtMs = new Map<string, number>();
  private readonly shelves = new Map<string, Shelf>();
  private readonly orders = new Map<string, OrderLine[]>();
  private readonly orderLocation = new Map<string, string>();
  /** The lines of all orders once more, by row: a search through all orders a row takes minutes. */
  private readonly rowLines = new Map<string, OrderLine[]>();
  /** By purchase order, then SKU. */
  private readonly purchases = new Map<string, Map<string, PurchaseLine>>();
  /** All of them once more, by SKU, for the same reason. */
  private readonly skuPurchases = new Map<string, PurchaseLine[]>();
  /** By row of the receiver, then transfer. */
  private readonly transfers = new Map<string, Map<string, Transfer>>();
  /** Units by row and local date. */
  private readonly demand = new Map<string, number>();

  constructor(private readonly options: OracleOptions) {}

  take(event: InventoryEvent): OracleAnswer {
    const taken = this.takenAtMs.get(event.id);
    if (taken !== undefined && taken >= this.streamTimeMs - this.options.dedupeWindowMs) {
      return 'duplicate';
    }
    const timeMs = msOf(event.time);
    this.streamTimeMs = Math.max(this.streamTimeMs, timeMs);
    const answer = this.apply(event, timeMs);
    if (answer === 'applied' || answer === 'late') {
      this.takenAtMs.set(event.id, this.streamTimeMs);
    }
    return answer;
  }

  quantities(sku: string, location: string) {
    const row = rowOf(sku, location);
    const onHand = this.shelves.get(row)?.onHand() ?? 0;
    // Where an order takes stock at once nothing is left to promise.
    const open =
      this.options.decrementOn === 'placed'
        ? 0
        : this.linesAt(row).reduce((sum, line) => sum + line.open, 0);
    const allocated = Math.min(open, Math.max(onHand, 0));
    const backordered = open - allocated;
    const onOrder = this.onOrder(sku, location);
    const inTransit = [...(this.transfers.get(row)?.values() ?? [])].reduce(
      (sum, { shipped, received }) => sum + Math.max(0, shipped - received),
      0,
    );
    return {
      onHand,
      allocated,
      backordered,
      onOrder,
      inTransit,
      available: onHand - allocated,
      inventoryPosition: onHand + onOrder + inTransit - allocated - backordered,
    };
  }

  /** Units that the history of a row has for a local date. */
  unitsOf(sku: string, location: string, date: string): number {
    return this.demand.get(`${rowOf(sku, location)} ${date}`) ?? 0;
  }

  /** Rows and local dates with demand whose bucket has closed by now. */
  *closedDemand(): Generator<{ sku: string; location: string; date: string; units: number }> {
    for (const [key, units] of this.demand) {
      const [sku, location, date] = key.split(' ') as [string, string, string];
      const noon = Date.parse(`${date}T12:00:00Z`);
      const zone = this.options.timeZoneOf(location);
      const inside = [-12, -6, 0, 6, 12]
        .map((hours) => noon + hours * 3_600_000)
        .find((ms) => localDate(ms, zone) === date);
      if (units > 0 && this.isClosed(location, inside as number)) {
        yield { sku, location, date, units };
      }
    }
  }

  /** Demand (without what was cancelled) of a row at times from `from` to before `to`. */
  demandBetween(sku: string, location: string, from: number, to: number): number {
    return this.linesAt(rowOf(sku, location))
      .filter((line) => line.placedAtMs >= from && line.placedAtMs < to)
      .reduce((sum, line) => sum + line.demanded, 0);
  }

  private apply(event: InventoryEvent, timeMs: number): OracleAnswer {
    switch (event.type) {
      case 'order.placed':
        return this.place(event, timeMs);
      case 'order.cancelled':
        this.cancel(event, timeMs);
        return 'applied';
      case 'order.shipped':
        return this.ship(event, timeMs);
      case 'order.returned':
        for (const line of event.lines) {
          if (line.restock) this.book(line.sku, event.location, timeMs, line.quantity);
        }
        return 'applied';
      case 'stock.received':
        this.book(event.sku, event.location, timeMs, event.quantity);
        if (event.purchaseOrderId !== undefined) {
          this.purchase(event.purchaseOrderId, event.sku, event.location).received +=
            event.quantity;
        }
        return 'applied';
      case 'stock.adjusted':
        this.book(event.sku, event.location, timeMs, event.quantity);
        return 'applied';
      case 'stock.counted':
        this.shelf(rowOf(event.sku, event.location)).count(timeMs, event.quantity);
        return 'applied';
      case 'stock.transferred':
        this.transfer(event, timeMs);
        return 'applied';
      case 'purchase.ordered': {
        const line = this.purchase(event.purchaseOrderId, event.sku, event.location);
        line.location = event.location;
        line.ordered = event.quantity;
        return 'applied';
      }
      case 'purchase.cancelled':
        for (const [sku, line] of this.purchases.get(event.purchaseOrderId) ?? []) {
          if (event.sku === undefined || event.sku === sku) line.ordered = 0;
        }
        return 'applied';
      default:
        return this.takeIntent(event, timeMs);
    }
  }

  /** Intent moves no quantity, but it too is late for a bucket that has closed. */
  private takeIntent(event: InventoryEvent, timeMs: number): OracleAnswer {
    const isIntent = ['cart.added', 'cart.removed', 'cart.viewed'].includes(event.type);
    if (!isIntent || !('location' in event) || event.location === undefined) return 'applied';
    return this.isClosed(event.location, timeMs) ? 'late' : 'applied';
  }

  private place(event: EventOf<'order.placed'>, timeMs: number): OracleAnswer {
    let answer: OracleAnswer = 'applied';
    const lines = this.orders.get(event.orderId) ?? [];
    this.orders.set(event.orderId, lines);
    if (!this.orderLocation.has(event.orderId)) {
      this.orderLocation.set(event.orderId, event.location);
    }
    for (const { sku, quantity, location = event.location } of event.lines) {
      const takesAtOnce = this.options.decrementOn === 'placed';
      const line = { sku, location, placedAtMs: timeMs, open: quantity, demanded: quantity };
      lines.push(line);
      const row = rowOf(sku, location);
      this.rowLines.set(row, this.linesAt(row));
      this.linesAt(row).push(line);
      if (takesAtOnce) this.book(sku, location, timeMs, -quantity);
      if (this.isClosed(location, timeMs)) answer = 'late';
      else this.addDemand(sku, location, timeMs, quantity);
    }
    return answer;
  }

  private cancel(event: EventOf<'order.cancelled'>, timeMs: number): void {
    const lines = this.orders.get(event.orderId) ?? [];
    const wanted = event.lines ?? lines.map(({ sku, open }) => ({ sku, quantity: open }));
    for (const { sku, quantity } of wanted) {
      let left = quantity;
      for (const line of lines.filter((l) => l.sku === sku)) {
        const units = Math.min(left, line.open);
        left -= units;
        line.open -= units;
        line.demanded -= units;
        if (this.options.decrementOn === 'placed') {
          this.book(sku, line.location, timeMs, units);
        }
        if (!this.isClosed(line.location, line.placedAtMs)) {
          this.addDemand(sku, line.location, line.placedAtMs, -units);
        }
      }
    }
  }

  private ship(event: EventOf<'order.shipped'>, timeMs: number): OracleAnswer {
    const lines = this.orders.get(event.orderId);
    if (lines === undefined && event.lines === undefined) return 'unknown-order';
    if (lines === undefined && event.location === undefined) return 'unknown-location';
    if (event.lines === undefined) {
      for (const line of lines ?? []) {
        this.leave(line.sku, line.location, timeMs, line.open);
        line.open = 0;
      }
      return 'applied';
    }
    // Goods that leave beyond what was ordered leave where the order's open line stands.
    const standing = (lines ?? []).filter((line) => line.open > 0);
    for (const { sku, quantity } of event.lines) {
      const ofSku = (lines ?? []).filter((line) => line.sku === sku);
      const lineOfSku = standing.find((line) => line.sku === sku);
      const here = ofSku.filter((line) => line.location === event.location);
      const elsewhere = ofSku.filter((line) => line.location !== event.location);
      let left = quantity;
      for (const line of [...here, ...elsewhere]) {
        const units = Math.min(left, line.open);
        left -= units;
        line.open -= units;
        if (event.location === undefined) this.leave(sku, line.location, timeMs, units);
      }
      const place =
        event.location ?? lineOfSku?.location ?? (this.orderLocation.get(event.orderId) as string);
      this.leave(sku, place, timeMs, event.location === undefined ? left : quantity);
    }
    return 'applied';
  }

  private transfer(event: EventOf<'stock.transferred'>, timeMs: number): void {
    const row = rowOf(event.sku, event.to);
    const ofRow = this.transfers.get(row) ?? new Map<string, Transfer>();
    const transfer = ofRow.get(event.transferId) ?? { shipped: 0, received: 0 };
    this.transfers.set(row, ofRow.set(event.transferId, transfer));
    transfer[event.stage] += event.quantity;
    if (event.stage === 'shipped') this.book(event.sku, event.from, timeMs, -event.quantity);
    else this.book(event.sku, event.to, timeMs, event.quantity);
  }

  /** Where `placed` takes stock, shipped is ignored. */
  private leave(sku: string, location: string, timeMs: number, units: number): void {
    if (this.options.decrementOn === 'shipped') this.book(sku, location, timeMs, -units);
  }

  private book(sku: string, location: string, timeMs: number, quantity: number): void {
    this.shelf(rowOf(sku, location)).book(timeMs, quantity);
  }

  private shelf(row: string): Shelf {
    const shelf = this.shelves.get(row) ?? new Shelf();
    this.shelves.set(row, shelf);
    return shelf;
  }

  private purchase(id: string, sku: string, location: string): PurchaseLine {
    const lines = this.purchases.get(id) ?? new Map<string, PurchaseLine>();
    const known = lines.get(sku);
    if (known !== undefined) return known;
    const line = { location, ordered: 0, received: 0 };
    this.purchases.set(id, lines.set(sku, line));
    this.skuPurchases.set(sku, [...(this.skuPurchases.get(sku) ?? []), line]);
    return line;
  }

  private onOrder(sku: string, location: string): number {
    return (this.skuPurchases.get(sku) ?? [])
      .filter((line) => line.location === location)
      .reduce((sum, line) => sum + Math.max(0, line.ordered - line.received), 0);
  }

  private linesAt(row: string): OrderLine[] {
    return this.rowLines.get(row) ?? [];
  }

  private addDemand(sku: string, location: string, timeMs: number, units: number): void {
    const date = localDate(timeMs, this.options.timeZoneOf(location));
    const key = `${rowOf(sku, location)} ${date}`;
    this.demand.set(key, (this.demand.get(key) ?? 0) + units);
  }

  /** A day takes demand until the watermark is `allowedLateness` behind its end. */
  private isClosed(location: string, timeMs: number): boolean {
    const end = endOfLocalDay(timeMs, this.options.timeZoneOf(location));
    const watermarkMs = this.streamTimeMs - this.options.disorderMs;
    return end + this.options.allowedLatenessMs <= watermarkMs;
  }
}

function rowOf(sku: string, location: string): string {
  return `${sku} ${location}`;
}

function msOf(time: string | number): number {
  return typeof time === 'number' ? time : Date.parse(time);
}

// A slow, plain fold of the contract over events in order of time: what the book must say.
import type { InventoryEvent } from '../../../operators/events/event.js';

export interface NaiveRow {
  onHand: number;
  open: number;
  onOrder: number;
}

export interface NaiveOrder {
  ordered: number;
  shipped: number;
  cancelled: number;
}

export class NaiveBook {
  readonly rows = new Map<string, NaiveRow>();
  /** By order and SKU, `536365/22752`. */
  readonly orders = new Map<string, NaiveOrder>();
  readonly purchases = new Map<string, { sku: string; ordered: number; received: number }>();
  readonly cancelledPurchases = new Set<string>();

  apply(event: InventoryEvent): void {
    switch (event.type) {
      case 'order.placed':
        for (const { sku, quantity } of event.lines) {
          this.order(event.orderId, sku).ordered += quantity;
        }
        break;
      case 'order.cancelled':
        for (const { sku, quantity } of event.lines ?? this.openLines(event.orderId)) {
          const order = this.order(event.orderId, sku);
          order.cancelled += Math.min(quantity, openOf(order));
        }
        break;
      case 'order.shipped':
        for (const { sku, quantity } of event.lines ?? this.openLines(event.orderId)) {
          this.order(event.orderId, sku).shipped += quantity;
          this.row(sku).onHand -= quantity;
        }
        break;
      case 'order.returned':
        for (const { sku, quantity, restock } of event.lines) {
          if (restock) this.row(sku).onHand += quantity;
        }
        break;
      case 'stock.adjusted':
        this.row(event.sku).onHand += event.quantity;
        break;
      case 'stock.counted':
        this.row(event.sku).onHand = event.quantity;
        break;
      case 'stock.received': {
        this.row(event.sku).onHand += event.quantity;
        const purchase = this.purchases.get(event.purchaseOrderId ?? '');
        if (purchase !== undefined) purchase.received += event.quantity;
        break;
      }
      case 'purchase.ordered': {
        const received = this.purchases.get(event.purchaseOrderId)?.received ?? 0;
        const purchase = { sku: event.sku, ordered: event.quantity, received };
        this.purchases.set(event.purchaseOrderId, purchase);
        break;
      }
      case 'purchase.cancelled':
        this.cancelledPurchases.add(event.purchaseOrderId);
        break;
      default:
    }
  }

  /** Rows with open and on-order units summed up from single orders and purchase orders. */
  book(): Map<string, NaiveRow> {
    for (const row of this.rows.values()) Object.assign(row, { open: 0, onOrder: 0 });
    for (const [key, order] of this.orders) {
      this.row(key.slice(key.indexOf('/') + 1)).open += openOf(order);
    }
    for (const [id, { sku, ordered, received }] of this.purchases) {
      if (!this.cancelledPurchases.has(id)) this.row(sku).onOrder += ordered - received;
    }
    return this.rows;
  }

  private openLines(orderId: string): { sku: string; quantity: number }[] {
    return [...this.orders]
      .filter(([key]) => key.startsWith(`${orderId}/`))
      .map(([key, order]) => ({ sku: key.slice(orderId.length + 1), quantity: openOf(order) }));
  }

  private order(orderId: string, sku: string): NaiveOrder {
    const key = `${orderId}/${sku}`;
    const order = this.orders.get(key) ?? { ordered: 0, shipped: 0, cancelled: 0 };
    this.orders.set(key, order);
    return order;
  }

  private row(sku: string): NaiveRow {
    const row = this.rows.get(sku) ?? { onHand: 0, open: 0, onOrder: 0 };
    this.rows.set(sku, row);
    return row;
  }
}

function openOf({ ordered, shipped, cancelled }: NaiveOrder): number {
  return ordered - shipped - cancelled;
}

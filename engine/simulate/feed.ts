// A core of its own, fed with a simulation's events: what a shop and its purchasing would send.
import type { Settings } from '../../config/settings.js';
import type { CatalogItem } from '../../operators/events/event.js';
import { Batch } from '../../operators/stream/batch.js';
import type { Results } from '../../operators/stream/outbox.js';
import { type Core, createCore } from '../core.js';
import type { RecordedDemand, Series } from './recorded-demand.js';

/** How a series is replenished, as a catalog item says it. */
export type SeriesTerms = Pick<CatalogItem, 'leadTime' | 'serviceLevel' | 'policy'>;

export interface Learned {
  readonly state: Uint8Array;
  readonly sent: number;
}

/** Settings of a simulated engine: events come in order, and an order takes its stock at once. */
export function simulationSettings(settings: Settings): Settings {
  return {
    ...settings,
    time: { ...settings.time, disorder: 0, allowedLateness: 0 },
    stock: { ...settings.stock, decrementOn: 'placed' },
    orders: { ...settings.orders, keepClosed: 0 },
    neural: { ...settings.neural, enabled: false },
  };
}

export class Feed {
  readonly core: Core;
  private sent = 0;
  private readonly encoder = new TextEncoder();

  constructor(
    private readonly demand: RecordedDemand,
    settings: Settings,
    learned?: Learned,
  ) {
    this.core = createCore(settings);
    if (learned === undefined) return;
    this.core.load(learned.state);
    this.sent = learned.sent;
  }

  learned(): Learned {
    return { state: this.core.save(), sent: this.sent };
  }

  /** Row of a series; -1: nothing was said of it yet. */
  row(s: number): number {
    const { sku, location } = this.series(s);
    const { table } = this.core;
    return table.findRow(table.skus.find(sku), table.locations.find(location));
  }

  tick(atMs: number): Results {
    return this.send(atMs, { type: 'control.tick' });
  }

  item(s: number, atMs: number, terms: SeriesTerms): Results {
    const { sku, location, category, price } = this.series(s);
    return this.send(atMs, {
      ...{ type: 'catalog.item', sku, location, status: 'active' },
      ...(category === null ? {} : { category }),
      ...(price > 0 ? { unitCost: price, unitPrice: price } : {}),
      ...terms,
    });
  }

  placed(s: number, atMs: number, units: number): Results {
    const { sku, location } = this.series(s);
    const lines = [{ sku, quantity: units }];
    return this.send(atMs, { type: 'order.placed', orderId: `o${this.sent}`, location, lines });
  }

  counted(s: number, atMs: number, units: number): Results {
    return this.moved('stock.counted', s, atMs, { quantity: units });
  }

  ordered(s: number, atMs: number, order: { number: number; units: number; signalId: string }) {
    const { number, units: quantity, signalId } = order;
    const purchaseOrderId = this.purchaseId(s, number);
    return this.moved('purchase.ordered', s, atMs, { purchaseOrderId, quantity, signalId });
  }

  received(s: number, atMs: number, receipt: { number: number; units: number }): Results {
    const purchaseOrderId = this.purchaseId(s, receipt.number);
    return this.moved('stock.received', s, atMs, { purchaseOrderId, quantity: receipt.units });
  }

  private purchaseId(s: number, number: number): string {
    return `p${s}-${number}`;
  }

  private series(s: number): Series {
    return this.demand.series[s] as Series;
  }

  private moved(type: string, s: number, atMs: number, fields: object): Results {
    const { sku, location } = this.series(s);
    return this.send(atMs, { type, sku, location, ...fields });
  }

  /** @throws Error when the core refuses it: the simulation would not be what it says */
  private send(atMs: number, event: object): Results {
    const position = ++this.sent;
    const text = JSON.stringify({ id: `e${position}`, time: atMs, ...event });
    const batch = new Batch();
    const subject = 'events.simulated';
    const data = this.encoder.encode(text);
    this.core.decoder.decode([{ position, subject, storedAtMs: null, data }], batch);
    this.core.chain.run(batch);
    const results = this.core.outbox.take();
    const refusal = results.refusals[0];
    if (refusal !== undefined)
      throw new Error(`simulated event refused: ${refusal.detail}: ${text}`);
    return results;
  }
}
